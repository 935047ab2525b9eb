"""What is kept for somebody: set aside here, asked of another shop, or on its way to a customer's home."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field

from sync.model.base import Id, Instant, Record


class HoldWay(StrEnum):
    """How a piece comes to whoever wants it."""

    KEEP = "keep"
    """Set aside in the shop where it lies."""
    SEND = "send"
    """Another shop is asked to send it to the shop that asks."""
    HOME = "home"
    """It goes to the customer's home from where it lies: this shop, another one, or the web shop."""


class HoldState(StrEnum):
    HELD = "held"
    ASKED = "asked"
    ACCEPTED = "accepted"
    SENT = "sent"
    ARRIVED = "arrived"
    """Set aside in the shop that asked."""
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    RELEASED = "released"
    EXPIRED = "expired"


Why = Literal["sold", "not_found", "damaged", "promised"]
"""Why a shop cannot give what it was asked for. Codes only, so that nobody writes a customer's name into it."""


class Hold(Record):
    """Some pieces of a variant, spoken for. Ours: the retailer's systems do not know of it (`sync.policy.holds`).

    It names its customer by id alone and holds no words, since every tablet has it in clear, to count by.
    """

    kind: ClassVar[str] = "hold"

    variant_id: Id
    shop_id: Id
    """Where the pieces lay when they were asked for: against whose stock they count."""
    for_shop_id: Id
    """The shop whose staff asked, and where it is fetched; the same for what is kept where it lies."""
    for_customer_id: Id | None = None
    """None where it is for nobody yet."""
    way: HoldWay
    quantity: int = Field(default=1, ge=1, le=9)
    state: HoldState
    by: Id | None
    """Who asked."""
    at: Instant
    until: Instant
    """By when it is fetched; then it is free again."""
    state_at: Instant
    state_by: Id | None = None
    """None where nobody did it: its time was over."""
    why: Why | None = None
    number: str = Field(default="", max_length=40, exclude_if=lambda number: not number)
    """Of the order or the parcel, in the retailer's systems."""
    left_at: Instant | None = None
    """When it left the shelf of `shop_id`: a level counted since does not have it any more."""
    arrived_at: Instant | None = None
    """When it came to `for_shop_id`, of what was sent there."""

    @property
    def sort_at(self) -> datetime:
        return self.at
