"""The retailer's own side: shops, staff, their shifts."""

from datetime import date, time
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from sync.model.base import Frozen, Id, Instant, Record


class ShopKind(StrEnum):
    OWN = "own"
    FRANCHISE = "franchise"
    DEPARTMENT_STORE = "department_store"
    WEB = "web"


class Shop(Record):
    """A place where goods are sold or kept; the web shop is one of kind `web`."""

    kind: ClassVar[str] = "shop"

    code: str
    """The retailer's own short name for it, as used in files and by the tills."""
    name: str
    name_en: str = ""
    brand: str
    region: str = ""
    shop_kind: ShopKind = ShopKind.OWN
    controller: str
    """The legal person that answers for the personal data recorded here."""
    time_zone: str = "Asia/Tokyo"
    latitude: float | None = None
    longitude: float | None = None
    opens: time = time(10, 30)
    closes: time = time(20, 0)
    phone: str = ""
    address: str = ""
    hide_shifts: bool = Field(default=False, exclude_if=lambda hidden: not hidden)
    """True where nobody is shown when a colleague works: only whether somebody could answer now."""


class Role(StrEnum):
    ASSOCIATE = "associate"
    STYLIST = "stylist"
    MANAGER = "manager"
    HEAD_OFFICE = "head_office"


class Scope(StrEnum):
    """How far a member of staff's role reaches."""

    SHOP = "shop"
    """The own shop, and those where the person lends a hand."""
    REGION = "region"
    """Every shop of the own shop's region."""
    COMPANY = "company"


class Staff(Record):
    """A member of staff, under the name they work under: customers and colleagues see no other.

    A real name apart from it stays in the server's table of accounts and is in no record that travels.
    """

    kind: ClassVar[str] = "staff"

    code: str
    family_name: str
    given_name: str
    family_kana: str = ""
    given_kana: str = ""
    name_en: str = ""
    """The work name in Latin letters, e.g. "Misaki Takahashi"."""
    role: Role = Role.ASSOCIATE
    scope: Scope | None = Field(default=None, exclude_if=lambda scope: scope is None)
    """How far the role reaches; None: as far as is usual (`sync.policy.roles.scope_of`)."""
    shop_id: Id
    helps_shop_ids: tuple[Id, ...] = ()
    """Shops where this person lends a hand besides the own one."""
    may_send: bool = True
    """False for those who may only draft: their messages wait for a manager."""
    stand_in_id: Id | None = None
    """The colleague who answers for this person while she is away."""
    active: bool = True
    starts_on: date | None = Field(default=None, exclude_if=lambda day: day is None)
    """The first day of work; None for one that is long past."""
    ends_on: date | None = Field(default=None, exclude_if=lambda day: day is None)
    """The last day of work, of a contract or before leaving; see `sync.policy.employment`."""


class StaffPin(Record):
    """The hash against which a device checks a PIN without the network. Sealed, and only for shops where the person works."""

    kind: ClassVar[str] = "staff_pin"
    personal: ClassVar[bool] = True

    staff_id: Id
    pin_hash: str = Field(repr=False)
    """argon2id, encoded with its parameters."""
    badge: str = Field(default="", repr=False, exclude_if=lambda digest: not digest)
    """SHA-256 in hex of the number on the person's badge (`sync.policy.badge`); empty for who has none."""


class Shift(Record):
    """When a member of staff is at work, and where."""

    kind: ClassVar[str] = "shift"

    staff_id: Id
    shop_id: Id
    starts_at: Instant
    ends_at: Instant


class LineQuota(Frozen):
    """LINE's messages of this month, as the server last read them."""

    limit: int | None = None
    """None where the plan has no limit."""
    used: int
    kept: int = 0
    """How many of the limit are kept for service."""
    at: Instant


class RetailerSettings(Record):
    """What one installation says of its retailer. There is one, with the id `retailer`."""

    kind: ClassVar[str] = "retailer"

    number: int = Field(ge=0, le=65535)
    """Stands in every membership code; a code with another number belongs to someone else."""
    brand: str
    legal_name: str
    postal_address: str
    contact: str
    """Where complaints and questions go: a mail address or telephone number."""
    line_account: str = ""
    home_page: str = ""
    public_url: str = ""
    """How customers reach the server's pages, e.g. the link to a call; set by the server from its own settings."""
    playbook: str = Field(default="", repr=False, exclude_if=lambda text: not text)
    """The text of the playbook (TOML) by which the server judges; set by the server from its own settings, so that
    tablets judge by the same one. Empty before a server told."""
    app_name: str = Field(default="", exclude_if=lambda name: not name)
    """What the house's app is called on a phone; set by the server from its own settings. Empty where messages to an app are
    not set up: nobody is then shown that channel."""
    line_quota: LineQuota | None = Field(default=None, exclude_if=lambda quota: quota is None)
    """Told by the worker now and then; None before it was."""
    founded: date | None = None
    ranks: dict[str, str] = {}
    """Rank code to the name staff see, lowest first."""
    member_barcode: str = Field(default="", exclude_if=lambda pattern: not pattern)
    """What the bars of its member cards hold, as a regular expression (`sync.policy.barcode`); empty: it has none."""
    demo: bool = False
    """True only for the sample retailer: the sign-in screen then shows the PINs."""
    demo_pins: dict[str, str] = {}
    """Staff id to PIN; only ever filled for the sample retailer."""


class PauseScope(StrEnum):
    ALL = "all"
    REGION = "region"
    SHOP = "shop"
    TEMPLATE = "template"


class Pause(Record):
    """Nothing is sent of what it names, from `since` until somebody ends it. What waits stays queued, and expires as ever."""

    kind: ClassVar[str] = "pause"

    scope: PauseScope
    value: str = Field(default="", max_length=120)
    """The region's name, the shop's id or the template's name; empty for everything."""
    since: Instant
    by: Id | None = None
    """The manager who paused the own shop; None for head office, which alone ends its pauses."""
    reason: str = Field(default="", max_length=200)
    ended_at: Instant | None = None
