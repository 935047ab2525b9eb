"""Looks at customers on the devices of a shop, what is known around them, and what managers said of those that stood out."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from sync.clock import Clock
from sync.model.customer import Customer
from sync.model.shop import RetailerSettings, Shift
from sync.policy.unusual import ARRIVAL, LOOKS, Around, Event
from sync.policy.whose import PLANNED_NEAR
from sync.protocol import AccessReview
from sync.server.repository.records import Records
from sync.server.tables import devices, shifts
from sync.server.tables_audit import audit, audit_reviews

ASKED = (*sorted(LOOKS), ARRIVAL)


def looks(conn: Connection, shop_id: str, since: datetime) -> tuple[list[Event], dict[int, datetime]]:
    """Return the looks and arrivals on the devices of a shop that came in since, and when each came in, by its row."""
    here = select(devices.c.id).where(devices.c.shop_id == shop_id)
    columns = audit.c
    query = select(
        columns.row_id,
        columns.at,
        columns.device_at,
        columns.what,
        columns.purpose,
        columns.staff_id,
        columns.customer_id,
    ).where(
        columns.device_id.in_(here),
        columns.at >= since,
        columns.what.in_(ASKED),
        columns.staff_id.is_not(None),
        columns.customer_id.is_not(None),
    )
    found: list[Event] = []
    arrived: dict[int, datetime] = {}
    for row in conn.execute(query):
        # a device whose clock runs ahead cannot have done it after it came
        done = min(row.device_at, row.at) if row.device_at is not None else row.at
        found.append(Event(row.row_id, done, row.what, row.purpose, row.staff_id, row.customer_id))
        arrived[row.row_id] = row.at
    return found, arrived


def around(conn: Connection, clock: Clock, shop_id: str, events: Collection[Event], since: datetime) -> Around:
    """Return what is known of the shop and of these customers: shifts, in whose charge they are, the highest rank."""
    records = Records(conn, clock)
    near = shifts.c.starts_at > since - PLANNED_NEAR
    people = {one.staff_id for one in events}
    query = select(shifts.c.data).where(near, (shifts.c.shop_id == shop_id) | shifts.c.staff_id.in_(people))
    plan = [Shift.model_validate(document) for document in conn.scalars(query)]
    retailer = next(iter(records.of_kind(RetailerSettings)), None)
    ranks = list(retailer.ranks) if retailer is not None else []
    highest = ranks[-1] if len(ranks) > 1 else None
    customers = records.get_many(Customer, {one.customer_id for one in events}).values()
    return Around(
        shop_id,
        plan,
        {one.id: one.person_in_charge_id for one in customers if one.person_in_charge_id},
        frozenset(one.id for one in customers if highest is not None and one.rank == highest),
    )


def about(conn: Connection, flag_id: str, shop_id: str) -> str | None:
    """Return the id of the member of staff whom a flag is about; None where no device of the shop has such an event."""
    row_id = flag_id.rpartition(":")[2]
    if not row_id.isdigit() or len(row_id) > 18:
        return None
    here = select(devices.c.id).where(devices.c.shop_id == shop_id)
    query = select(audit.c.staff_id).where(audit.c.row_id == int(row_id), audit.c.device_id.in_(here))
    return conn.scalar(query)


def review(conn: Connection, flag_id: str, at: datetime, staff_id: str, device_id: str, word: str) -> None:
    """Keep what a manager said of a flag."""
    while conn.scalar(
        select(audit_reviews.c.at).where(audit_reviews.c.flag_id == flag_id, audit_reviews.c.at == at)
    ):  # two at one moment, as a standing clock gives them
        at += timedelta(microseconds=1)
    conn.execute(
        insert(audit_reviews).values(flag_id=flag_id, at=at, staff_id=staff_id, device_id=device_id, word=word)
    )


def reviews(conn: Connection, flag_ids: Iterable[str]) -> dict[str, tuple[AccessReview, ...]]:
    """Return what managers said of each flag, oldest first."""
    columns = audit_reviews.c
    wanted = list(flag_ids)
    query = select(columns.flag_id, columns.at, columns.staff_id, columns.word).where(columns.flag_id.in_(wanted))
    found: dict[str, tuple[AccessReview, ...]] = {}
    for row in conn.execute(query.order_by(columns.at)):
        said = AccessReview(at=row.at, staff_id=row.staff_id, word=row.word)
        found[row.flag_id] = (*found.get(row.flag_id, ()), said)
    return found
