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
another `customer_id` than before moves it. An unchanged record is neither written nor fed. An entry of the consent ledger
never changes: putting another content under its id does nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, overload

from sqlalchemy import Connection, delete, insert, select

from sync.clock import Clock, system_clock
from sync.model.base import Record
from sync.model.catalogue import StockLevel
from sync.model.customer import Consent, Customer
from sync.model.kinds import CUSTOMER_KINDS, RECORD_TYPES
from sync.model.shop import Staff, StaffPin
from sync.policy.withheld import open_part
from sync.protocol import Row
from sync.server import feed
from sync.server.presence import Written, counted
from sync.server.repository import audit, customers, scopes, stock_scopes
from sync.server.repository.rows import (
    PERSONAL,
    Stored,
    batches,
    owner_column,
    owner_of,
    record_of,
    row_of,
    stored,
    table_of,
    upsert,
)
from sync.server.tables import RECORD_TABLES
from sync.server.tables import customers as customers_table

R = TypeVar("R", bound=Record)
_NOWHERE: frozenset[str] = frozenset()
_EVERYWHERE = frozenset((feed.EVERYWHERE,))


class _Put(NamedTuple):
    """A record that was written, its tag, and how it lay there before."""

    record: Record
    tag: int
    before: Stored | None

    @property
    def came_from(self) -> str | None:
        """The customer whom it belonged to before, where that was another one."""
        previous = self.before.owner if self.before is not None else None
        return previous if previous != owner_of(self.record) else None


def _kind(kind: str | type[Record]) -> str:
    return kind if isinstance(kind, str) else kind.kind


class Records:
    """The records, seen from inside one transaction."""

    def __init__(self, conn: Connection, clock: Clock = system_clock) -> None:
        self._conn = conn
        self._clock = clock

    @property
    def conn(self) -> Connection:
        """The transaction's connection."""
        return self._conn

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
        return {each: record_of(name, found.document) for each, found in stored(self.conn, name, ids).items()}

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
        return [record for record, _ in self._range(customer_id)]

    def rows_of(self, customer_id: str) -> list[Row]:
        """Return everything of one customer as it travels, in the order of `range_of`."""
        return [
            Row(record.kind, record.id, customer_id, open_part(record.kind, record.to_wire()), tag)
            for record, tag in self._range(customer_id)
        ]

    def _range(self, customer_id: str) -> list[tuple[Record, int]]:
        found: list[tuple[Record, int]] = []
        for kind in CUSTOMER_KINDS:
            table, owner = table_of(kind), owner_column(kind)
            query = select(table.c.data, table.c.tag).where(owner == customer_id).order_by(table.c.id)
            rows = [(record_of(kind, document), tag) for document, tag in self.conn.execute(query)]
            rows.sort(key=lambda row: (row[0].sort_at.timestamp() if row[0].sort_at else 0.0, row[0].id))
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

    def put_many(self, records: Iterable[Record], *, new: bool = False) -> int:
        """Write records, the last of each id winning; return how many changed anything.

        `new`: nobody has their ids, as was seen before; raises IntegrityError where somebody took one since.
        """
        latest: dict[tuple[str, str], Record] = {}
        for record in records:
            latest.pop((record.kind, record.id), None)
            latest[record.kind, record.id] = record
        owners = {owner for record in latest.values() if (owner := owner_of(record))}
        scopes.lock_customers(self.conn, owners)
        by_kind: defaultdict[str, list[Record]] = defaultdict(list)
        for record in latest.values():
            by_kind[record.kind].append(record)
        if not by_kind.keys().isdisjoint(scopes.PIN_KINDS):
            scopes.lock_pins(self.conn)
        self._hold_stock(by_kind)
        put: list[_Put] = []
        for kind in RECORD_TABLES:  # customers come before what refers to them
            put += self._write(kind, by_kind.get(kind, ()), new)
        if Consent.kind in by_kind:  # wherever it comes from: staff, a link, an unfollow, an import
            changed = [one.record for one in put if isinstance(one.record, Consent) and one.came_from is None]
            audit.note_consents(self.conn, self._clock(), changed)
        self._feed(put, ())
        return len(put)

    def delete(self, kind: str | type[Record], record_id: str) -> bool:
        """Remove a record; return whether there was one. A customer goes only once nothing refers to her any more."""
        name = _kind(kind)
        found = stored(self.conn, name, [record_id]).get(record_id)
        if found is None:
            return False
        if found.owner is not None:
            scopes.lock_customers(self.conn, [found.owner])
        if name == "staff_pin":
            scopes.lock_pins(self.conn)
        self._hold_stock((name,))
        old = stored(self.conn, name, [record_id], lock=True).get(record_id)
        if old is None or old.owner != found.owner:  # another transaction came between
            return self.delete(name, record_id)
        said: list[feed.Change] = []
        if name == "customer":
            said = customers.forget(self.conn, record_id)
        elif name == "staff_pin":
            said = scopes.forget_pin(self.conn, record_id)
        table = table_of(name)
        self.conn.execute(delete(table).where(table.c.id == record_id))
        if name in ("customer", "staff_pin"):
            gone = Written(None, old.tag, frozenset(each.scope for each in said))
            feed.append(self.conn, counted(said, {(name, record_id): gone}), self._clock())
        else:
            self._feed([], [(record_of(name, old.document), old.tag)])
        return True

    def drop_pins_of_leavers(self) -> int:
        """Take the PINs of whoever has left since they were written off every tablet; return from how many scopes."""
        said = scopes.settle_pins(self.conn, None, self._clock())
        feed.append(self.conn, counted(said, {}), self._clock())
        return len(said)

    def delete_many(self, kind: str | type[Record], ids: Iterable[str]) -> int:
        """Remove records that belong to customers; return how many were there. Not for customers themselves.

        One that another transaction gave to somebody else meanwhile is left alone.
        """
        name = _kind(kind)
        assert name in PERSONAL
        assert name != "customer"
        found = stored(self.conn, name, ids)
        scopes.lock_customers(self.conn, {each.owner for each in found.values() if each.owner is not None})
        held = stored(self.conn, name, found, lock=True)
        gone = {each: old for each, old in held.items() if old.owner == found[each].owner}
        for batch in batches(gone):
            self.conn.execute(delete(table_of(name)).where(table_of(name).c.id.in_(batch)))
        if gone:
            self._feed([], [(record_of(name, old.document), old.tag) for old in gone.values()])
        return len(gone)

    def _write(self, kind: str, records: Sequence[Record], new: bool) -> list[_Put]:
        """Write what changed of one kind."""
        if not records:
            return []
        wanted = {record.id: (record, record.to_wire()) for record in records}
        before = stored(self.conn, kind, wanted) if not new else {}
        differ = {each: pair for each, pair in wanted.items() if _differs(before.get(each), pair[1])}
        if kind == Consent.kind:  # a ledger: what is entered stays as it is; a merge gives it to another
            differ = {
                each: pair
                for each, pair in differ.items()
                if each not in before or before[each].owner != owner_of(pair[0])
            }
        self._hold(kind, before, [record for record, _ in differ.values()])
        put: list[_Put] = []
        fresh: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for each, (record, document) in differ.items():
            old = before.get(each)
            if not _differs(old, document):
                continue
            row = row_of(record, document)
            (rows if old else fresh).append(row)
            put.append(_Put(record, row["tag"], old))
        if fresh:  # where another transaction writes the same, this one fails and is tried again, see `retrying`
            self.conn.execute(insert(table_of(kind)), fresh)
        if rows:
            self.conn.execute(upsert(self.conn, table_of(kind)), rows)
        if kind == "customer":
            customers.index(self.conn, [each.record for each in put if isinstance(each.record, Customer)])
        return put

    def _hold_stock(self, kinds: Collection[str]) -> None:
        """Before stock is written, and before it may change who follows it."""
        if "shop" in kinds:
            stock_scopes.lock(self.conn)
        elif "stock_level" in kinds:
            stock_scopes.hold(self.conn)

    def _hold(self, kind: str, before: dict[str, Stored], differ: Sequence[Record]) -> None:
        """Lock those of the records that no lock of their customer holds, and read them again: what a change adds to a
        digest is right only where nobody else changes the same record meanwhile."""
        if self.conn.dialect.name == "sqlite":
            return
        there = [record for record in differ if record.id in before]
        loose = [record for record in there if kind not in PERSONAL or _owner(before, record) != owner_of(record)]
        locked: set[str] = set()
        while loose:
            owners = {owner for record in loose if (owner := _owner(before, record))}
            if owners:
                scopes.lock_customers(self.conn, owners)
                locked |= owners
            found = stored(self.conn, kind, (record.id for record in loose), lock=True)
            for record in loose:
                before.pop(record.id, None)
            before |= found
            loose = [one for one in loose if _owner(before, one) not in (*locked, owner_of(one))]

    def _feed(self, put: Sequence[_Put], gone: Sequence[tuple[Record, int]]) -> None:
        """Say in the feed what was put, moved away from another customer, or (records and their tags) deleted."""
        deleted = [record for record, _ in gone]
        gone_ids = {(record.kind, record.id) for record in deleted}
        every = [*(each.record for each in put), *deleted]
        moved = [(each.record, each.came_from) for each in put if each.came_from is not None]
        touched = {owner for record in every if (owner := owner_of(record))} | {old for _, old in moved}
        rescoped = {
            owner for record in every if record.kind in scopes.SCOPING_KINDS and (owner := owner_of(record))
        } | {old for _, old in moved}
        people = {record.id for record in every if isinstance(record, Staff)} - {record.id for record in deleted}
        followers = set(customers.in_charge_of(self.conn, people))
        scopes.lock_customers(self.conn, followers)
        rescoped |= followers
        before = scopes.memberships(self.conn, touched | rescoped)
        written = {(each.record.kind, each.record.id): self._was(each, before) for each in put}
        for record, tag in gone:
            owner = owner_of(record)
            held = before.get(owner, _NOWHERE) if owner is not None else _held_by(record.kind, record.to_wire())
            written[record.kind, record.id] = Written(None, tag, held)
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
        elsewhere = [(each.record.id, scope) for each in put if (scope := _left(each))]
        elsewhere += [
            (record.id, feed.stock_scope(record.shop_id)) for record in deleted if isinstance(record, StockLevel)
        ]
        for record_id, scope in elsewhere:
            # to everybody as well: who does not follow that shop any more may hold it still
            said += [feed.Change(s, "stock_level", record_id, None, deleted=True) for s in (feed.EVERYWHERE, scope)]
        for record in every:
            kind, owner, is_gone = record.kind, owner_of(record), (record.kind, record.id) in gone_ids
            if kind == "staff_pin":
                said += [feed.Change(s, kind, record.id, None) for s in scopes.pin_scopes(self.conn, record.id)]
            elif isinstance(record, StockLevel):
                if not is_gone:
                    said.append(feed.Change(feed.stock_scope(record.shop_id), kind, record.id, None))
            elif kind not in PERSONAL:
                said.append(feed.Change(feed.EVERYWHERE, kind, record.id, None, is_gone))
            elif owner is not None:
                left = before.get(owner, _NOWHERE) if is_gone else here[owner]
                said += [feed.Change(scope, kind, record.id, owner, is_gone) for scope in sorted(left)]
        pins = {record.staff_id for record in every if isinstance(record, StaffPin)} | people
        if any(record.kind == "shop" for record in every):
            entries += scopes.settle_pins(self.conn, None, self._clock())
        elif pins:
            entries += scopes.settle_pins(self.conn, pins, self._clock())
        near = stock_scopes.settle(self.conn) if any(record.kind == "shop" for record in every) else []
        feed.append(self.conn, [*counted(said + entries, written), *near], self._clock())

    def _was(self, each: _Put, before: scopes.Scopes) -> Written:
        if each.before is None:
            return Written(each.tag, None, _NOWHERE)
        if each.record.kind == "staff_pin":
            held = frozenset(scopes.pin_scopes(self.conn, each.record.id))
        else:
            owner, document = each.before.owner, each.before.document
            held = before.get(owner, _NOWHERE) if owner is not None else _held_by(each.record.kind, document)
        return Written(each.tag, each.before.tag, held)


def _owner(before: Mapping[str, Stored], record: Record) -> str | None:
    return before[record.id].owner if record.id in before else owner_of(record)


def _held_by(kind: str, document: Mapping[str, Any]) -> frozenset[str]:
    """Return the scope of a record that is no customer's and no PIN."""
    return frozenset((feed.stock_scope(document["shop_id"]),)) if kind == "stock_level" else _EVERYWHERE


def _left(put: _Put) -> str | None:
    """Return the scope of the shop that a level of stock lay in before, where that was another one."""
    if not isinstance(put.record, StockLevel) or put.before is None:
        return None
    shop_id: str = put.before.document["shop_id"]
    return feed.stock_scope(shop_id) if shop_id != put.record.shop_id else None


def _differs(old: Stored | None, document: dict[str, Any]) -> bool:
    return old is None or old.document != document


assert set(RECORD_TYPES) == set(RECORD_TABLES), "every kind of record has a table"
