"""Visits that nobody ended are ended at closing time of their shop: run by the worker."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from sync.clock import Clock
from sync.model.customer import Visit, VisitEnd
from sync.model.shop import Shop
from sync.policy import visits as policy
from sync.policy.visits import ended
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from sync.server.repository.zones import known_zone
from sync.server.tables import visits

REACH = timedelta(days=3)
"""How far back is looked: what was imported long ago never had an end, and needs none."""


def close_visits(engine: Engine, clock: Clock) -> int:
    """End every visit whose shop has closed since it began; return how many."""
    now = clock()
    with reading(engine) as conn:
        shops = {one.id: one for one in Records(conn, clock).of_kind(Shop)}
        query = select(visits.c.data).where(visits.c.ended_at.is_(None), visits.c.at >= now - REACH, visits.c.at <= now)
        found = [Visit.model_validate(data) for data in conn.scalars(query)]
    due = [(one.id, at) for one in found if one.shop_id in shops and (at := closing(shops[one.shop_id], one.at)) <= now]
    return sum(retrying(partial(_end, engine, clock, visit_id, at)) for visit_id, at in due)


def closing(shop: Shop, after: datetime) -> datetime:
    """Return when a shop closes next after a moment, by its own clock."""
    return policy.closing(shop.closes, known_zone(shop.time_zone) or ZoneInfo("UTC"), after)


def _end(engine: Engine, clock: Clock, visit_id: str, at: datetime) -> bool:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        visit = records.get(Visit, visit_id, lock=True)
        return visit is not None and records.put(ended(visit, VisitEnd.CLOSING, at))
