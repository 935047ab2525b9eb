"""Builds the file of one scope at one position of the feed: `cache.db` as a device would have pulled it, sealed.

    build(engine, scope, vault, path, clock, progress) -> Built

Everything is read in one steady transaction, so the file is the scope at its cursor; what was written meanwhile comes by the
feed. Rows are written in the order of their keys, indexes after them, and a record's document is sealed as the database
gives it, without being parsed. What a customer did online longer ago than a tablet may keep it is left out; no digest counts
it (`sync.server.digests.NOT_COMPARED`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine, and_, cast, select, text
from sqlalchemy.types import Text

from sync.clock import Clock, micros
from sync.model.customer import WebActivity
from sync.model.kinds import CUSTOMER_KINDS
from sync.policy.tact import KEPT
from sync.policy.withheld import may_hold, open_part
from sync.protocol import Row
from sync.sealed import digests
from sync.sealed.people import PEOPLE
from sync.sealed.position import Position
from sync.sealed.rows import prepare
from sync.sealed.schema import AT_FIELD, CLEAR_KINDS, INDEXES, SCHEMA_VERSION, TABLES
from sync.sealed.vault import Vault
from sync.server import feed
from sync.server.database import reading
from sync.server.indexing import indexing
from sync.server.repository.rows import owner_column, table_of
from sync.server.tables import scope_members, scope_pins, scope_stock

Progress = Callable[[float], None]
"""Is told the share that is done, 0 to 1."""

_CLEAR_AT_ONCE = 5000
_PEOPLE_AT_ONCE = 1000
_ROWS_AT_ONCE = 2000
_NO_ALIASES = ('"aliases":[]', '"aliases": []')
"""As we write it, and as PostgreSQL does."""


@dataclass(frozen=True)
class Built:
    """What a file holds: the position, how many rows, and when it was so."""

    epoch: str
    cursor: int
    rows: int
    at: datetime


def build(engine: Engine, scope: str, vault: Vault, path: Path, clock: Clock, progress: Progress) -> Built:
    """Write the file of a scope (`feed.shop_scope`) to `path`, which must not be there."""
    feed.sequence(engine)
    with closing(sqlite3.connect(path)) as out, steady(engine) as conn:
        out.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192; {TABLES}")
        at = clock()
        epoch, cursor = feed.epoch(conn), feed.whole_head(conn)
        out.execute("BEGIN")
        rows = _clear(conn, out, scope, vault)
        rows += _pins(conn, out, scope, vault)
        rows += _people(conn, out, scope, vault, at, progress)
        position = Position(epoch=epoch, cursor=cursor, synced_at=at)
        out.execute("INSERT INTO meta VALUES ('position', ?)", (position.stored(),))
        out.execute("COMMIT")
        out.executescript(INDEXES)
        with out:
            digests.note(out)
        # a device opens it as it is: its journal is a WAL there
        out.executescript(f"PRAGMA user_version = {SCHEMA_VERSION}; PRAGMA journal_mode=WAL;")
    return Built(epoch, cursor, rows, at)


@contextmanager
def steady(engine: Engine) -> Iterator[Connection]:
    """Give a reading connection to which the database stands still, however long it reads."""
    if engine.dialect.name == "sqlite":
        with reading(engine) as conn:
            yield conn
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
        if conn.dialect.server_version_info >= (17,):  # type: ignore[operator]  # of PostgreSQL it is a tuple
            conn.execute(text("SET LOCAL transaction_timeout = 0"))
        yield conn


def _clear(conn: Connection, out: sqlite3.Connection, scope: str, vault: Vault) -> int:
    """Write what is no customer's: all that every shop holds, and the stock that this one follows; return how many rows."""
    done = 0
    for kind in sorted(CLEAR_KINDS):
        table = table_of(kind)
        query = select(table.c.id, table.c.data, table.c.tag).order_by(table.c.id)
        if kind == "stock_level":
            near = select(scope_stock.c.shop_id).where(scope_stock.c.scope == scope)
            query = query.where(table.c.shop_id.in_(near))
        for part in conn.execution_options(yield_per=_CLEAR_AT_ONCE).execute(query).partitions(_CLEAR_AT_ONCE):
            prepared = prepare((Row(kind, one[0], None, one[1], one[2]) for one in part), vault)
            out.executemany("INSERT INTO clear_record VALUES (?, ?, ?, ?, ?, ?, ?)", prepared.clear)
            done += len(prepared.clear)
    return done


def _pins(conn: Connection, out: sqlite3.Connection, scope: str, vault: Vault) -> int:
    table = table_of("staff_pin")
    mine = select(scope_pins.c.staff_pin_id).where(scope_pins.c.scope == scope)
    found = conn.execute(select(table.c.id, table.c.data, table.c.tag).where(table.c.id.in_(mine))).all()
    prepared = prepare((Row("staff_pin", one[0], None, one[1], one[2]) for one in found), vault)
    out.executemany("INSERT INTO customer_range VALUES (?, ?, ?, ?, ?, ?)", sorted(prepared.sealed))
    return len(found)


def _people(
    conn: Connection, out: sqlite3.Connection, scope: str, vault: Vault, now: datetime, progress: Progress
) -> int:
    """Write every customer of the scope as her contiguous range, and the index of all of them; return how many rows."""
    column = scope_members.c.customer_id
    oldest = {WebActivity.kind: micros(now - KEPT)}
    ids = list(conn.scalars(select(column).where(scope_members.c.scope == scope).order_by(column)))
    streams = [_Stream(conn, scope, kind, vault.seal, oldest.get(kind)) for kind in sorted(CUSTOMER_KINDS)]
    done = 0
    with indexing(len(ids)) as index:
        for start in range(0, len(ids), _PEOPLE_AT_ONCE):
            part = ids[start : start + _PEOPLE_AT_ONCE]
            rows = [
                row
                for customer_id in part
                for stream in streams
                if stream.owner == customer_id
                for row in stream.take()
            ]
            out.executemany("INSERT INTO customer_range VALUES (?, ?, ?, ?, ?, ?)", rows)
            people = [one for stream in streams for one in stream.people()]
            out.executemany("INSERT INTO alias VALUES (?, ?)", _aliases(people))
            index.add(people)
            done += len(rows)
            progress(min(1.0, (start + len(part)) / len(ids)))
        out.execute("INSERT INTO people_image VALUES (1, ?)", (vault.seal(*PEOPLE, index.image()),))
    return done


def _aliases(people: Iterable[str]) -> list[tuple[str, str]]:
    """Return who was merged into whom: each alias, and the customer who has it."""
    merged = (from_json(one) for one in people if not any(none in one for none in _NO_ALIASES))
    return [(str(alias), one["id"]) for one in merged for alias in one.get("aliases") or ()]


_Sealed = tuple[str, str, int, str, int, bytes]


class _Stream:
    """The sealed records of one kind from `oldest` on in the order of their customers, taken one customer after the other."""

    def __init__(
        self, conn: Connection, scope: str, kind: str, seal: Callable[[str, str, bytes], bytes], oldest: int | None
    ) -> None:
        table, owner = table_of(kind), owner_column(kind)
        at = table.c.data[AT_FIELD.get(kind, "at")].as_string()
        query = (
            select(owner, table.c.id, at, table.c.tag, cast(table.c.data, Text))
            .join(scope_members, and_(scope_members.c.customer_id == owner, scope_members.c.scope == scope))
            .order_by(owner)
        )
        self._kind, self._seal, self._oldest = kind, seal, oldest
        self._rows = iter(conn.execution_options(yield_per=_ROWS_AT_ONCE).execute(query))
        self._next = next(self._rows, None)
        self.owner: str | None = self._next[0] if self._next is not None else None
        """The customer whose records come next."""
        self._people: list[str] = []

    def take(self) -> list[_Sealed]:
        """Return the records of that customer, sealed, in the order of their keys."""
        kind, row, owner = self._kind, self._next, self.owner
        found: list[_Sealed] = []
        while row is not None and row[0] == owner:
            _, record_id, moment, tag, document = row
            at = _at(moment)
            if self._oldest is None or at >= self._oldest:
                found.append((row[0], kind, at, record_id, tag, self._seal(kind, record_id, _open(kind, document))))
            if kind == "customer":
                self._people.append(document)
            row = next(self._rows, None)
        self._next, self.owner = row, row[0] if row is not None else None
        found.sort()
        return found

    def people(self) -> list[str]:
        """Return the customers themselves that were taken since the last call, as JSON."""
        taken, self._people = self._people, []
        return taken


def _open(kind: str, document: str) -> bytes:
    """Return a document without what is withheld; it is parsed only where there may be something."""
    if not may_hold(kind, document):
        return document.encode()
    return to_json(open_part(kind, from_json(document)))


def _at(moment: str | None) -> int:
    if moment is None:
        return 0
    at = datetime.fromisoformat(moment)
    return micros(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
