"""Reading and writing records of every kind, inside one transaction. Every write also feeds the right scopes.

    records = Records(conn, clock)                       # conn from sync.server.database.transaction(engine)
    records.put(record) -> bool                          # True when it changed something
    records.put_many(records) -> int                     # how many changed; give it 500-5,000 at once, not one by one
    records.get(Customer, id) -> Customer | None         # or get("customer", id) -> Record | None; lock=True to change it
    records.get_many(Variant, ids) -> dict[id, Variant]
    records.delete(Order, id) -> bool
    records.find(Message, provider_id="SM1") -> list     # by key columns of the noun's table; a list or tuple means IN
    records.of_kind(Staff) -> list
    records.range_of(customer_id) -> list[Record]        # everything of one customer, her own record first
    records.customer_id_of(id) -> id | None              # follows merges; None when there is no such customer

A customer's own record must be there before, or in the same `put_many` as, what refers to it. Putting a record under
another `customer_id` than before moves it. An unchanged record is neither written nor fed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar, overload

from sqlalchemy import Connection, delete, select

from sync.clock import Clock, system_clock
from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.kinds import CUSTOMER_KINDS, RECORD_TYPES
from sync.model.shop import Staff, StaffPin
from sync.server import feed
from sync.server.repository import customers, scopes
from sync.server.repository.rows import (
    PERSONAL,
    documents,
    owner_column,
    owner_of,
    record_of,
    row_of,
    table_of,
    upsert,
)
from sync.server.tables import RECORD_TABLES
from sync.server.tables import customers as customers_table

R = TypeVar("R", bound=Record)
_NOWHERE: frozenset[str] = frozenset()


def _kind(kind: str | type[Record]) -> str:
    return kind if isinstance(kind, str) else kind.kind


class Records:
    """The records, seen from inside one transaction."""

    def __init__(self, conn: Connection, clock: Clock = system_clock) -> None:
        self.conn = conn
        self._clock = clock

    @overload
    def get(self, kind: type[R], record_id: str, *, lock: bool = False) -> R | None: ...
    @overload
    def get(self, kind: str, record_id: str, *, lock: bool = False) -> Record | None: ...
    def get(self, kind: str | type[Record], record_id: str, *, lock: bool = False) -> Record | None:
        """Return a record, or None. `lock` keeps others from changing it until this transaction ends."""
        table = table_of(_kind(kind))
        query = select(table.c.data).where(table.c.id == record_id)
        row = self.conn.execute(query.with_for_update(key_share=True) if lock else query).first()
        return record_of(_kind(kind), row[0]) if row else None

    @overload
    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]: ...
    @overload
    def get_many(self, kind: str, ids: Iterable[str]) -> dict[str, Record]: ...
    def get_many(self, kind: str | type[Record], ids: Iterable[str]) -> Any:
        """Return those of the records that are there, by id."""
        name = _kind(kind)
        return {each: record_of(name, document) for each, (_, document) in documents(self.conn, name, ids).items()}

    @overload
    def find(self, kind: type[R], *, limit: int | None = None, **columns: Any) -> list[R]: ...
    @overload
    def find(self, kind: str, *, limit: int | None = None, **columns: Any) -> list[Record]: ...
    def find(self, kind: str | type[Record], *, limit: int | None = None, **columns: Any) -> Any:
        """Return records by key columns of their table, in order of id; raise KeyError for a column that is none."""
        table = table_of(_kind(kind))
        query = select(table.c.data).order_by(table.c.id).limit(limit)
        for name, value in columns.items():
            many = isinstance(value, Collection) and not isinstance(value, str)
            query = query.where(table.c[name].in_(value) if many else table.c[name] == value)
        return [record_of(_kind(kind), document) for document in self.conn.scalars(query)]

    @overload
    def of_kind(self, kind: type[R]) -> list[R]: ...
    @overload
    def of_kind(self, kind: str) -> list[Record]: ...
    def of_kind(self, kind: str | type[Record]) -> Any:
        """Return every record of a kind, in order of id. Meant for the retailer's own, which are few."""
        return self.find(_kind(kind))

    def range_of(self, customer_id: str) -> list[Record]:
        """Return everything of one customer: her own record first, then by kind, each kind oldest first."""
        found: list[Record] = []
        for kind in CUSTOMER_KINDS:
            table, owner = table_of(kind), owner_column(kind)
            query = select(table.c.data).where(owner == customer_id).order_by(table.c.id)
            rows = [record_of(kind, document) for document in self.conn.scalars(query)]
            rows.sort(key=lambda record: (record.sort_at.timestamp() if record.sort_at else 0.0, record.id))
            found += rows
        return found

    def customer_id_of(self, customer_id: str) -> str | None:
        """Return the id under which a customer is kept now, following merges, or None when there is no such customer."""
        if self.conn.scalar(select(customers_table.c.id).where(customers_table.c.id == customer_id)):
            return customer_id
        return customers.survivor_of(self.conn, customer_id)

    def put(self, record: Record) -> bool:
        """Write one record; return whether anything changed."""
        return self.put_many((record,)) == 1

    def put_many(self, records: Iterable[Record]) -> int:
        """Write records, the last of each id winning; return how many changed anything."""
        latest: dict[tuple[str, str], Record] = {}
        for record in records:
            latest.pop((record.kind, record.id), None)
            latest[record.kind, record.id] = record
        owners = {owner for record in latest.values() if (owner := owner_of(record))}
        scopes.lock_customers(self.conn, owners)
        by_kind: defaultdict[str, list[Record]] = defaultdict(list)
        for record in latest.values():
            by_kind[record.kind].append(record)
        changed: list[Record] = []
        moved: list[tuple[Record, str]] = []
        for kind in RECORD_TABLES:  # customers come before what refers to them
            for record, previous_owner in self._write(kind, by_kind.get(kind, ())):
                changed.append(record)
                if previous_owner is not None and previous_owner != owner_of(record):
                    moved.append((record, previous_owner))
        self._feed(changed, moved, [])
        return len(changed)

    def delete(self, kind: str | type[Record], record_id: str) -> bool:
        """Remove a record; return whether there was one. A customer goes only once nothing refers to her any more."""
        name = _kind(kind)
        old = self.get(name, record_id)
        if old is None:
            return False
        owner = owner_of(old)
        if owner is not None:
            scopes.lock_customers(self.conn, [owner])
        said: list[feed.Change] = []
        if name == "customer":
            said = customers.forget(self.conn, record_id)
        elif name == "staff_pin":
            said = scopes.forget_pin(self.conn, record_id)
        table = table_of(name)
        self.conn.execute(delete(table).where(table.c.id == record_id))
        if said or name in ("customer", "staff_pin"):
            feed.append(self.conn, said, self._clock())
        else:
            self._feed([], [], [old])
        return True

    def _write(self, kind: str, records: Sequence[Record]) -> list[tuple[Record, str | None]]:
        """Write what changed of one kind; return it with the customer it belonged to before."""
        if not records:
            return []
        before = documents(self.conn, kind, (record.id for record in records))
        rows, changed = [], []
        for record in records:
            document = record.to_wire()
            previous_owner, old = before.get(record.id, (None, None))
            if old != document:
                rows.append(row_of(record, document))
                changed.append((record, previous_owner))
        if rows:
            self.conn.execute(upsert(self.conn, table_of(kind)), rows)
        if kind == "customer":
            customers.index(self.conn, [record for record, _ in changed if isinstance(record, Customer)])
        return changed

    def _feed(self, put: Sequence[Record], moved: Sequence[tuple[Record, str]], deleted: Sequence[Record]) -> None:
        """Say in the feed what was put, moved away from another customer, and deleted."""
        touched = {owner for record in (*put, *deleted) if (owner := owner_of(record))} | {old for _, old in moved}
        rescoped = {
            owner for record in (*put, *deleted) if record.kind in scopes.SCOPING_KINDS and (owner := owner_of(record))
        } | {old for _, old in moved}
        people = {record.id for record in put if isinstance(record, Staff)}
        rescoped |= set(customers.in_charge_of(self.conn, people))
        before = scopes.memberships(self.conn, touched | rescoped)
        after, entries = scopes.settle(self.conn, sorted(rescoped), before)
        stayed = {each: before.get(each, _NOWHERE) & after.get(each, _NOWHERE) for each in rescoped}
        here = {each: stayed.get(each, before.get(each, _NOWHERE)) for each in touched}
        said: list[feed.Change] = []
        for record, old in moved:
            now = after.get(owner_of(record) or "", _NOWHERE)
            said += [
                feed.Change(scope, record.kind, record.id, old, deleted=True)
                for scope in sorted(before.get(old, _NOWHERE) - now)
            ]
        for records, gone in ((put, False), (deleted, True)):
            for record in records:
                kind, owner = record.kind, owner_of(record)
                if kind == "staff_pin":
                    said += [feed.Change(s, kind, record.id, None) for s in scopes.pin_scopes(self.conn, record.id)]
                elif kind not in PERSONAL:
                    said.append(feed.Change(feed.EVERYWHERE, kind, record.id, None, gone))
                elif owner is not None:
                    left = before.get(owner, _NOWHERE) if gone else here[owner]
                    said += [feed.Change(scope, kind, record.id, owner, gone) for scope in sorted(left)]
        pins = {record.staff_id for record in put if isinstance(record, StaffPin)} | people
        if any(record.kind == "shop" for record in (*put, *deleted)):
            entries += scopes.settle_pins(self.conn, None)
        elif pins:
            entries += scopes.settle_pins(self.conn, pins)
        feed.append(self.conn, said + entries, self._clock())


assert set(RECORD_TYPES) == set(RECORD_TABLES), "every kind of record has a table"
