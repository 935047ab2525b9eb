"""Commands about a visit and about what was promised in it."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from sync.model.base import Command, Id, Instant
from sync.model.customer import Asked, Handled, VisitDraft
from sync.model.outreach import Cause, Reason
from sync.model.promise import Promised


class MakePromise(Command):
    """Somebody told the customer that something will be done by a day."""

    type: Literal["make_promise"] = "make_promise"
    promise_id: Id
    customer_id: Id
    shop_id: Id
    what: Promised
    text: str = Field(default="", max_length=200)
    due_on: date
    to_staff_id: Id
    """Who will keep it."""
    visit_id: Id | None = None


class KeepPromise(Command):
    """It is done."""

    type: Literal["keep_promise"] = "keep_promise"
    promise_id: Id
    customer_id: Id


class PassPromise(Command):
    """Somebody else will keep it."""

    type: Literal["pass_promise"] = "pass_promise"
    promise_id: Id
    customer_id: Id
    from_staff_id: Id | None = None
    """Whose it was, as the tablet saw it."""
    to_staff_id: Id


class WithdrawPromise(Command):
    """It will not be done, and why."""

    type: Literal["withdraw_promise"] = "withdraw_promise"
    promise_id: Id
    customer_id: Id
    reason: str = Field(min_length=1, max_length=500)


class ChangeTray(Command):
    """She was shown something in this visit, or tried it on; `off` takes it from the tray again."""

    type: Literal["change_tray"] = "change_tray"
    visit_id: Id
    customer_id: Id
    product_id: Id
    variant_id: Id | None = None
    how: Handled | Literal["off"]
    gift: bool = False


class FlagGift(Command):
    """What was bought was for somebody else, or was not after all."""

    type: Literal["flag_gift"] = "flag_gift"
    order_id: Id
    customer_id: Id
    variant_id: Id
    gift: bool


class NoteAnswer(Command):
    """What the customer answered to the one question of a visit."""

    type: Literal["note_answer"] = "note_answer"
    visit_id: Id
    customer_id: Id
    question: Asked
    answer: str = Field(default="", max_length=130)
    """Katakana, a channel, or MM-DD; empty: skipped."""


class Companion(StrEnum):
    """With whom a customer comes, as a shop sees it: what they are to each other, never who it is. In the order in which it
    is said."""

    PARTNER = "partner"
    MOTHER = "mother"
    FATHER = "father"
    DAUGHTER = "daughter"
    SON = "son"
    CHILD = "child"
    FAMILY = "family"
    FRIEND = "friend"
    COLLEAGUE = "colleague"


class NoteCompanions(Command):
    """With whom she came to this visit; the list is whole, and empty where she came by herself."""

    type: Literal["note_companions"] = "note_companions"
    visit_id: Id
    customer_id: Id
    companions: tuple[Companion, ...] = Field(default=(), max_length=len(Companion))


class HandOverVisit(Command):
    """A colleague looks after her from now on; the tray goes along, and a note that was begun."""

    type: Literal["hand_over_visit"] = "hand_over_visit"
    visit_id: Id
    customer_id: Id
    from_staff_id: Id | None = None
    """Who looked after her, as the tablet saw it."""
    to_staff_id: Id
    draft: VisitDraft | None = None
    """The note as it is by now, in the place of an earlier one; an empty one takes that away, None leaves it as it is."""


class DropVisitDraft(Command):
    """The begun note that came with a visit is wanted no more."""

    type: Literal["drop_visit_draft"] = "drop_visit_draft"
    visit_id: Id
    customer_id: Id


class CloseVisit(Command):
    """She has left."""

    type: Literal["close_visit"] = "close_visit"
    visit_id: Id
    customer_id: Id


class AttachReceipt(Command):
    """The barcode of her receipt: which purchase this visit led to. It ends a visit that is open."""

    type: Literal["attach_receipt"] = "attach_receipt"
    visit_id: Id
    customer_id: Id
    number: str = Field(min_length=1, max_length=120)


class PlanFollowUp(Command):
    """At the goodbye: what `sync.policy.farewell` proposed is planned, or declined for good."""

    type: Literal["plan_follow_up"] = "plan_follow_up"
    follow_up_id: Id
    visit_id: Id
    customer_id: Id
    cause: Cause
    evidence: Reason
    due_at: Instant
    strength: float = Field(default=0.5, ge=0, le=1)
    """Cause, evidence, day and strength as the tablet showed them; the server works them out anew."""
    take: bool
