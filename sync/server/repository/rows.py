"""Records as rows of their tables, and back: the one place that knows which columns a kind has."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert, ReturningInsert

from sync.model.base import Record
from sync.model.customer import Appointment
from sync.model.kinds import RECORD_TYPES
from sync.policy.withheld import open_part
from sync.server.digests import tag_of
from sync.server.tables import RECORD_TABLES

AT_ONCE = 500
"""How many ids one statement names: well below what either database takes."""


def table_of(kind: str) -> Table:
    """Return the table of a kind; raise KeyError for a kind that is none."""
    return RECORD_TABLES[kind]


def owner_column(kind: str) -> Column[Any]:
    """Return the column that names the customer: of her own record, its id."""
    table = table_of(kind)
    return table.c.id if kind == "customer" else table.c.customer_id


def owner_of(record: Record) -> str | None:
    """Return the id of the customer whom a record belongs to, or None."""
    owner: str | None = getattr(record, "customer_id", None)
    return owner


def _call_token(record: Record) -> str | None:
    return record.call.token if isinstance(record, Appointment) and record.call else None


_DERIVED: Mapping[tuple[str, str], Callable[[Record], Any]] = {("appointment", "call_token"): _call_token}
_KEY_COLUMNS: dict[str, tuple[str, ...]] = {
    kind: tuple(column.key for column in table.c if column.key not in ("v", "data", "tag"))
    for kind, table in RECORD_TABLES.items()
}


def row_of(record: Record, document: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a record; `document` is the record's `to_wire()`. Its tag stands for what a tablet gets of it, so it
    says nothing of what is withheld."""
    kind = record.kind
    row: dict[str, Any] = {"v": record.v, "data": document, "tag": tag_of(kind, record.id, open_part(kind, document))}
    for key in _KEY_COLUMNS[kind]:
        derive = _DERIVED.get((kind, key))
        row[key] = derive(record) if derive else getattr(record, key)
    return row


def record_of(kind: str, document: dict[str, Any]) -> Record:
    """Return the record that a stored document holds."""
    return RECORD_TYPES[kind].model_validate(document)


def upsert(conn: Connection, table: Table) -> Insert:
    """Return a statement that writes whole rows, replacing those of the same primary key."""
    return _upsert(conn.dialect.name, table)


@cache  # making one takes longer than running it
def _upsert(dialect: str, table: Table) -> Insert:
    keys = [column.key for column in table.primary_key]
    if dialect == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=keys, set_={column.key: column for column in lite.excluded if column.key not in keys}
        )
    full = postgresql.insert(table)
    return full.on_conflict_do_update(
        index_elements=keys, set_={column.key: column for column in full.excluded if column.key not in keys}
    )


def insert_missing(conn: Connection, table: Table) -> Insert:
    """Return a statement that writes rows, leaving those alone that are there."""
    if conn.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def inserted(conn: Connection, table: Table, **values: Any) -> bool:
    """Write one row unless one of the same key is there; return whether it was written."""
    return conn.execute(_insert_missing(conn.dialect.name, table), values).first() is not None


@cache
def _insert_missing(dialect: str, table: Table) -> ReturningInsert[Any]:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key)


def batches(ids: Iterable[str]) -> Iterable[list[str]]:
    """Cut distinct ids, sorted (so that writers lock in one order), into lists that one statement can name."""
    every = sorted(set(ids))
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))


class Stored(NamedTuple):
    """A record as it lies in its table."""

    owner: str | None
    """The customer whom it belongs to."""
    document: dict[str, Any]
    tag: int


def stored(conn: Connection, kind: str, ids: Iterable[str] | None, *, lock: bool = False) -> dict[str, Stored]:
    """Return those of the records that are there, by id (None: all of them). `lock` keeps others from changing them in this transaction."""
    table = table_of(kind)
    personal = kind in PERSONAL
    columns = [table.c.id, owner_column(kind) if personal else table.c.id.label("owner"), table.c.data, table.c.tag]
    found: dict[str, Stored] = {}
    for batch in batches(ids) if ids is not None else [None]:
        query = select(*columns) if batch is None else select(*columns).where(table.c.id.in_(batch))
        if lock:
            query = query.order_by(table.c.id).with_for_update(key_share=True)
        for row in conn.execute(query).all():
            found[row[0]] = Stored(row[1] if personal else None, row[2], row[3])
    return found


PERSONAL = frozenset(kind for kind, table in RECORD_TABLES.items() if kind == "customer" or "customer_id" in table.c)
"""Kinds that belong to a customer."""
