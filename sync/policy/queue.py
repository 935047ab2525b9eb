"""The order of the follow-up queue, and when a follow-up leaves it by itself. Tablet and server ask here, and nowhere else.

What waits for somebody's word stands first: drafts for the manager, then what the manager sent back. Then what is due by
the end of today, the strongest pull first; then what is due later, day by day; then what is planned already.

A reason pulls with its strength (0..1) until it is due. From then on it loses what it lacks of 1, in proportion to how
much of its time has gone: her unanswered message (1.0) never sinks, a welcome-back (0.9) from 0.9 to 0.8, a rank to be
reached (0.45) from 0.45 to below 0. So what is weak and long overdue makes room for what still helps, until its time is
over and it is closed, with a reason.
"""

from datetime import datetime, timedelta

from sync.model.outreach import FollowUp, FollowUpState, Purpose, Reason
from sync.policy.contact import iso
from sync.policy.gate import purpose_of

USUAL = {Purpose.REPLY: 1.0, Purpose.SERVICE: 0.8, Purpose.RELATIONSHIP: 0.5, Purpose.CAMPAIGN: 0.35}
"""How strong a follow-up is that no signal weighed."""
PATIENCE = timedelta(days=14)
"""After being due, for what has no end of its own."""

_WAITING = {FollowUpState.AWAITING_APPROVAL: 0, FollowUpState.RETURNED: 1}
_DUE, _LATER, _PLANNED, _ENDED = 2, 3, 4, 5

Place = tuple[int, float, datetime, str]
"""What follow-ups are sorted by; no two of different ids share one."""


def pull(strength: float, due_at: datetime, stale_after: datetime | None, now: datetime) -> float:
    """Return how much a reason pulls now (-1..1): its strength until it is due, from then on less (see above)."""
    if now <= due_at:
        return strength
    end = due_at + PATIENCE if stale_after is None else stale_after
    gone = 1.0 if end <= now else (now - due_at) / (end - due_at)
    return strength - (1.0 - strength) * gone


def place(one: FollowUp, now: datetime, tonight: datetime) -> Place:
    """Return where a follow-up stands in the queue. `tonight` is the end of today where the queue is read."""
    tier = _tier(one, tonight)
    if tier != _DUE:
        return tier, 0.0, one.due_at, one.id
    strength = USUAL[purpose_of(one.cause)] if one.strength is None else one.strength
    return tier, -pull(strength, one.due_at, one.stale_after, now), one.due_at, one.id


def _tier(one: FollowUp, tonight: datetime) -> int:
    if one.state is FollowUpState.OPEN:
        return _DUE if one.due_at < tonight else _LATER
    if one.state in (FollowUpState.DONE, FollowUpState.DISMISSED):
        return _ENDED
    return _WAITING.get(one.state, _PLANNED)


def out_of_time(one: FollowUp, now: datetime) -> bool:
    """Return whether nobody needs to look at an open follow-up any more: its time is over."""
    return one.state is FollowUpState.OPEN and one.stale_after is not None and now >= one.stale_after


def may_be_put_off(one: FollowUp, to: datetime) -> bool:
    """Return whether a follow-up may come back at another time: nothing of it is on its way, and its time is not over by then."""
    waits = one.state in (FollowUpState.OPEN, FollowUpState.RETURNED)
    return waits and (one.stale_after is None or to < one.stale_after)


def closes(one: FollowUp, now: datetime, *, proposed: bool, alone: bool, reachable: bool) -> Reason | None:
    """Return why an open follow-up of a signal ends by itself: `follow_up_over` (why, at), or None where it stays.

    `why` is `late` (its time is over, at `at`), `unreachable` (a campaign, and no channel could carry it any more) or
    `gone` (its signal speaks no more). What only holds us back for a while (`alone`) ends nothing: a closed one never
    comes again. A follow-up without an end of its own is staff's, and theirs to close.
    """
    if one.state is not FollowUpState.OPEN or one.stale_after is None:
        return None
    if now >= one.stale_after:
        return Reason(code="follow_up_over", params={"why": "late", "at": iso(one.stale_after)})
    if proposed or alone:
        return None
    lost = purpose_of(one.cause) is Purpose.CAMPAIGN and not reachable
    return Reason(code="follow_up_over", params={"why": "unreachable" if lost else "gone", "at": iso(now)})
