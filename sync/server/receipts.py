"""The purchase that a visit's receipt is of, also where the till tells of it later."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Engine, select

from sync.clock import Clock
from sync.model.customer import Order, Visit
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from sync.server.tables import visits

LATE = timedelta(days=14)
"""Tills that have not told of a purchase by then will not."""


def order_of(records: Records, visit: Visit) -> Order | None:
    """Return her purchase of this number in the shop of the visit, the nearest in time; None where none is known yet."""
    found = records.find(Order, number=visit.receipt, customer_id=visit.customer_id, shop_id=visit.shop_id)
    return min(found, key=lambda order: abs(order.at - visit.at), default=None)


def tie_receipts(engine: Engine, clock: Clock) -> int:
    """Tie purchases that have arrived to the visits whose receipts were scanned before; return to how many."""
    with reading(engine) as conn:
        query = select(visits.c.data).where(visits.c.receipt.is_not(None), visits.c.at >= clock() - LATE)
        waiting = [one.id for data in conn.scalars(query) if (one := Visit.model_validate(data)).order_id is None]
    return sum(retrying(partial(_tie, engine, clock, one)) for one in waiting)


def _tie(engine: Engine, clock: Clock, visit_id: str) -> bool:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        visit = records.get(Visit, visit_id, lock=True)
        order = order_of(records, visit) if visit is not None and visit.order_id is None else None
        if visit is None or order is None:
            return False
        return records.put(visit.model_copy(update={"order_id": order.id}))
