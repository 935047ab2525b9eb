"""What server-side parts need from each other, as Protocols. `sync.server.app` and `worker` put the parts together."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from pydantic import Field

from sync.model.base import Frozen, Id, Instant
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState, Reason
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.model.source import AnyFact, CustomerRef


class RowError(Frozen):
    """What is wrong with one row of a file or one event of a batch."""

    row: int
    """Counted from 1, the header line of a file being row 1; for an event its place in the batch, from 1."""
    field: str
    message: str
    value: str = ""
    """The value as it came, cut to 80 characters; empty for fields that hold personal data."""


class Parsed(Frozen):
    """What a connector understood, and what it did not. Rows are kept beside their facts for later errors."""

    facts: tuple[tuple[int, AnyFact], ...] = ()
    errors: tuple[RowError, ...] = ()


class WebhookConnector(Protocol):
    """A source of facts that posts to `/v1/ingest/...` or its own published path."""

    name: str
    paths: tuple[str, ...]

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise NotSignedIn where the request is not the source's. `headers` have lower-case names."""

    def parse(self, path: str, headers: Mapping[str, str], body: bytes) -> Parsed:
        """Read the request. Raise BadInput where nothing of it can be understood."""


class IngestReport(Frozen):
    taken: int
    repeated: int
    """Facts that had been taken before (same source and id) or that change nothing."""
    errors: tuple[RowError, ...] = ()
    """Facts that were not taken, and why."""
    warnings: tuple[RowError, ...] = ()
    """Facts that were taken, but that a person should look at: names that belong to two customers."""


class Ingest(Protocol):
    """Turns facts into records. One call is one transaction for at most 1,000 facts."""

    def apply(self, facts: Sequence[tuple[int, AnyFact]]) -> IngestReport: ...

    def check(self, facts: Sequence[tuple[int, AnyFact]]) -> IngestReport:
        """Say what `apply` would answer, and write nothing."""


class FactReader(Protocol):
    """Reads import files. Never raises for what is in a file: that is an error of a row."""

    names: Sequence[str]
    """What import files are called, without their endings."""

    def files(self, path: Path) -> Sequence[Path]:
        """Return the import files of a folder, those first that others refer to; of one such file, itself."""

    def left_out(self, folder: Path) -> Sequence[tuple[Path, str]]:
        """Return the files of a folder that look like tables and are not read, each with why."""

    def count(self, path: Path) -> int:
        """Return about how many rows the file has, for a progress bar."""

    def read(self, path: Path, size: int = 1000) -> Iterator[Parsed]:
        """Yield the file in stretches of at most `size` rows, holding no more of it in memory."""


class IdentityStore(Protocol):
    """Who is who: names of other systems to customer ids. Used within one transaction."""

    def find(self, kind: str, value: str) -> Id | None: ...

    def link(self, kind: str, value: str, customer_id: Id) -> None: ...

    def names_of(self, customer_id: Id, kind: str) -> Sequence[str]:
        """Return her names of this kind."""

    def is_visitor(self, customer_id: Id) -> bool:
        """Say whether the id stands for somebody who has not told us who she is (no customer yet)."""


class Resolution(Frozen):
    """Whom a reference means."""

    customer_id: Id | None
    by: str = ""
    """The kind of name that decided."""
    free: tuple[tuple[str, str], ...] = ()
    """Names (kind, value) of the reference that are nobody's yet and may become hers."""
    absorbed: tuple[Id, ...] = ()
    """Visitors that turn out to be her."""
    conflicts: tuple[tuple[str, Id], ...] = ()
    """Names that belong to somebody else, by kind: a person has to look at these."""


class Resolver(Protocol):
    """Knows how names of people are written, and finds the customer that a reference means."""

    def clean(self, fact: AnyFact) -> tuple[AnyFact, tuple[tuple[str, str], ...]]:
        """Return the fact in stored spelling, and what is wrong with it as (field, message)."""

    def resolve(self, ref: CustomerRef, store: IdentityStore) -> Resolution: ...


class Outgoing(Frozen):
    """A message as a channel sends it: everything resolved, nothing looked up any more."""

    message_id: Id
    idempotency_key: str
    """UUID text, the same at every attempt of the same message."""
    to: str
    sender_name: str
    """The staff member's name as the customer sees it, e.g. 髙橋（銀座本店）."""
    account: str
    """The brand's account or shop line behind the name."""
    subject: str = ""
    body: str
    """Whole text, legal footer included where the channel wants one."""
    reply_to: str = ""
    opt_out_url: str = ""
    status_url: str = ""
    """Where the provider posts status callbacks."""
    images: tuple[str, ...] = ()
    link: str = ""
    """What a tap on the message opens, where the channel keeps that apart from the words (a push)."""


MAY_HAVE_GONE = "may_have_gone"
"""Parameter of the reason of an attempt whose first asking was cut short, whatever the provider said to the second."""


class Receipt(Frozen):
    """What a provider answered to one attempt."""

    state: MessageState
    """SENT, FAILED (final), QUEUED (try again: throttled or refused before acceptance) or UNKNOWN."""
    provider_id: str = ""
    reason: Reason | None = None
    retry_after_seconds: float | None = None
    gone: str = Field(default="", repr=False)
    """Her address, where the provider said that it does not exist any more: it is taken off, unless it changed since."""


class Incoming(Frozen):
    """Something that came with a customer's reply: its bytes, where to ask for them, or why it is not kept."""

    what: Literal["image", "video", "audio", "file"]
    content: bytes | None = Field(default=None, repr=False)
    remote_id: str = ""
    """The provider's id of the content, where it has to be fetched (`Fetching`)."""
    reason: Reason | None = None


class Fetched(Frozen):
    """What a provider answered to a request for content: the bytes, why there are none, or neither (ask again later)."""

    content: bytes | None = Field(default=None, repr=False)
    reason: Reason | None = None


@runtime_checkable
class Fetching(Protocol):
    """A channel whose provider holds the content of what customers send."""

    def fetch(self, remote_id: str, most: int) -> Fetched:
        """Ask once, taking in no more than `most` bytes. Never raises for what a provider or the network did."""


class Examined(Frozen):
    """What is kept of something that came in, or why nothing is."""

    media_type: str = ""
    content: bytes = Field(default=b"", repr=False)
    reason: Reason | None = None


class ChannelEvent(Frozen):
    """What came back from a provider, in one form for all of them."""

    type: Literal["state", "reply", "opt_out", "opt_in", "unusable", "complaint", "account_link"]
    """`unusable`: the address does not exist (any more), and the message failed; `complaint`: she called it spam;
    `account_link`: LINE says whether she linked her account."""
    channel: Channel
    event_id: str
    """The provider's own id of the event, for deduplication."""
    at: Instant | None = None
    provider_id: str = ""
    """For `state`: the message's id at the provider."""
    message_id: str = ""
    """For `state`: our own id of the message, where the callback's URL carries it. It reaches us even for a message
    whose provider id we never learned."""
    state: MessageState | None = None
    reason: Reason | None = None
    sender: str = ""
    """For `reply`, `opt_out`, `opt_in`, `unusable`: the customer's address in this channel."""
    recipient: str = ""
    """The address it was sent to, where that routes it (mail)."""
    text: str = ""
    subject: str = ""
    attachments: tuple[Incoming, ...] = ()
    """For `reply`: what came with it."""
    answer_token: str = Field(default="", repr=False)
    """For `reply`: with this the provider takes an answer at once (LINE's reply token, good for about a minute)."""
    nonce: str = Field(default="", repr=False)
    """For `account_link`: what we gave her on the way to LINE."""
    linked: bool = False
    """For `account_link`: whether LINE made sure that she is the one who asked."""


class Acknowledgement(Frozen):
    """What a customer is told at once, because she asked for something that was done at once."""

    text: str
    subject: str = ""
    to: str = ""
    """Her own address as we know it, never the one that a message claims to come from; empty where that is not hers."""
    answer_token: str = Field(default="", repr=False)
    link: str = Field(default="", repr=False)
    """An address of ours to follow; LINE's link token for `link_user` is added to it."""
    link_user: str = ""
    otherwise: str = ""
    """What she is told instead where LINE gives no token."""


class Unresolved(Frozen):
    """A message of which nobody knows whether the provider accepted it."""

    message_id: Id
    to: str
    body: str
    """What was written; the text that went begins with it."""
    since: Instant
    """When the attempt that got no answer began."""
    taken: tuple[str, ...] = ()
    """Ids at the provider that are known to be of other messages."""


class MessageChannel(Protocol):
    """One way to reach a customer."""

    channel: Channel
    webhook_paths: tuple[str, ...]

    def send(self, message: Outgoing) -> Receipt:
        """Make one attempt. Never raises for what a provider or the network did: that is a Receipt."""

    def parse_webhook(self, url: str, headers: Mapping[str, str], body: bytes) -> Sequence[ChannelEvent]:
        """Verify and read a provider's callback. Raise NotSignedIn for a wrong signature, BadInput for nonsense."""


@runtime_checkable
class Acknowledging(Protocol):
    """A channel that can answer a customer at once, outside of durable sending: lost once is lost."""

    def acknowledge(self, said: Acknowledgement) -> bool:
        """Say it, once; tell whether it was taken. Never raises for what a provider or the network did."""


class Claimed(Frozen):
    """A message whose turn has come, with what its words and envelope need."""

    message: Message
    to: str
    staff: Staff | None
    colleagues: tuple[Staff, ...] = ()
    """Those beside whom the name must tell the person apart."""
    shop: Shop
    retailer: RetailerSettings
    language: str
    reply_token: str
    opt_out_token: str
    products_token: str = ""
    """Leads to the products of the message; empty where it has none."""


class Begun(Frozen):
    """An attempt that may now ask the provider."""

    claimed: Claimed
    number: int
    """Attempts of one message are counted from 1."""
    repeated: bool
    """True where this attempt had begun before and its outcome was never stored: the provider may have been asked."""
    may_repeat: bool = True
    """False where a repeated one must not ask again: the provider has forgotten its key, or the gate says no by now."""
    wait_seconds: float | None = None
    """Set where a repeated one has to wait before it asks again: quiet hours have begun."""


class AttemptStore(Protocol):
    """What one attempt needs of the database. Each call is one transaction."""

    def begin(self, message_id: Id, number: int) -> Begun | None:
        """Commit that the attempt begins; None where it is over, or the message may not go (any more, or not yet)."""

    def record(self, message_id: Id, receipt: Receipt, number: int | None = None) -> None:
        """Store what the provider answered to attempt `number` (None: the latest)."""


class DeliveryStore(Protocol):
    """What durable sending needs of the database. Each call is one transaction."""

    def due(self, limit: int) -> Sequence[Id]:
        """Return ids of queued messages whose time has come, oldest first."""

    def claim(self, message_id: Id) -> Claimed | None:
        """Ask the gate again and mark the message SENDING; None when it may not, or need not, go (any more)."""

    def record(self, message_id: Id, receipt: Receipt, number: int | None = None) -> None:
        """Store what the provider answered to attempt `number` (None: the latest)."""

    def apply_event(self, event: ChannelEvent) -> Acknowledgement | None:
        """Store a provider's event once: a new state, a reply for the timeline, an opt-out for the ledger.

        Return what to tell her at once, where her reply was a clear request to stop.
        """
