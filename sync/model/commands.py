"""What a device may ask of the server. Commands are named, idempotent by id, and numbered per device."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from sync.model.base import Command as Command
from sync.model.base import Frozen, Id, Instant
from sync.model.commands_follow_ups import PutOffFollowUp as PutOffFollowUp
from sync.model.commands_goods import AmendHold, AssignSlip, MoveHold, MoveSlip, NoteBelonging, OpenSlip, PlaceHold
from sync.model.commands_visits import (
    AttachReceipt,
    ChangeTray,
    CloseVisit,
    DropVisitDraft,
    FlagGift,
    HandOverVisit,
    KeepPromise,
    MakePromise,
    NoteAnswer,
    NoteCompanions,
    PassPromise,
    PlanFollowUp,
    WithdrawPromise,
)
from sync.model.customer import Channel, Feeling
from sync.model.outreach import Cause, Reason, Voice
from sync.model.signature import LONGEST, PATTERN

How = Literal["scan", "search", "follow_up", "appointment", "queue", "link", "call"]
"""What somebody came to a customer's records for."""


class RecordView(Command):
    """A member of staff opened a customer's profile. Kept for the audit."""

    type: Literal["record_view"] = "record_view"
    customer_id: Id
    how: How
    code_digest: str = ""
    """Of the membership code that opened it, where her visit of today is open already and no check-in follows."""


class RevealContact(Command):
    """A member of staff let a masked telephone number or mail address be shown. Kept for the audit."""

    type: Literal["reveal_contact"] = "reveal_contact"
    customer_id: Id
    field: Literal["phone", "email"]
    purpose: How | Literal["message"]


class CheckIn(Command):
    """The customer is in the shop: her visit opens."""

    type: Literal["check_in"] = "check_in"
    visit_id: Id
    customer_id: Id
    shop_id: Id
    source: Literal["scan", "appointment", "staff"]
    code_digest: str = ""
    """SHA-256 in hex of the membership code that was scanned, for the server's watch over replays."""


class RegisterCustomer(Command):
    """A new customer, registered in the shop (also offline)."""

    type: Literal["register_customer"] = "register_customer"
    customer_id: Id
    shop_id: Id
    family_name: str = Field(min_length=1, max_length=60)
    given_name: str = Field(default="", max_length=60)
    family_kana: str = Field(default="", max_length=60)
    given_kana: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=20)
    email: str = Field(default="", max_length=254)
    consents: tuple[Channel, ...] = ()
    wording_version: str = ""
    signature: str = Field(
        default="", max_length=LONGEST, pattern=PATTERN, repr=False, exclude_if=lambda drawn: not drawn
    )
    """What she signed with below the consents, see `sync.model.signature`."""


class LogInteraction(Command):
    type: Literal["log_interaction"] = "log_interaction"
    interaction_id: Id
    customer_id: Id
    shop_id: Id
    text: str = Field(default="", max_length=4000)
    tags: tuple[str, ...] = ()
    product_ids: tuple[Id, ...] = ()
    feeling: Feeling | None = None
    confidential: bool = Field(default=False, exclude_if=lambda yes: not yes)
    visit_id: Id | None = Field(default=None, exclude_if=lambda visit: visit is None)
    """The visit whose begun note (`Visit.draft`) was taken up in this one: it is not kept beside it."""


class QueueMessage(Command):
    """Send a message in the name of the member of staff, of the person in charge or of the shop, when the gate allows it."""

    type: Literal["queue_message"] = "queue_message"
    message_id: Id
    customer_id: Id
    shop_id: Id
    channel: Channel
    cause: Cause
    subject: str = Field(default="", max_length=200)
    body: str = Field(min_length=1, max_length=5000)
    product_ids: tuple[Id, ...] = Field(default=(), max_length=4)
    template: str = ""
    send_after: Instant | None = None
    follow_up_id: Id | None = None
    in_reply_to: Id | None = None
    voice: Voice = Field(default=Voice.SELF, exclude_if=lambda voice: voice is Voice.SELF)
    """Left out where it says nothing new, so that a command made before there was a choice stays the same command."""


class CancelMessage(Command):
    type: Literal["cancel_message"] = "cancel_message"
    message_id: Id
    customer_id: Id


class ApproveMessage(Command):
    """A manager lets a waiting message go."""

    type: Literal["approve_message"] = "approve_message"
    message_id: Id
    customer_id: Id


class ReturnMessage(Command):
    """A manager sends a waiting message back with a comment."""

    type: Literal["return_message"] = "return_message"
    message_id: Id
    customer_id: Id
    comment: str = Field(min_length=1, max_length=1000)


class AssignFollowUp(Command):
    type: Literal["assign_follow_up"] = "assign_follow_up"
    follow_up_id: Id
    customer_id: Id
    assignee_id: Id
    comment: str = Field(default="", max_length=1000)


class CloseFollowUp(Command):
    """Done by other means, or not wanted."""

    type: Literal["close_follow_up"] = "close_follow_up"
    follow_up_id: Id
    customer_id: Id
    outcome: Literal["done", "dismissed"]
    comment: str = Field(default="", max_length=1000)


class JoinCall(Command):
    """The member of staff entered, or ended, the room of a video appointment."""

    type: Literal["join_call"] = "join_call"
    appointment_id: Id
    customer_id: Id
    action: Literal["join", "end"]


class PauseSending(Command):
    """A manager stops everything that the own shop sends."""

    type: Literal["pause_sending"] = "pause_sending"
    pause_id: Id
    shop_id: Id
    reason: str = Field(default="", max_length=200)

    @property
    def customer_id(self) -> str:
        """It is about no customer."""
        return ""


class ResumeSending(Command):
    """A manager lets the own shop send again."""

    type: Literal["resume_sending"] = "resume_sending"
    pause_id: Id
    shop_id: Id

    @property
    def customer_id(self) -> str:
        """It is about no customer."""
        return ""


class StopContact(Command):
    """The customer is to be left in peace: by no channel, from no shop, for no purpose."""

    type: Literal["stop_contact"] = "stop_contact"
    stop_id: Id
    """Of the entry that it makes in the ledger of consents."""
    customer_id: Id
    shop_id: Id
    why: str = Field(min_length=1, max_length=500)


class ResumeContact(Command):
    """End such a stop: a manager may, and anybody who writes down what the customer said."""

    type: Literal["resume_contact"] = "resume_contact"
    stop_id: Id
    customer_id: Id
    shop_id: Id
    word: str = Field(default="", max_length=500)
    """The customer's own word, as near as it can be written down."""


class ReviewAccess(Command):
    """A manager looked at access that stood out, and says what it was."""

    type: Literal["review_access"] = "review_access"
    flag_id: str = Field(min_length=1, max_length=64, pattern=r"^[a-z_]+:[0-9]+$")
    word: str = Field(min_length=1, max_length=500)

    @property
    def customer_id(self) -> str:
        """It is about no single customer."""
        return ""


class UnlockPin(Command):
    """A manager let a colleague who was locked out try again. It is done on the tablet; this puts it on record."""

    type: Literal["unlock_pin"] = "unlock_pin"
    locked_staff_id: Id

    @property
    def customer_id(self) -> str:
        """It is about no customer."""
        return ""


class TakeOverConversation(Command):
    """A manager gives a customer's conversation to another person, at once: what she writes from now on is for them."""

    type: Literal["take_over_conversation"] = "take_over_conversation"
    customer_id: Id
    shop_id: Id
    from_staff_id: Id | None = None
    """Whose it was, as the tablet knew it; None where it was nobody's."""
    to_staff_id: Id


AnyCommand = Annotated[
    RecordView
    | RevealContact
    | CheckIn
    | RegisterCustomer
    | LogInteraction
    | QueueMessage
    | CancelMessage
    | ApproveMessage
    | ReturnMessage
    | AssignFollowUp
    | CloseFollowUp
    | PutOffFollowUp
    | JoinCall
    | PauseSending
    | ResumeSending
    | StopContact
    | ResumeContact
    | ReviewAccess
    | UnlockPin
    | TakeOverConversation
    | OpenSlip
    | MoveSlip
    | AssignSlip
    | NoteBelonging
    | PlaceHold
    | MoveHold
    | AmendHold
    | MakePromise
    | KeepPromise
    | PassPromise
    | WithdrawPromise
    | ChangeTray
    | FlagGift
    | NoteAnswer
    | NoteCompanions
    | HandOverVisit
    | DropVisitDraft
    | CloseVisit
    | AttachReceipt
    | PlanFollowUp,
    Field(discriminator="type"),
]

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
"""Reads a command from JSON-ready values."""


class Envelope(Frozen):
    """A command on its way: who sent it, from where in the device's order, and when by the device's own clock."""

    id: Id
    seq: int = Field(ge=1, lt=2**53)
    staff_id: Id | None
    device_time: Instant
    command: AnyCommand


class Outcome(Frozen):
    """The server's answer to one command. It is stored, and given again to a repeated id."""

    id: Id
    accepted: bool
    reason: Reason | None = None
    """Set when refused, or when accepted in a way staff should know of (e.g. `later`, with the time)."""


def command_payload(command: Command) -> dict[str, Any]:
    """Return the command as JSON-ready values, its type included."""
    return command.model_dump(mode="json", exclude_none=True)
