"""The devices of a shop: what each tells of itself, what a manager sees of them, and the codes with which new ones join."""

from typing import Literal

from pydantic import Field, ValidationError

from sync.model.base import Frozen, Id, Instant
from sync.model.outreach import Reason

REPORT_HEADER = "X-Clienteling-Report"
"""On any signed request: a `DeviceReport` as JSON. It may be missing, and what cannot be read of it is passed over."""
SERIAL = r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,79}$"


class DeviceReport(Frozen):
    """What a device tells of itself with its requests. Nothing of it decides anything: it is shown to managers."""

    version: str = Field(default="", max_length=40)
    unsent: int = Field(default=0, ge=0, lt=2**31)
    """Commands that wait to be sent, those under way included."""
    oldest_unsent_at: Instant | None = None
    battery: int | None = Field(default=None, ge=0, le=100)
    """Percent; None where it is not known (a shop host has none)."""
    synced_at: Instant | None = None
    """When it last had everything that there was, by the server's time."""

    def to_header(self) -> str:
        """Return it as it travels."""
        return self.model_dump_json(exclude_none=True)

    @classmethod
    def of_header(cls, header: str | None) -> "DeviceReport | None":
        """Read a header; None where there is none, or where it is no report."""
        if not header or len(header) > 1000:
            return None
        try:
            return cls.model_validate_json(header)
        except ValidationError:
            return None


class FleetDevice(Frozen):
    """One device, as a manager sees it. What an older version does not report is None or empty."""

    id: Id
    shop_id: Id
    name: str
    serial: str = ""
    version: str = ""
    enrolled_at: Instant
    seen_at: Instant | None = None
    """When it last asked for something, to the minute."""
    synced_at: Instant | None = None
    unsent: int | None = None
    oldest_unsent_at: Instant | None = None
    battery: int | None = None
    revoked_at: Instant | None = None


class Quarantined(Frozen):
    """Unsent work of a revoked device that waits for a manager to look at it."""

    id: Id
    device_id: Id
    device_name: str
    commands: int
    oldest_at: Instant | None = None
    received_at: Instant


class Unsent(Frozen):
    """One command of a revoked device that waits for a decision: as much of it as one needs to judge it."""

    command_id: Id
    type: str = ""
    """Of the command; empty where it does not open: then it can only be turned down."""
    staff_id: Id | None = None
    """Who gave it."""
    customer_id: Id | None = None
    received_at: Instant
    done_at: Instant | None = None
    """By that device's own clock."""
    name: str = Field(default="", repr=False)
    """Of a customer whom it registers."""
    subject: str = Field(default="", repr=False)
    text: str = Field(default="", repr=False)
    """What somebody wrote: the note, the message, the comment."""
    withheld: bool = False
    """There is a text, and it is not for whoever asks."""
    codes: dict[str, str] = Field(default_factory=dict)
    """Codes of the command by the name of their field: `channel`, `cause`, `feeling`, ..."""
    tags: tuple[str, ...] = ()
    products: int = 0
    for_staff_id: Id | None = None
    """To whom it gives something."""


class UnsentWork(Frozen):
    """What one revoked device handed in and nobody has decided on, the oldest first."""

    device_id: Id
    device_name: str
    entries: tuple[Unsent, ...]
    more: int = 0
    """That wait besides: they come once some of these are decided."""
    server_time: Instant


class Decision(Frozen):
    """What a manager says of one command in quarantine."""

    accept: bool


class Decided(Frozen):
    """What became of it. `refused`: it was accepted, and the rules of commands did not."""

    state: Literal["accepted", "refused", "dismissed"]
    reason: Reason | None = None


class Fleet(Frozen):
    """Every device of a shop, those that take part first, each group in order of enrolment."""

    devices: tuple[FleetDevice, ...]
    quarantined: tuple[Quarantined, ...] = ()
    server_time: Instant


class CodeRequest(Frozen):
    """A manager asks for a one-time code for a new device of her shop."""

    name: str = Field(default="", max_length=80)
    """What the new device is to be called; empty leaves it to the device."""


class NewCode(Frozen):
    """A one-time code; it is shown once and kept nowhere."""

    code: str = Field(repr=False)
    shop_id: Id
    expires_at: Instant
    server_time: Instant
