"""How a slip moves on, and what follows of it. The server decides by this; the tablet shows it beforehand."""

from collections.abc import Iterable
from datetime import datetime

from sync.ids import derived_id
from sync.model.base import Id
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.model.shop import Staff
from sync.model.slip import Slip, SlipKind, SlipState, SlipStep
from sync.policy.roles import leads

_WAY = (SlipState.RECEIVED, SlipState.UNDER_WAY, SlipState.READY, SlipState.DONE)
_NOTHING_TO_FETCH = frozenset({SlipKind.RETURN, SlipKind.COMPLAINT})
ENDED = frozenset({SlipState.DONE, SlipState.CANCELLED})
_READY_CAUSE = {
    SlipKind.ALTERATION: Cause.ALTERATION_READY,
    SlipKind.SPECIAL_ORDER: Cause.ORDER,
    SlipKind.CUSTOMER_ORDER: Cause.ORDER,
}


def next_state(kind: SlipKind, state: SlipState) -> SlipState | None:
    """Return what usually comes next, or None at the end."""
    way = _way(kind)
    return way[way.index(state) + 1] if state in way[:-1] else None


def may_become(kind: SlipKind, state: SlipState) -> tuple[SlipState, ...]:
    """Return the states a slip may move to: any later one, back to work from ready, and called off unless it is a
    complaint, which is settled and never struck out."""
    if state in ENDED:
        return ()
    way = _way(kind)
    later = way[way.index(state) + 1 :]
    back = (SlipState.UNDER_WAY,) if state is SlipState.READY else ()
    off = () if kind is SlipKind.COMPLAINT else (SlipState.CANCELLED,)
    return (*later, *back, *off)


def brings_on(slip: Slip, staff: Staff) -> bool:
    """Return whether somebody who works in its shop may bring a slip on: a complaint is for who sees to it, and managers."""
    return slip.slip_kind is not SlipKind.COMPLAINT or slip.owner_id == staff.id or leads(staff)


def moved(slip: Slip, to: SlipState, *, by: str, at: datetime) -> Slip:
    """Return the slip in another state, with the step kept."""
    return slip.model_copy(update={"state": to, "steps": (*slip.steps, SlipStep(state=to, at=at, by=by))})


def follow_up_of(slip_id: str) -> str:
    """Return the id of the follow-up that a slip raises when it is ready."""
    return derived_id("follow_up", "slip_ready", slip_id)


def proposed(slip: Slip, before: FollowUp | None, now: datetime) -> FollowUp | None:
    """Return the follow-up as a slip's new state wants it, or None where it stays: one to tell her that it is ready, open;
    done once it is not waiting any more. Nothing is sent by it. One whose message is on its way is left: the gate stops
    that message by itself where it has become stale."""
    cause = _READY_CAUSE.get(slip.slip_kind)
    if cause is None:
        return None
    at_work = before is not None and before.state not in (FollowUpState.DONE, FollowUpState.DISMISSED)
    if slip.state is SlipState.READY:
        if at_work:
            return None
        return FollowUp(
            id=follow_up_of(slip.id),
            customer_id=slip.customer_id,
            shop_id=slip.shop_id,
            assignee_id=slip.owner_id,
            cause=cause,
            evidence=Reason(
                code="slip_ready", params={"slip_id": slip.id, "what": slip.slip_kind.value, "item": slip.item}
            ),
            due_at=now,
            created_at=now,
        )
    if before is None or not at_work or before.state is FollowUpState.SCHEDULED:
        return None
    return before.model_copy(update={"state": FollowUpState.DONE})


def open_complaint(slips: Iterable[Slip], when: datetime) -> datetime | None:
    """Return since when the latest complaint is open that was so at `when`, or None."""
    return max((one.at for one in slips if _open_at(one, when)), default=None)


def complaint_in_hand(slips: Iterable[Slip]) -> Id | None:
    """Return who sees to the latest complaint that is open, or None where none is."""
    open_ = (one for one in slips if one.slip_kind is SlipKind.COMPLAINT and one.state not in ENDED)
    latest = max(open_, key=lambda one: (one.at, one.id), default=None)
    return latest.owner_id if latest is not None else None


def _open_at(one: Slip, when: datetime) -> bool:
    return one.slip_kind is SlipKind.COMPLAINT and one.state not in ENDED and one.at <= when


def _way(kind: SlipKind) -> tuple[SlipState, ...]:
    return tuple(s for s in _WAY if s is not SlipState.READY) if kind in _NOTHING_TO_FETCH else _WAY
