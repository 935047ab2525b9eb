"""Commands about what a customer owns, what is worked at for her, and what is kept for her."""

from datetime import date
from typing import Literal

from pydantic import Field

from sync.model.base import Command, Id, Instant
from sync.model.holds import HoldState, HoldWay, Why
from sync.model.slip import SlipKind, SlipState


class OpenSlip(Command):
    """The shop takes something on for the customer, for a day."""

    type: Literal["open_slip"] = "open_slip"
    slip_id: Id
    customer_id: Id
    shop_id: Id
    slip_kind: SlipKind
    owner_id: Id
    due_on: date
    item: str = Field(default="", max_length=120)
    variant_id: Id | None = None
    order_id: Id | None = None
    text: str = Field(default="", max_length=2000)


class MoveSlip(Command):
    """A slip came a step further, or back."""

    type: Literal["move_slip"] = "move_slip"
    slip_id: Id
    customer_id: Id
    from_state: SlipState
    """As the tablet saw it: where it stands elsewhere by then, somebody was faster."""
    to_state: SlipState


class AssignSlip(Command):
    """Somebody else sees to a slip from now on, or by another day."""

    type: Literal["assign_slip"] = "assign_slip"
    slip_id: Id
    customer_id: Id
    owner_id: Id
    due_on: date


class NoteBelonging(Command):
    """What the customer said of a piece she owns; under the same id it is written anew."""

    type: Literal["note_belonging"] = "note_belonging"
    belonging_id: Id
    customer_id: Id
    shop_id: Id
    name: str = Field(min_length=1, max_length=120)
    category: str = Field(default="", max_length=60)
    variant_id: Id | None = None
    order_id: Id | None = None
    size: str = Field(default="", max_length=40)
    colour: str = Field(default="", max_length=40)
    alteration: str = Field(default="", max_length=500)
    care: str = Field(default="", max_length=500)
    gone: bool = False


class PlaceHold(Command):
    """Set something aside, ask another shop to send it, or order it to the customer's home. Counted against the stock at once."""

    type: Literal["place_hold"] = "place_hold"
    hold_id: Id
    way: HoldWay
    variant_id: Id
    shop_id: Id
    """Where it lies."""
    for_shop_id: Id
    """Whose staff asks."""
    for_customer_id: Id | None = None
    quantity: int = Field(default=1, ge=1, le=9)
    until: Instant

    @property
    def customer_id(self) -> str:
        """Whom it is for; empty where that is nobody yet."""
        return self.for_customer_id or ""


class MoveHold(Command):
    """The next thing happened to something that is spoken for."""

    type: Literal["move_hold"] = "move_hold"
    hold_id: Id
    seen: HoldState
    """In which state the tablet saw it: what changed meanwhile is somebody else's to see first."""
    to: HoldState
    why: Why | None = None
    """Of what is declined."""
    number: str = Field(default="", max_length=40)
    """Of the order or the parcel."""

    @property
    def customer_id(self) -> str:
        """The hold knows whom it is for."""
        return ""


class AmendHold(Command):
    """Somebody wants it for longer, or it is somebody's now."""

    type: Literal["amend_hold"] = "amend_hold"
    hold_id: Id
    until: Instant
    for_customer_id: Id | None = None

    @property
    def customer_id(self) -> str:
        """Whom it is for from now on; empty where that is nobody."""
        return self.for_customer_id or ""
