"""What holds do by themselves: one that is ready proposes telling the customer, one whose time is over is free again.

Nobody is ever written to by this: a follow-up with the cause `hold_ready` is opened, and staff send or leave it.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import Engine, select

from sync.clock import Clock
from sync.ids import derived_id
from sync.model.holds import Hold, HoldState
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.model.shop import Shop, Staff
from sync.policy import holds as policy
from sync.policy.employment import employed
from sync.policy.whose import works_in
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from sync.server.tables import holds

_AT_ONCE = 200


def ready(records: Records, hold: Hold, now: datetime) -> None:
    """Propose telling whoever waits for it that it has come."""
    owner = records.customer_id_of(hold.for_customer_id) if hold.for_customer_id else None
    if owner is None:
        return
    person = records.get(Staff, hold.by) if hold.by else None
    works = person if person is not None and works_in(person, hold.for_shop_id) else None
    if works is not None and not employed(works, now, records.get(Shop, works.shop_id)):
        works = None
    follow_up_id = _follow_up_id(hold)
    if records.get(FollowUp, follow_up_id) is not None:
        return
    records.put(
        FollowUp(
            id=follow_up_id,
            customer_id=owner,
            shop_id=hold.for_shop_id,
            assignee_id=works.id if works is not None else None,
            cause=Cause.HOLD_READY,
            evidence=Reason(code="hold_ready", params={"variant_id": hold.variant_id, "until": hold.until.isoformat()}),
            due_at=now,
            created_at=now,
        )
    )


def closed(records: Records, hold: Hold, now: datetime) -> None:
    """End the proposal with the hold, where nobody has acted on it."""
    follow_up = records.get(FollowUp, _follow_up_id(hold), lock=True)
    if follow_up is not None and follow_up.state is FollowUpState.OPEN:
        done = hold.state is HoldState.HANDED_OVER
        over = (
            {"state": FollowUpState.DONE}
            if done
            else {
                "state": FollowUpState.DISMISSED,
                "closed": Reason(code="follow_up_over", params={"why": "gone", "at": now.isoformat()}),
            }
        )
        records.put(follow_up.model_copy(update=over))


def expire(engine: Engine, clock: Clock) -> int:
    """Free what nobody fetched in time; return how many."""
    now = clock()
    open_ = [state.value for state in HoldState if state not in policy.ENDED]
    query = select(holds.c.id).where(holds.c.state.in_(open_), holds.c.until <= now).order_by(holds.c.id)
    with reading(engine) as conn:
        found = [str(one) for one in conn.scalars(query.limit(_AT_ONCE))]

    return sum(retrying(partial(_expire, engine, clock, each, now)) for each in found)


def _expire(engine: Engine, clock: Clock, hold_id: str, now: datetime) -> int:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        hold = records.get(Hold, hold_id, lock=True)
        if hold is None or not policy.expires(hold, now):
            return 0
        done = policy.moved(hold, HoldState.EXPIRED, at=now, by=None)
        records.put(done)
        closed(records, done, now)
        return 1


def forget(engine: Engine, clock: Clock) -> int:
    """Remove what ended long ago; return how many."""
    ended = [state.value for state in policy.ENDED]
    query = select(holds.c.id).where(holds.c.state.in_(ended), holds.c.state_at < clock() - policy.KEPT)
    with reading(engine) as conn:
        found = [str(one) for one in conn.scalars(query.limit(_AT_ONCE))]
    if not found:
        return 0

    def work() -> int:
        with transaction(engine) as conn:
            records = Records(conn, clock)
            return sum(records.delete(Hold, each) for each in found)

    return retrying(work)


def _follow_up_id(hold: Hold) -> str:
    """One for each hold and person: what was closed stays closed."""
    return derived_id("follow_up", "hold", hold.id, hold.for_customer_id or "")
