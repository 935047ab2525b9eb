"""Messages to and from a customer, and the follow-ups that lead to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from sync.model.base import CustomerRecord, Frozen, Id, Instant
from sync.model.customer import Channel


class Purpose(StrEnum):
    """Decides which rules bind a message. Staff cannot choose it: it follows from the cause."""

    REPLY = "reply"
    SERVICE = "service"
    RELATIONSHIP = "relationship"
    CAMPAIGN = "campaign"


class Cause(StrEnum):
    """Why there is a message or a follow-up. `sync.policy.gate.purpose_of` maps each to its purpose."""

    REPLY = "reply"
    ALTERATION_READY = "alteration_ready"
    HOLD_READY = "hold_ready"
    APPOINTMENT = "appointment"
    ORDER = "order"
    CORRECTION = "correction"
    """She says what of hers is not right any more."""
    RETURNED = "returned"
    """She came back, or booked, after long: the welcome-back."""
    LAPSED = "lapsed"
    """She stopped coming. Never answered by a welcome-back."""
    AFTER_VISIT = "after_visit"
    AFTER_PURCHASE = "after_purchase"
    FIRST_PURCHASE = "first_purchase"
    WEB_UP = "web_up"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    WANTED_IN_STOCK = "wanted_in_stock"
    """What she put on her wish list, or looked at, is in the shop now."""
    DUE_AGAIN = "due_again"
    """Something she owns is due: its replacement or its care, or the change of season."""
    AFTER_APPOINTMENT = "after_appointment"
    CART_LEFT = "cart_left"
    RANK = "rank"
    """Her rank is about to be reached, or to be lost."""
    POINTS_EXPIRE = "points_expire"
    CAMPAIGN = "campaign"


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class MessageState(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    RETURNED = "returned"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The provider never answered and cannot be asked again without risking a second message."""
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    """The gate said no when its turn came; `reason` tells why."""
    RECEIVED = "received"
    """From the customer."""


class Reason(Frozen):
    """A code and its parameters; the reader's side words it."""

    code: str
    params: dict[str, Any] = {}


class Voice(StrEnum):
    """In whose name a message is written (`sync.policy.whose`)."""

    SELF = "self"
    """As whoever writes."""
    CHARGE = "charge"
    """Through the person in charge: in her name, once she or a manager has agreed."""
    SHOP = "shop"


class AttachmentState(StrEnum):
    WAITING = "waiting"
    """The server has yet to fetch it, or to look at it."""
    KEPT = "kept"
    REFUSED = "refused"
    """Not kept; `reason` tells why."""
    REMOVED = "removed"
    """It was kept, for as long as the house keeps such things."""


class Attachment(Frozen):
    """Something that came with a reply of hers. What it holds stays on the server, which hands it out on demand."""

    id: Id
    what: Literal["image", "video", "audio", "file"]
    """What it came as; for what is kept, `media_type` says what its bytes are."""
    state: AttachmentState = AttachmentState.WAITING
    media_type: str = ""
    """`image/jpeg` or `application/pdf`, once kept."""
    size: int = 0
    """Bytes, once kept."""
    reason: Reason | None = None


class Message(CustomerRecord):
    kind: ClassVar[str] = "message"

    direction: Direction = Direction.OUT
    channel: Channel
    cause: Cause
    purpose: Purpose
    shop_id: Id
    staff_id: Id | None = None
    """In whose name it goes out, None for the shop's; for a reply of hers, to whom it is addressed."""
    written_by: Id | None = None
    """Who wrote it; None where that is `staff_id`, as in all records from before the two could differ."""
    state: MessageState
    reason: Reason | None = None
    subject: str = ""
    body: str
    product_ids: tuple[Id, ...] = ()
    template: str = ""
    at: Instant
    """When it was written (out) or received (in)."""
    send_after: Instant | None = None
    sent_at: Instant | None = None
    state_at: Instant
    approved_by: Id | None = None
    in_reply_to: Id | None = None
    follow_up_id: Id | None = None
    provider_id: str = ""
    opened_at: Instant | None = None
    """When the link to its products was first opened. No more is kept of that."""
    attachments: tuple[Attachment, ...] = Field(default=(), exclude_if=lambda all_: not all_)
    """What came with a reply of hers, in the order in which it came."""

    @property
    def sort_at(self) -> datetime:
        return self.at

    @property
    def writer_id(self) -> str | None:
        """Whose words they are, in whosever name they go; None for what came in or nobody wrote."""
        return (self.written_by or self.staff_id) if self.direction is Direction.OUT else None


class Means(StrEnum):
    """How another tool reached her: the channels that we have, and those that we have not."""

    LINE = "line"
    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    OTHER = "other"


class ContactElsewhere(CustomerRecord):
    """A contact that was not ours to send: a broadcast of an agency, a call, a letter, another mail tool."""

    kind: ClassVar[str] = "contact"

    at: Instant
    means: Means
    purpose: Literal[Purpose.RELATIONSHIP, Purpose.CAMPAIGN, Purpose.SERVICE]
    tool: str = Field(max_length=80)
    """What made it, in the retailer's own words."""
    text: str = Field(default="", max_length=500)
    """What it was about, in short."""

    @property
    def sort_at(self) -> datetime:
        return self.at


class FollowUpState(StrEnum):
    OPEN = "open"
    AWAITING_APPROVAL = "awaiting_approval"
    RETURNED = "returned"
    """Sent back by the manager with a comment."""
    SCHEDULED = "scheduled"
    """Its message is queued."""
    DONE = "done"
    DISMISSED = "dismissed"


class FollowUp(CustomerRecord):
    """Something a member of staff should do for a customer by a day."""

    kind: ClassVar[str] = "follow_up"

    shop_id: Id
    assignee_id: Id | None = None
    cause: Cause
    evidence: Reason
    """Why, as a code and parameters, worded by i18n on the tablet."""
    due_at: Instant
    state: FollowUpState = FollowUpState.OPEN
    message_id: Id | None = None
    comment: str = Field(default="", max_length=1000)
    comment_by: Id | None = None
    created_at: Instant
    stale_after: Instant | None = None
    strength: float | None = Field(default=None, ge=0, le=1)
    """How strong the signal was that it came of; None where none weighed it."""
    closed: Reason | None = None
    """Why it ended by itself, where nobody closed it."""

    @property
    def sort_at(self) -> datetime:
        return self.due_at
