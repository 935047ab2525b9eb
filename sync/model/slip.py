"""Slips: what the shop has taken on for a customer (an alteration, an order, a return, a complaint), until it is done."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from sync.model.base import CustomerRecord, Frozen, Id, Instant


class SlipKind(StrEnum):
    """お直し / お取り寄せ / お客様注文 / ご返品・交換 / お申し出."""

    ALTERATION = "alteration"
    SPECIAL_ORDER = "special_order"
    """Brought from another shop or the warehouse for her to see."""
    CUSTOMER_ORDER = "customer_order"
    """Made, or bought in, because she ordered it."""
    RETURN = "return"
    COMPLAINT = "complaint"


class SlipState(StrEnum):
    RECEIVED = "received"
    UNDER_WAY = "under_way"
    READY = "ready"
    """It waits for her in the shop."""
    DONE = "done"
    CANCELLED = "cancelled"


class SlipStep(Frozen):
    """One change of a slip's state."""

    state: SlipState
    at: Instant
    by: Id


class Slip(CustomerRecord):
    kind: ClassVar[str] = "slip"

    shop_id: Id
    """Where it is handled."""
    slip_kind: SlipKind
    state: SlipState = SlipState.RECEIVED
    owner_id: Id
    """Who sees to it."""
    at: Instant
    due_on: date
    """Promised to her for this day, by the shop's calendar."""
    item: str = Field(default="", max_length=120)
    """What it is about, as staff call it. A complaint says it in its `text`."""
    variant_id: Id | None = None
    order_id: Id | None = None
    """The purchase that it is about, where one is."""
    text: str = Field(default="", max_length=2000)
    """What is to be done. Of a complaint it is withheld, see `sync.policy.withheld`."""
    steps: tuple[SlipStep, ...] = ()
    """Its states so far, the first one first."""

    @property
    def sort_at(self) -> datetime:
        return self.at
