"""The customer and what belongs to her. Each record names its `customer_id`; the customer's own is her id."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from sync.model.base import CustomerRecord, Frozen, Id, Instant, Record
from sync.model.catalogue import Money
from sync.model.signature import LONGEST, PATTERN


class Channel(StrEnum):
    LINE = "line"
    SMS = "sms"
    EMAIL = "email"
    APP = "app"
    """The house's own app on her phone. Not every house has one, and it reaches only who installed it."""


class Pace(StrEnum):
    """How much attention she asked for herself: 積極的に / 控えめに / そっと."""

    ACTIVE = "active"
    MODEST = "modest"
    QUIET = "quiet"


class Topic(StrEnum):
    """What we write of our own accord about; `sync.policy.topics` says which causes each gathers."""

    CARE = "care"
    WANTED = "wanted"
    CELEBRATION = "celebration"
    GREETING = "greeting"
    MEMBERSHIP = "membership"
    NEWS = "news"


class Conversation(Frozen):
    """Whose a customer's messages are, where a manager has said so. It stands until that person, or another one, has it
    said anew; who is in charge of the customer is another matter."""

    staff_id: Id
    taken_from: Id | None = None
    by: Id
    at: Instant


class Customer(Record):
    kind: ClassVar[str] = "customer"
    personal: ClassVar[bool] = True

    member_number: str
    family_name: str
    given_name: str = ""
    family_kana: str = ""
    """Katakana, as Japanese forms ask for it."""
    given_kana: str = ""
    phone: str = ""
    """E.164, e.g. +819012345678."""
    email: str = ""
    line_user_id: str = ""
    app_token: str = Field(default="", repr=False, exclude_if=lambda token: not token)
    """Where a push reaches the house's app on her phone: the newest that the app told; empty where it told none."""
    language: str = "ja"
    birthday: str = Field(default="", pattern=r"^(\d{2}-\d{2})?$")
    """Month and day only, and only where she gave it for being congratulated."""
    anniversary: str = Field(default="", pattern=r"^(\d{2}-\d{2})?$", exclude_if=lambda day: not day)
    """Month and day of a day that she asked us to remember with her."""
    rank: str = ""
    points: int = 0
    points_expire_on: date | None = None
    """The last day on which the points that expire next can be used."""
    member_since: date | None = None
    home_shop_id: Id | None = None
    person_in_charge_id: Id | None = None
    preferred_channel: Channel | None = None
    pace: Pace = Pace.MODEST
    declined_topics: tuple[Topic, ...] = Field(default=(), exclude_if=lambda topics: not topics)
    """What she does not want to hear of, by her own choice."""
    time_zone: str | None = None
    sizes: dict[str, str] = {}
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    registered_by: Id | None = None
    conversation: Conversation | None = Field(default=None, exclude_if=lambda said: said is None)
    aliases: tuple[Id, ...] = ()
    """Ids she had before her records were merged."""

    @property
    def customer_id(self) -> str:
        return self.id

    @property
    def name(self) -> str:
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def kana(self) -> str:
        return f"{self.family_kana} {self.given_kana}".strip()

    def address(self, channel: Channel) -> str:
        """Return where a message of this channel goes, or an empty string."""
        return {
            Channel.LINE: self.line_user_id,
            Channel.SMS: self.phone,
            Channel.EMAIL: self.email,
            Channel.APP: self.app_token,
        }[channel]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways to write to her of which it makes sense to speak: the app only where she has it."""
        return tuple(channel for channel in Channel if channel is not Channel.APP or self.app_token)


class MembershipKey(CustomerRecord):
    """The public half of the key in one app of a customer. `id` is the app id, 9 bytes in lower-case hex."""

    kind: ClassVar[str] = "membership_key"

    id: str = Field(pattern=r"^[0-9a-f]{18}$")
    public_key: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Ed25519, 32 bytes in lower-case hex."""


class ConsentPurpose(StrEnum):
    RELATIONSHIP = "relationship"
    CAMPAIGN = "campaign"
    ONLINE_HISTORY = "online_history"
    """That staff may see single items she looked at (see "Tact" in the design)."""
    ALL = "all"
    """Everything that needs no narrower consent; a refusal of `all` binds every purpose."""


class ConsentState(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"


class Consent(CustomerRecord):
    """One entry of the consent ledger. Entries are never changed; the present state is derived from all of them."""

    kind: ClassVar[str] = "consent"

    channel: Channel | None = None
    """None where it binds no single channel (e.g. online_history, or a refusal of every channel)."""
    purpose: ConsentPurpose
    state: ConsentState
    at: Instant
    source: str
    """Where it was given: `import`, `registration`, `preferences`, `opt_out_link`, `line_unfollow`, `staff`, ..."""
    origin: str = Field(default="", exclude_if=lambda name: not name)
    """Of an import, the door or system it came by."""
    wording: str = ""
    """The sentence that was agreed to; in an entry of staff, why, or what the customer said."""
    wording_version: str = ""
    signature: str = Field(
        default="", max_length=LONGEST, pattern=PATTERN, repr=False, exclude_if=lambda drawn: not drawn
    )
    """Her own hand below these words (`sync.model.signature`); empty where a box was ticked."""
    recorded_by: Id | None = None

    @property
    def sort_at(self) -> datetime:
        return self.at


class OrderLine(Frozen):
    variant_id: Id
    sku: str
    name: str
    category: str = ""
    quantity: int = 1
    price: Money
    """Of one piece."""
    gift: bool = Field(default=False, exclude_if=lambda yes: not yes)
    """Staff say that it was for somebody else; an import of the order leaves it as it is."""


class Order(CustomerRecord):
    kind: ClassVar[str] = "order"

    number: str
    shop_id: Id
    """The web shop's id for orders placed online."""
    at: Instant
    lines: tuple[OrderLine, ...]
    total: Money
    refunded: bool = False
    staff_id: Id | None = None

    @property
    def sort_at(self) -> datetime:
        return self.at


class BrowseEvent(StrEnum):
    PRODUCT_VIEWED = "product_viewed"
    PRODUCT_LIST_VIEWED = "product_list_viewed"
    PRODUCTS_SEARCHED = "products_searched"
    PRODUCT_ADDED = "product_added"
    PRODUCT_ADDED_TO_WISHLIST = "product_added_to_wishlist"
    CART_VIEWED = "cart_viewed"
    MY_PAGE_VIEWED = "my_page_viewed"


class WebActivity(CustomerRecord):
    """Something she did in the web shop or the app."""

    kind: ClassVar[str] = "web_activity"

    at: Instant
    event: BrowseEvent
    product_id: Id | None = None
    variant_id: Id | None = None
    category: str = ""
    size: str = ""
    query: str = ""

    @property
    def sort_at(self) -> datetime:
        return self.at


class VisitSource(StrEnum):
    SCAN = "scan"
    APPOINTMENT = "appointment"
    TILL = "till"
    STAFF = "staff"


class VisitEnd(StrEnum):
    """What ended a visit."""

    RECEIPT = "receipt"
    STAFF = "staff"
    CLOSING = "closing"


class Handled(StrEnum):
    """What became of a thing on the tray."""

    SHOWN = "shown"
    TRIED = "tried"


class OnTray(Frozen):
    """Something that she was shown or tried on in this visit."""

    product_id: Id
    variant_id: Id | None = None
    how: Handled = Handled.SHOWN
    gift: bool = Field(default=False, exclude_if=lambda yes: not yes)
    """It is for somebody else: it says nothing of her own sizes and likes."""
    at: Instant

    @property
    def key(self) -> tuple[str, str | None]:
        """One thing lies on a tray once."""
        return self.product_id, self.variant_id


class Feeling(StrEnum):
    """What staff noted of how she felt: うれしい / 迷い / 不安 / ご不満."""

    HAPPY = "happy"
    UNDECIDED = "undecided"
    UNEASY = "uneasy"
    DISPLEASED = "displeased"


class VisitDraft(Frozen):
    """A note that was begun and given on with the visit: never a confidential one, which stays where it was written."""

    begun_by: Id | None = Field(default=None, exclude_if=lambda who: who is None)
    text: str = Field(default="", max_length=4000)
    tags: tuple[str, ...] = ()
    feeling: Feeling | None = None
    product_ids: tuple[Id, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.tags or self.feeling or self.product_ids)


class Asked(StrEnum):
    """What staff may ask for in a later visit, where it is missing."""

    KANA = "kana"
    CHANNEL = "channel"
    BIRTHDAY = "birthday"


class Visit(CustomerRecord):
    """Her stay in a shop, and what staff collect while it lasts. Her tray and a note that was begun go with it to whoever
    looks after her next."""

    kind: ClassVar[str] = "visit"

    shop_id: Id
    staff_id: Id | None = None
    """Who looks after her."""
    at: Instant
    ended_at: Instant | None = None
    source: VisitSource = VisitSource.SCAN
    ended_by: VisitEnd | None = None
    tray: tuple[OnTray, ...] = Field(default=(), exclude_if=lambda things: not things)
    companions: tuple[str, ...] = Field(default=(), exclude_if=lambda people: not people)
    """Codes of who came along (`sync.model.commands_visits.Companion`): no names of people who are not our customers."""
    handed_by: Id | None = None
    handed_at: Instant | None = None
    draft: VisitDraft | None = None
    """What whoever gave it on had begun to note; gone with the note that takes it up, and with the visit."""
    receipt: str | None = Field(default=None, max_length=120)
    """The number of her receipt, as its barcode says it."""
    order_id: Id | None = None
    """The purchase that the receipt is of; None until the till has told."""
    asked: Asked | None = Field(default=None, exclude_if=lambda question: question is None)
    """The one question of this visit, answered or skipped."""

    @property
    def sort_at(self) -> datetime:
        return self.at


class AppointmentKind(StrEnum):
    STORE = "store"
    VIDEO = "video"


class AppointmentState(StrEnum):
    BOOKED = "booked"
    ARRIVED = "arrived"
    """She is here, or nobody noted the end."""
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


CAME = frozenset({AppointmentState.ARRIVED, AppointmentState.DONE})
"""She was with us."""
NOTHING_CAME_OF_IT = frozenset({AppointmentState.NO_SHOW, AppointmentState.CANCELLED})


class Call(Frozen):
    """The state of a video appointment's room. The customer's link is `/call/{token}` on the server."""

    room_id: Id
    token: str = Field(repr=False)
    customer_joined_at: Instant | None = None
    staff_joined_at: Instant | None = None
    ended_at: Instant | None = None


class Appointment(CustomerRecord):
    kind: ClassVar[str] = "appointment"

    shop_id: Id
    staff_id: Id | None = None
    appointment_kind: AppointmentKind
    state: AppointmentState = AppointmentState.BOOKED
    at: Instant
    minutes: int = 30
    booked_at: Instant
    subject: str = ""
    call: Call | None = None

    @property
    def sort_at(self) -> datetime:
        return self.at


class Interaction(CustomerRecord):
    """What staff wrote down about a meeting."""

    kind: ClassVar[str] = "interaction"

    shop_id: Id
    staff_id: Id
    at: Instant
    text: str = Field(default="", max_length=4000)
    tags: tuple[str, ...] = ()
    """Tag codes (`fitting`, `gift`, `alteration`, ...); i18n names them."""
    product_ids: tuple[Id, ...] = ()
    feeling: Feeling | None = None
    confidential: bool = Field(default=False, exclude_if=lambda yes: not yes)
    """What it says is for its writer and managers: a tablet holds that there is one, and its tags, not the words."""

    @property
    def sort_at(self) -> datetime:
        return self.at
