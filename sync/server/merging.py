"""Stores the merge of two customers: one transaction moves her records, her names and her former ids."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from sync.clock import Clock
from sync.errors import Conflict, NotFound
from sync.model.base import CustomerRecord
from sync.model.customer import Customer
from sync.server.repository.identity import move_names
from sync.server.repository.records import Records

Combine = Callable[[Customer, Customer, Iterable[CustomerRecord]], tuple[Customer, list[CustomerRecord]]]
"""`sync.identity.merge.merge`, handed in by whoever composes the process."""


def merge_customers(conn: Connection, clock: Clock, kept_id: str, other_id: str, combine: Combine) -> Customer:
    """Make one customer of two and return her. Raise NotFound for an unknown id, Conflict for one and the same."""
    records = Records(conn, clock)
    first, second = sorted((kept_id, other_id))  # two merges at once lock in one order
    locked = {each: records.get(Customer, each, lock=True) for each in (first, second)}
    kept, other = locked[kept_id], locked[other_id]
    if kept is None or other is None:
        raise NotFound("There is no such customer.", customer_id=kept_id if kept is None else other_id)
    if kept_id == other_id:
        raise Conflict("A customer cannot be merged with herself.", customer_id=kept_id)
    belongings = [record for record in records.range_of(other_id) if isinstance(record, CustomerRecord)]
    survivor, moved = combine(kept, other, belongings)
    records.put_many([survivor, *moved])
    move_names(conn, other_id, kept_id)
    records.delete(Customer, other_id)
    return survivor
