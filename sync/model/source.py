"""What connectors make of other systems' data: facts, named by those systems' own ids. Ingest turns them into records."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from sync.model.base import Frozen
from sync.model.catalogue import Money
from sync.model.customer import (
    AppointmentKind,
    AppointmentState,
    BrowseEvent,
    Channel,
    ConsentPurpose,
    ConsentState,
    Pace,
)
from sync.model.outreach import Means
from sync.model.shop import Role, ShopKind
from sync.model.source_values import Day, Jan, Number, Pattern, Picture, When, Zone, fit_pin, strong_hash


class CustomerRef(Frozen):
    """Ways in which another system names a customer; whichever are known. At least one is set."""

    member_number: str = Field(default="", max_length=64)
    user_id: str = ""
    """The web shop's id."""
    anonymous_id: str = ""
    """A browser or app that has not signed in."""
    email: str = ""
    phone: str = ""
    line_user_id: str = ""


class Fact(Frozen):
    """One statement of another system. `source` and `source_id` together make it idempotent."""

    source: str = ""
    source_id: str = ""


class RetailerFact(Fact):
    type: Literal["retailer"] = "retailer"
    number: int = Field(ge=0, le=65535)
    brand: str
    legal_name: str
    postal_address: str
    contact: str
    line_account: str = ""
    home_page: str = ""
    ranks: dict[str, str] = {}
    member_barcode: Pattern = Field(default="", max_length=200)
    """What the bars of the house's member cards hold, as a regular expression; see `sync.policy.barcode`."""
    demo: bool = False


class ShopFact(Fact):
    type: Literal["shop"] = "shop"
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1)
    name_en: str = ""
    brand: str
    region: str = ""
    shop_kind: ShopKind = ShopKind.OWN
    controller: str
    time_zone: Zone = "Asia/Tokyo"
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    opens: time = time(10, 30)
    closes: time = time(20, 0)
    phone: str = ""
    address: str = ""
    hide_shifts: bool = False
    """True where nobody is to see when a colleague works."""


class StaffFact(Fact):
    """The names are those that customers and colleagues see. A real name apart from them never leaves the server."""

    type: Literal["staff"] = "staff"
    code: str = Field(min_length=1, max_length=40)
    family_name: str = Field(min_length=1)
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    name_en: str = ""
    role: Role = Role.ASSOCIATE
    shop_code: str
    helps_shop_codes: tuple[str, ...] = ()
    may_send: bool = True
    stand_in_code: str = ""
    """The colleague who answers for this person while she is away."""
    active: bool = True
    """False for who has left."""
    starts_on: Day | None = None
    ends_on: Day | None = None
    """The last day of work; at the midnight after it the person is out."""
    real_name: str = Field(default="", max_length=120, repr=False)
    """Where the person works under another name."""
    pin: Annotated[str, AfterValidator(fit_pin)] = Field(default="", repr=False)
    """Only hashed, never kept, save for the sample retailer."""
    pin_hash: Annotated[str, AfterValidator(strong_hash)] = Field(default="", max_length=200, repr=False)
    """For a retailer that hashes the PINs itself: argon2id, encoded with its parameters."""


class ShiftFact(Fact):
    type: Literal["shift"] = "shift"
    staff_code: str
    shop_code: str
    starts_at: When
    ends_at: When


class ProductFact(Fact):
    type: Literal["product"] = "product"
    code: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1)
    name_en: str = ""
    brand: str = ""
    category: str = Field(min_length=1)
    description: str = ""
    image: Picture = ""
    season: str = ""


class VariantFact(Fact):
    type: Literal["variant"] = "variant"
    product_code: str
    sku: str = Field(min_length=1, max_length=60)
    jan: Jan = ""
    colour: str = ""
    colour_en: str = ""
    size: str = ""
    price: int = Field(ge=0, le=1_000_000_000_000)
    currency: str = Field(default="JPY", pattern=r"^[A-Z]{3}$")
    image: Picture = ""


class StockFact(Fact):
    type: Literal["stock"] = "stock"
    sku: str
    shop_code: str
    quantity: int = Field(ge=0, le=10_000_000)
    at: When


class CustomerFact(Fact):
    """A customer as another system knows her; empty fields say nothing."""

    type: Literal["customer"] = "customer"
    ref: CustomerRef
    family_name: str = ""
    given_name: str = ""
    family_kana: str = ""
    given_kana: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    birthday: str = Field(default="", pattern=r"^(\d{2}-\d{2})?$")
    anniversary: str = Field(default="", pattern=r"^(\d{2}-\d{2})?$")
    rank: str = ""
    points: int | None = Field(default=None, ge=-1_000_000_000, le=1_000_000_000)
    points_expire_on: Day | None = None
    member_since: Day | None = None
    home_shop_code: str = ""
    person_in_charge_code: str = ""
    preferred_channel: Channel | None = None
    pace: Pace | None = None
    sizes: dict[str, str] = {}
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    app_id: str = Field(default="", pattern=r"^([0-9a-f]{18})?$")
    app_public_key: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    app_token: str = Field(default="", max_length=1024, pattern=r"^\S*$", repr=False)
    """The registration token under which Firebase Cloud Messaging reaches her app; the newest one told counts."""


class ConsentFact(Fact):
    type: Literal["consent"] = "consent"
    ref: CustomerRef
    channel: Channel | None = None
    purpose: ConsentPurpose
    state: ConsentState
    at: When
    wording: str = ""
    wording_version: str = ""


class OrderLineFact(Frozen):
    sku: str
    name: str = ""
    category: str = ""
    quantity: int = Field(default=1, ge=1, le=100_000)
    price: Money


class OrderFact(Fact):
    type: Literal["order"] = "order"
    ref: CustomerRef
    number: Number
    shop_code: str
    """`web` for the web shop."""
    at: When
    lines: tuple[OrderLineFact, ...]
    total: Money
    refunded: bool = False
    staff_code: str = ""


class BrowseFact(Fact):
    type: Literal["browse"] = "browse"
    ref: CustomerRef
    at: When
    event: BrowseEvent
    product_code: str = ""
    sku: str = ""
    category: str = ""
    size: str = ""
    query: str = ""


class AppointmentFact(Fact):
    type: Literal["appointment"] = "appointment"
    ref: CustomerRef
    number: Number
    shop_code: str
    staff_code: str = ""
    appointment_kind: AppointmentKind
    at: When
    minutes: int = Field(default=30, ge=5, le=480)
    booked_at: When
    subject: str = ""
    state: AppointmentState | None = None
    """What became of it. Not said, it stays as it was; a new one is then `booked`, or `done` where it lies behind."""


class VisitFact(Fact):
    type: Literal["visit"] = "visit"
    ref: CustomerRef
    number: Number
    shop_code: str
    staff_code: str = ""
    at: When


class InteractionFact(Fact):
    """A note that staff made in an earlier system."""

    type: Literal["interaction"] = "interaction"
    ref: CustomerRef
    number: Number
    shop_code: str
    staff_code: str
    at: When
    text: str = Field(default="", max_length=4000)
    tags: tuple[str, ...] = ()
    product_codes: tuple[str, ...] = ()


class MessageFact(Fact):
    """A message of an earlier system, for the timeline and the caps."""

    type: Literal["message"] = "message"
    ref: CustomerRef
    number: Number
    shop_code: str
    staff_code: str = ""
    direction: Literal["out", "in"] = "out"
    channel: Channel
    cause: str = "after_visit"
    at: When
    subject: str = ""
    body: str = Field(min_length=1, max_length=5000)


class ContactFact(Fact):
    """A contact that another tool made (a broadcast, a call, a letter), for the timeline and the caps."""

    type: Literal["contact"] = "contact"
    ref: CustomerRef
    number: Number
    """The tool's own. One broadcast to many customers may have one."""
    at: When
    means: Means
    purpose: Literal["relationship", "campaign", "service"] = "campaign"
    tool: str = Field(min_length=1, max_length=80)
    text: str = Field(default="", max_length=500)


class IdentityFact(Fact):
    """Two names of one customer: what Segment's `identify` and `alias` say."""

    type: Literal["identity"] = "identity"
    ref: CustomerRef
    traits: dict[str, Any] = {}


AnyFact = (
    RetailerFact
    | ShopFact
    | StaffFact
    | ShiftFact
    | ProductFact
    | VariantFact
    | StockFact
    | CustomerFact
    | ConsentFact
    | OrderFact
    | BrowseFact
    | AppointmentFact
    | VisitFact
    | InteractionFact
    | MessageFact
    | ContactFact
    | IdentityFact
)
