"""What people who have left had promised goes to somebody who is here: run by the worker."""

from functools import partial

import structlog
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.customer import Customer
from sync.model.promise import Promise, PromiseState
from sync.model.shop import Shop, Staff
from sync.policy.employment import employed
from sync.policy.promises import heir
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records

log = structlog.get_logger(__name__)


def hand_on_promises(engine: Engine, clock: Clock) -> int:
    """Give every open promise of somebody who works here no more to who is next; return how many changed hands."""
    now = clock()
    with reading(engine) as conn:
        records = Records(conn, clock)
        staff, shops = records.of_kind(Staff), {one.id: one for one in records.of_kind(Shop)}
        here = {one.id for one in staff if employed(one, now, shops.get(one.shop_id))}
        gone = [one.id for one in staff if one.id not in here]
        left = records.find(Promise, state=PromiseState.OPEN.value, owner_id=gone) if gone else []
    given = sum(retrying(partial(_give, engine, clock, one.id, staff, shops)) for one in left)
    if given:
        log.info("promises_handed_on", promises=given)
    return given


def _give(engine: Engine, clock: Clock, promise_id: str, staff: list[Staff], shops: dict[str, Shop]) -> bool:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        found = records.get(Promise, promise_id)
        customer = records.get(Customer, found.customer_id, lock=True) if found is not None else None
        promise = records.get(Promise, promise_id)  # as it stands now that nobody else can change it
        if promise is None or customer is None or promise.state is not PromiseState.OPEN:
            return False
        person = heir(promise, customer, staff, shops.get, clock())
        return records.put(promise.model_copy(update={"owner_id": person.id if person else None, "passed_by": None}))
