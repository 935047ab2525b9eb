"""What is spoken for: who may do what next with it, and how it counts against the stock that the retailer's systems tell.

    steps(hold, giver_is_web) -> what can be done next, and by which of the two shops
    spoken_for(hold, shop_id, at) -> how many pieces of a level counted `at` in that shop it takes
    free(level, holds) -> how many of a level are left

A level is the retailer's and never changed by a hold; a hold is laid over it. It counts from when it is asked for until a level
was counted after the piece had left: a till that sold it has it out of its count by then. A piece that was sent counts in
the shop it came to from the first level counted after it arrived, which is the first that has it in.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sync.model.catalogue import StockLevel
from sync.model.holds import Hold, HoldState, HoldWay

AT_MOST = timedelta(days=14)
"""For how long something may be held: longer, and it is missing on the shelf for nothing."""
KEPT = timedelta(days=30)
"""For how long an ended hold is kept, for whoever asks after it."""
ENDED = frozenset({HoldState.HANDED_OVER, HoldState.DECLINED, HoldState.RELEASED, HoldState.EXPIRED})

_ON_SHELF = frozenset({HoldState.HELD, HoldState.ASKED, HoldState.ACCEPTED})


class Step(NamedTuple):
    """A state that may come next."""

    to: HoldState
    giver: bool
    """Whether the shop where the piece lies takes it; else the shop that asked."""


def _steps(**after: tuple[tuple[str, bool], ...]) -> Mapping[HoldState, tuple[Step, ...]]:
    return {
        HoldState(state): tuple(Step(HoldState(to), giver) for to, giver in nexts) for state, nexts in after.items()
    }


_STEPS: Mapping[HoldWay, Mapping[HoldState, tuple[Step, ...]]] = {
    HoldWay.KEEP: _steps(held=(("handed_over", False), ("released", False))),
    HoldWay.SEND: _steps(
        asked=(("accepted", True), ("declined", True), ("released", False)),
        accepted=(("sent", True), ("declined", True), ("released", False)),
        sent=(("arrived", False),),
        arrived=(("handed_over", False), ("released", False)),
    ),
    HoldWay.HOME: _steps(
        asked=(("accepted", True), ("declined", True), ("released", False)),
        accepted=(("sent", True), ("declined", True), ("released", False)),
        sent=(("handed_over", False),),
    ),
}


def first_state(way: HoldWay, shop_id: str, for_shop_id: str) -> HoldState:
    """Return in which state something begins: a shop need not ask itself."""
    if way is HoldWay.KEEP:
        return HoldState.HELD
    return HoldState.ACCEPTED if shop_id == for_shop_id else HoldState.ASKED


def steps(hold: Hold, *, giver_is_web: bool) -> tuple[Step, ...]:
    """Return what can be done next. Nobody stands in a web shop: the shop that asked places the order there and says so."""
    nexts = _STEPS[hold.way].get(hold.state, ())
    return tuple(Step(to, giver and not giver_is_web) for to, giver in nexts)


def moved(hold: Hold, to: HoldState, *, at: datetime, by: str | None, why: str | None = None, number: str = "") -> Hold:
    """Return a hold in its next state; `at` is when that happened."""
    changed: dict[str, object] = {"state": to, "state_at": max(at, hold.at), "state_by": by}
    if why is not None:
        changed["why"] = why
    if number:
        changed["number"] = number
    leaves = HoldState.HANDED_OVER if hold.way is HoldWay.KEEP else HoldState.SENT
    if to is leaves:
        changed["left_at"] = changed["state_at"]
    if to is HoldState.ARRIVED:
        changed["arrived_at"] = changed["state_at"]
    return hold.model_copy(update=changed)


def expires(hold: Hold, now: datetime) -> bool:
    """Return whether its time is over and it is free again. What is on its way, or being sent home, is not: somebody has it in hand."""
    if now < hold.until:
        return False
    if hold.state is HoldState.ACCEPTED:
        return hold.way is HoldWay.SEND
    return hold.state in (HoldState.HELD, HoldState.ASKED, HoldState.ARRIVED)


def spoken_for(hold: Hold, shop_id: str, at: datetime) -> int:
    """Return how many pieces of a level counted `at` in a shop this takes."""
    if shop_id == hold.shop_id:
        if hold.left_at is not None:
            return hold.quantity if at < hold.left_at else 0
        return hold.quantity if hold.state in _ON_SHELF else 0
    if shop_id != hold.for_shop_id or hold.arrived_at is None or at < hold.arrived_at:
        return 0
    gone = hold.state is HoldState.HANDED_OVER and at >= hold.state_at
    return hold.quantity if hold.state in (HoldState.ARRIVED, HoldState.HANDED_OVER) and not gone else 0


def held(level: StockLevel, holds: Iterable[Hold]) -> int:
    """Return how many pieces of a level are spoken for by holds of its variant; others are passed over."""
    return held_of(level.variant_id, level.shop_id, level.at, holds)


def held_of(variant_id: str, shop_id: str, at: datetime, holds: Iterable[Hold]) -> int:
    """The same for a level that is no record."""
    return sum(spoken_for(one, shop_id, at) for one in holds if one.variant_id == variant_id)


def free(level: StockLevel, holds: Iterable[Hold]) -> int:
    """Return how many pieces of a level anybody may still ask for; never less than none, however few were counted."""
    return max(level.quantity - held(level, holds), 0)


def to_do(hold: Hold, shop_id: str, *, giver_is_web: bool, tonight: datetime) -> bool:
    """Return whether a shop can do something about it now, rather than wait: answer, send, or ring up on its last day."""
    nexts = steps(hold, giver_is_web=giver_is_web)
    if hold.state in (HoldState.ASKED, HoldState.ACCEPTED):
        return any(shop_id == (hold.shop_id if one.giver else hold.for_shop_id) and _presses(one) for one in nexts)
    return hold.state in (HoldState.HELD, HoldState.ARRIVED) and hold.for_shop_id == shop_id and hold.until < tonight


def _presses(step: Step) -> bool:
    return step.to in (HoldState.ACCEPTED, HoldState.SENT)
