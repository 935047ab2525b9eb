"""What the device client tells its callers: outcomes and states, all frozen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sync.model.fleet import CodeRequest, Decided, Fleet, FleetDevice, NewCode, UnsentWork
from sync.model.outreach import Reason
from sync.model.own_phone import OwnPhoneLink
from sync.protocol import (
    AccessReport,
    Changed,
    CustomerHit,
    CustomerRange,
    Enrolment,
    EnrolRequest,
    Lying,
    PullRequest,
    SyncApi,
)


class Reckoning(Protocol):
    """What tells some bytes from any others."""

    def update(self, block: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(frozen=True)
class Attached:
    """What a customer sent with a reply. It is shown, and stays nowhere on the device."""

    media_type: str
    content: bytes = field(repr=False)


class DeviceApi(SyncApi, Protocol):
    """Everything a device asks of the server: `SyncApi`, `LiveApi`, enrolment and pictures.

    Every call may raise any of `sync.errors`, `Offline` where the server cannot be reached.
    """

    def enrol(self, request: EnrolRequest) -> Enrolment: ...

    def sign_in(self, token: str) -> None:
        """Use this token for what follows."""

    # as `SyncApi` has them, and on whose behalf: what the server puts on record, and goes by in what it withholds
    def customer(self, customer_id: str, *, staff_id: str = "") -> CustomerRange: ...

    def customer_by_app(self, app_id: str, *, staff_id: str = "") -> CustomerRange: ...

    def search(self, query: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]: ...

    def expect(self, request: PullRequest) -> None:
        """The next pull will most likely be this one: it may be asked meanwhile."""

    def events(self) -> Iterator[Changed]: ...

    def snapshot_bytes(self, name: str, start: int) -> Iterator[bytes]:
        """Yield the bytes of a snapshot from an offset on. NotFound: it is there no more, ask for another."""

    def media(self, path: str) -> bytes: ...

    def attachment(self, attachment_id: str, staff_id: str) -> Attached:
        """Return what a customer sent with a reply. NotFound: it is not kept, or not for this device."""

    def unusual_access(self, staff_id: str) -> AccessReport:
        """Return the access in the shop that a manager should ask about. NotAllowed: this is no manager of the shop."""

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        """Return the withheld fields of a record. NotAllowed: not for this person. NotFound: none, or not in scope."""

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        """Have an address made where a new customer registers herself. NotAllowed: not for this person."""

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        """Have an address made with which a customer links her LINE account. Conflict: linked already, or none set up."""

    def hang_up(self) -> None:
        """End every connection under way, from whatever thread: what waits on one raises `Offline`, and may begin anew."""

    def close(self) -> None:
        """Let go of the network; a running `events` ends."""


@runtime_checkable
class ManagingApi(Protocol):
    """What a manager asks of the server from this device. Every call may raise any of `sync.errors`."""

    def use_server(self, base_url: str, token: str) -> None:
        """Ask this server from now on, with this token."""

    def new_device_code(self, request: CodeRequest, staff_id: str) -> NewCode: ...

    def fleet(self, staff_id: str) -> Fleet: ...

    def revoke_device(self, device_id: str, staff_id: str) -> FleetDevice: ...

    def unsent_work(self, device_id: str, staff_id: str) -> UnsentWork: ...

    def decide_unsent(self, device_id: str, command_id: str, staff_id: str, *, accept: bool) -> Decided: ...


class IdentifyOutcome(StrEnum):
    """What a scan or a typed text turned out to be."""

    FOUND = "found"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    REPLAYED = "replayed"
    """The server said, at its check-in, that this very code was used on another device."""
    FORGED = "forged"
    OTHER_RETAILER = "other_retailer"
    NOT_ON_TABLET = "not_on_tablet"
    """A well-formed code of a customer that this tablet does not hold, and the server cannot be asked now."""
    UNKNOWN = "unknown"
    """The server was asked and knows no such customer."""
    NOT_WHOLE = "not_whole"
    """Part of a membership code: the scanner, or what is between it and the app, lost the rest. To be scanned again."""
    NOT_A_CODE = "not_a_code"
    """No membership code, and no single exact member number or phone number: search for it."""


@dataclass(frozen=True)
class Identification:
    outcome: IdentifyOutcome
    customer_id: str | None = None
    """Set only when found."""
    by_code: bool = False
    """True when it was a membership code, so that she was there herself."""
    code_digest: str = ""
    """SHA-256 in hex of the code, for the check-in; empty when it was no code."""
    unverified: bool = False
    """True when it was a member card's barcode: it names her, and anybody may have copied it. Staff ask her first."""


@dataclass(frozen=True)
class StockEverywhere:
    """Where a product lies in all shops, as far as this device knows."""

    levels: tuple[Lying, ...]
    beyond: frozenset[str]
    """Ids of the shops whose stock the feed does not keep here: of them `levels` has what the server was asked last."""
    asked_at: datetime | None = None
    """When that was; None where it was not asked in the last day."""
    current: bool = True
    """False where it was asked just now and could not be reached."""
    complete: bool = True
    """False where the server left some out, because there are so many."""


class PinOutcome(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    DELAYED = "delayed"
    """Too many wrong ones: not even looked at before `wait_seconds` have passed."""
    LOCKED = "locked"
    """Until a manager unlocks it."""
    UNKNOWN = "unknown"
    """No such person, or none with a PIN on this device."""


@dataclass(frozen=True)
class PinResult:
    outcome: PinOutcome
    wait_seconds: int = 0
    tries_left: int = 0
    """How many wrong ones more until it locks."""

    @property
    def ok(self) -> bool:
        return self.outcome is PinOutcome.OK


@dataclass(frozen=True)
class RefusedCommand:
    """A command the server refused; it stays visible until a person has dismissed it."""

    command_id: str
    type: str
    customer_id: str | None
    reason: Reason | None
    at: datetime
    staff_id: str | None = None


@dataclass(frozen=True)
class Transfer:
    """A snapshot on its way: being built by the server (in thousandths), or being fetched (in bytes)."""

    building: bool
    done: int
    total: int
    seconds_left: int | None = None


@dataclass(frozen=True)
class SyncStatus:
    online: bool
    last_synced_at: datetime | None
    """Server time of the last complete pull."""
    waiting: int
    """Commands not yet answered by the server, held ones not counted."""
    held: int
    """Commands that may still be recalled."""
    refused: tuple[RefusedCommand, ...] = ()
    progress: tuple[int, int] | None = None
    """Rows done and in all, during the first sync; None otherwise."""
    transfer: Transfer | None = None
    """Set while a snapshot comes, on a first sync or in the place of an old cache."""
    skew_seconds: float = 0.0
    """How far the server's clock is ahead of this device's."""
    messages: tuple[str, ...] = ()
    """Codes of what staff should know: `not_enrolled`, `revoked`, `lease_over` and
    `lease_long_over` (customers stay shut, or are gone, until the next contact), `enrol_again`, `update_needed`, `clock_skew`,
    `clock_drift`, `rebuilding`, `first_sync`, `unsent_unreadable`, `unsent_handed_over` (a revoked device's work waits for a manager),
    `no_progress` (for a minute sync neither moved nor failed; it was begun anew)."""
    oldest_waiting_at: datetime | None = None
    notices: tuple[RefusedCommand, ...] = ()
    """Accepted, but somebody should look: `replayed` (her code was used on another device too), `maybe_same` (a
    newcomer who may be a known customer), `unusable_fields`. Dismissed like refusals."""
