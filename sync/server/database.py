"""The engine and the transaction: the same code over SQLite (embedded) and PostgreSQL.

    engine = make_engine("sqlite:////data/server/clienteling.db")     # or postgresql://...
    with transaction(engine) as conn:      # read and write; commits at the end, rolls back on any error
        Records(conn, clock).put(record)
    with reading(engine) as conn:          # reads only; on SQLite it never waits for a writer
        ...
    retrying(lambda: work(engine))         # runs it again where the database asks for that (deadlock, busy)

One request is one transaction. On SQLite a writing transaction begins IMMEDIATE, so that writers queue instead of
failing half way; foreign keys are on, the journal is a WAL. On PostgreSQL a writer is ended after
`transaction_seconds`, since it may hold customers' rows that others wait for.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

BUSY_MILLISECONDS = 15_000
_READ_ONLY = "clienteling_read_only"
_FED = "clienteling_fed"
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Japanese as it is: escaped, it would take twice the room here and in every cache."""

T = TypeVar("T")
_listeners: WeakKeyDictionary[Engine, list[Callable[[], object]]] = WeakKeyDictionary()


def make_engine(url: str, *, transaction_seconds: float = 30.0, pool_size: int = 20) -> Engine:
    """Return an engine for a SQLAlchemy URL of SQLite (a file) or PostgreSQL (driver psycopg, whichever is named).

    It keeps up to `pool_size` connections open, and opens as many more for as long as they are needed.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            parsed,
            hide_parameters=True,
            json_serializer=_COMPACT,
            pool_size=pool_size,
            max_overflow=pool_size,
            connect_args={"check_same_thread": False},
        )
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(
        parsed, hide_parameters=True, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True
    )

    def on_connect(connection: Any, _record: Any) -> None:
        if connection.info.server_version >= 170_000:  # transaction_timeout is new in PostgreSQL 17
            with connection.cursor() as cursor:
                cursor.execute(f"SET transaction_timeout = {int(transaction_seconds * 1000)}")
            connection.commit()

    event.listen(engine, "connect", on_connect)
    return engine


def _on_sqlite_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # this module begins transactions itself
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an answered command must survive a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_sqlite_begin(conn: Connection) -> None:
    reads = conn.get_execution_options().get(_READ_ONLY, False)
    conn.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine, *, whole: bool = False, durable: bool = True) -> Iterator[Connection]:
    """Give a connection in a writing transaction; commit at the end, roll back on any error, then tell listeners.

    `whole`: every statement sees the same state of the database; on PostgreSQL it may have to be tried again (`retrying`).
    Not `durable`: seen by all from its commit on, as any other, and not waited for until the disk has it: a power cut in the
    moment after may undo it, the end of this process cannot.
    """
    with engine.connect() as conn:
        _see(conn, whole)
        try:
            with _synchronous(conn, durable), conn.begin():
                if not durable and conn.dialect.name != "sqlite":
                    conn.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield conn
        finally:
            fed = conn.info.pop(_FED, False)
    if fed:
        for listener in list(_listeners.get(engine, ())):
            listener()


@contextmanager
def reading(engine: Engine, *, whole: bool = False) -> Iterator[Connection]:
    """Give a connection in a reading transaction. `whole`: every statement sees the same state of the database."""
    with engine.connect().execution_options(**{_READ_ONLY: True}) as conn:
        _see(conn, whole)
        with conn.begin():
            yield conn


@contextmanager
def _synchronous(conn: Connection, durable: bool) -> Iterator[None]:
    """SQLite takes this between transactions only."""
    if durable or conn.dialect.name != "sqlite":
        yield
        return
    raw = conn.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        raw.execute("PRAGMA synchronous = FULL")


def _see(conn: Connection, whole: bool) -> None:
    if whole and conn.dialect.name != "sqlite":  # there a transaction always does
        conn.execution_options(isolation_level="REPEATABLE READ")


def mark_fed(conn: Connection) -> None:
    """Note that this transaction appended to the change feed."""
    conn.info[_FED] = True


def on_fed(engine: Engine, listener: Callable[[], object]) -> Callable[[], None]:
    """Call `listener` after every commit in this process that fed the change feed; return how to stop that."""
    listeners = _listeners.setdefault(engine, [])
    listeners.append(listener)
    return lambda: listeners.remove(listener) if listener in listeners else None


def retrying(work: Callable[[], T], attempts: int = 4) -> T:
    """Run `work`, a whole transaction, again where the database gave it up in favour of another one."""
    for _ in range(attempts - 1):
        try:
            return work()
        except DBAPIError as error:
            if not _worth_retrying(error):
                raise
    return work()


def _worth_retrying(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)  # PostgreSQL: serialization failure, deadlock, unique violation
    return state in {"40001", "40P01", "23505"} or "database is locked" in str(error.orig)
