"""Compares the digests with the records they stand for, and writes them anew where a fault got them out of step.

    differences(engine) -> what differs, as (scope, kind, digest kept, digest of the records); empty where all is well
    repair(engine)      -> the same, after which the digests are right

The check may run at any time: changes that wait for their number are counted in.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, delete, func, insert, inspect, literal, select, text

from sync.protocol import Digest
from sync.server.database import reading, retrying, transaction
from sync.server.feed import EVERYWHERE, stock_scope
from sync.server.tables import RECORD_TABLES, changes, feed_state, scope_digests, scope_members, scope_pins, staff_pins

Digests = dict[tuple[str, str], Digest]
"""By scope and kind."""
_NONE = Digest(0, 0)


class Difference(NamedTuple):
    scope: str
    kind: str
    kept: Digest
    counted: Digest


def differences(engine: Engine) -> list[Difference]:
    """Return where the digests do not stand for the records."""
    with reading(engine, whole=True) as conn:
        return _differences(conn)


def repair(engine: Engine) -> list[Difference]:
    """Write the digests anew from the records; return what differed."""

    def work() -> list[Difference]:
        with transaction(engine, whole=True) as conn:
            if conn.dialect.name != "sqlite":
                if conn.scalar(text("SELECT current_setting('server_version_num')::int")) >= 170_000:
                    conn.execute(text("SET LOCAL transaction_timeout = 0"))
                conn.execute(select(feed_state.c.head).with_for_update()).all()  # no number is given meanwhile
            found = _differences(conn)
            if found:
                rewrite_digests(conn)
            return found

    return retrying(work)


def rewrite_digests(conn: Connection) -> None:
    """Write every digest anew from the records, less what waits for its number and is folded in when it gets it."""
    records, waiting = of_records(conn), _waiting(conn)
    rows = [
        {"scope": scope, "kind": kind, "records": held.records, "total": held.total}
        for (scope, kind), held in (
            (key, _minus(records.get(key, _NONE), waiting.get(key, _NONE))) for key in records.keys() | waiting.keys()
        )
    ]
    conn.execute(delete(scope_digests))
    if rows:
        conn.execute(insert(scope_digests), rows)


def of_records(conn: Connection) -> Digests:
    """Return the digest of what each scope holds, counted from the records themselves."""
    found: Digests = {}
    for query in _queries(set(inspect(conn).get_table_names())):
        for scope, kind, records, total in conn.execute(query).all():
            found[scope, kind] = Digest(int(records), int(total))
    return found


def _queries(there: set[str]) -> Iterator[Select[Any]]:
    for kind, table in RECORD_TABLES.items():
        if table.name not in there:  # a migration counts before a later one has made it
            continue
        figures = (literal(kind), func.count(), func.coalesce(func.sum(table.c.tag), 0))
        if kind == "staff_pin":
            held = scope_pins.c.scope
            yield (
                select(held, *figures)
                .join_from(table, scope_pins, scope_pins.c.staff_pin_id == staff_pins.c.id)
                .group_by(held)
            )
        elif kind == "customer" or "customer_id" in table.c:
            owner = table.c.id if kind == "customer" else table.c.customer_id
            held = scope_members.c.scope
            yield (
                select(held, *figures)
                .join_from(table, scope_members, scope_members.c.customer_id == owner)
                .group_by(held)
            )
        elif kind == "stock_level":
            lies = literal(stock_scope("")) + table.c.shop_id
            yield select(lies, *figures).group_by(lies)
        else:
            yield select(literal(EVERYWHERE), *figures).select_from(table).having(func.count() > 0)


def _differences(conn: Connection) -> list[Difference]:
    counted, waiting = of_records(conn), _waiting(conn)
    columns = scope_digests.c
    kept = {
        (scope, kind): Digest(records, total)
        for scope, kind, records, total in conn.execute(
            select(columns.scope, columns.kind, columns.records, columns.total)
        )
    }
    found = []
    for key in sorted(counted.keys() | kept.keys() | waiting.keys()):
        expected = _minus(counted.get(key, _NONE), waiting.get(key, _NONE))
        if kept.get(key, _NONE) != expected:
            found.append(Difference(key[0], key[1], kept.get(key, _NONE), expected))
    return found


def _waiting(conn: Connection) -> Digests:
    columns = changes.c
    query = (
        select(columns.scope, columns.kind, func.sum(columns.n_delta), func.sum(columns.tag_delta))
        .where(columns.seq.is_(None))
        .group_by(columns.scope, columns.kind)
    )
    return {(scope, kind): Digest(int(n), int(total)) for scope, kind, n, total in conn.execute(query)}


def _minus(one: Digest, other: Digest) -> Digest:
    return Digest(one.records - other.records, one.total - other.total)
