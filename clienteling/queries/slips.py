"""The slips of a shop that are not done, by the day they are promised for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from clienteling.device import Cache
from sync.model.customer import Customer
from sync.model.shop import Staff
from sync.model.slip import Slip, SlipState
from sync.policy.slips import ENDED, brings_on


class Due(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    READY = "ready"
    """It waits for the customer, whatever the day."""


@dataclass(frozen=True)
class SlipLine:
    slip: Slip
    customer: Customer
    due: Due
    mine: bool
    """Whether this person may bring it on."""


@dataclass(frozen=True)
class Slips:
    lines: tuple[SlipLine, ...]
    """By due date; what waits to be fetched comes last, it needs nobody's hands."""
    counts: Mapping[Due, int]

    @property
    def pressing(self) -> int:
        """How many this person can see to today."""
        return sum(1 for one in self.lines if one.mine and one.due in (Due.OVERDUE, Due.TODAY))


def due_of(slip: Slip, now: datetime, zone: tzinfo) -> Due:
    """Return how pressing a slip is that is not done."""
    if slip.state is SlipState.READY:
        return Due.READY
    today = now.astimezone(zone).date()
    if slip.due_on < today:
        return Due.OVERDUE
    if slip.due_on == today:
        return Due.TODAY
    return Due.WEEK if slip.due_on <= today + timedelta(days=7) else Due.LATER


def load_slips(cache: Cache, shop_id: str | None, me: Staff | None, now: datetime, zone: tzinfo) -> Slips:
    """Read the slips that a shop has in hand, as they are before somebody who works there. Blocks for milliseconds."""
    lines = []
    for slip in cache.records("slip"):
        if not isinstance(slip, Slip) or slip.shop_id != shop_id or slip.state in ENDED:
            continue
        customer = cache.record("customer", slip.customer_id)
        if isinstance(customer, Customer):
            lines.append(SlipLine(slip, customer, due_of(slip, now, zone), me is not None and brings_on(slip, me)))
    lines.sort(key=lambda one: (one.due is Due.READY, one.slip.due_on, one.slip.at, one.slip.id))
    return Slips(tuple(lines), {due: sum(1 for one in lines if one.due is due) for due in Due})
