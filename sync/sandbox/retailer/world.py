"""The sample retailer while it is being invented: plain values that the writers turn into files and events."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")
"""All five shops stand in Japan."""

WEB = "web"
"""Code of the web shop."""


@dataclass(slots=True)
class Variant:
    sku: str
    jan: str
    colour: str
    colour_en: str
    size: str
    price: int


@dataclass(slots=True)
class Product:
    code: str
    name: str
    name_en: str
    category: str
    description: str
    season: str
    launched: date
    silhouette: int
    rgb: tuple[int, int, int]
    """Colour of the piece that was photographed."""
    variants: list[Variant] = field(default_factory=list)

    @property
    def image(self) -> str:
        return f"products/{self.code.lower()}.webp"


@dataclass(slots=True)
class Customer:
    number: str
    """Member number; empty for a web account that was never joined to a card."""
    user_id: str
    family: str
    given: str
    family_kana: str
    given_kana: str
    language: str
    phone: str
    """E.164, or empty."""
    email: str
    line: str
    birthday: str
    joined: date
    home: str
    charge: str
    preferred: str
    pace: str
    sizes: dict[str, str]
    likes: tuple[str, ...]
    dislikes: tuple[str, ...]
    orders: int
    """How many orders of hers chance should invent."""
    shops_online: bool
    told: bool = False
    """Her history is told by a case, so chance adds nothing to it."""
    rank: str = "regular"
    points: int = 0
    points_expire_on: date | None = None
    anniversary: str = ""
    app_token: str = ""
    """Where a push reaches her app; empty for most."""
    also_email: list[str] = field(default_factory=list)
    """Addresses of hers that another of her records holds."""

    @property
    def name(self) -> str:
        return f"{self.family} {self.given}"

    @property
    def kana(self) -> str:
        return f"{self.family_kana} {self.given_kana}"


@dataclass(slots=True)
class Line:
    product: Product
    variant: Variant
    quantity: int = 1


@dataclass(slots=True)
class Order:
    customer: Customer
    shop: str
    at: datetime
    lines: list[Line]
    staff: str = ""
    refunded: bool = False

    @property
    def total(self) -> int:
        return sum(line.variant.price * line.quantity for line in self.lines)


@dataclass(slots=True)
class Look:
    """One thing done in the web shop. `customer` None: somebody who never signed in."""

    at: datetime
    event: str
    """A Segment event name, `My Page` for a page of that name, or `identify`."""
    customer: Customer | None
    device: str
    """The browser's anonymous id."""
    signed_in: bool
    product: Product | None = None
    variant: Variant | None = None
    category: str = ""
    query: str = ""


@dataclass(slots=True)
class Visit:
    customer: Customer
    shop: str
    at: datetime
    staff: str = ""


@dataclass(slots=True)
class Appointment:
    customer: Customer
    shop: str
    staff: str
    kind: str
    at: datetime
    minutes: int
    booked_at: datetime
    subject: str
    state: str = ""
    """What became of it, where the house's calendar says so."""


@dataclass(slots=True)
class Note:
    customer: Customer
    shop: str
    staff: str
    at: datetime
    text: str
    tags: tuple[str, ...] = ()
    products: tuple[Product, ...] = ()


@dataclass(slots=True)
class Letter:
    """A message of the time before, either way."""

    customer: Customer
    shop: str
    staff: str
    direction: str
    channel: str
    cause: str
    at: datetime
    body: str
    subject: str = ""


@dataclass(slots=True)
class Contact:
    """What another tool than ours sent."""

    customer: Customer
    number: str
    at: datetime
    means: str
    purpose: str
    tool: str
    text: str


@dataclass(slots=True)
class Consent:
    customer: Customer
    channel: str
    purpose: str
    state: str
    at: datetime


@dataclass(slots=True)
class Case:
    """A customer worth trying, and what is special about her."""

    code: str
    customer: Customer
    ja: str
    en: str
    listed: bool
    """Listed on the page of phones; the others are there so that no case stands alone."""


@dataclass(slots=True)
class World:
    seed: int
    now: datetime
    today: date = field(init=False)
    """The day of `now` in the shops' zone."""
    products: list[Product] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    lies: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many of a SKU lie in a shop, where a case depends on it."""

    def __post_init__(self) -> None:
        self.today = self.now.astimezone(ZONE).date()

    def random(self, name: str) -> Random:
        """Return the stream of chance for one job, so that a change in one leaves the others as they were."""
        return Random(f"{self.seed}:{name}")  # noqa: S311 - a sample must be repeatable, not secret

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment of the day that lies `days` from today (negative: ago)."""
        return moment(self.today + timedelta(days=days), hour, minute)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of a day in the shops' zone."""
    return datetime.combine(day, time(hour, minute), ZONE)
