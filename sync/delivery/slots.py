"""Executor slots: a small number that a worker holds for as long as it lives, and that its successor gets again.

Durable workflows belong to the executor that started them. A name made anew at each start would leave the work of a
killed process with nobody; the same name for two living processes would make each recover the other's running work. So
a name is a slot, and a slot is a lock that the operating system or the database frees when its holder dies:

- SQLite: a lock on a file beside the database. All processes of one SQLite file are on one machine.
- PostgreSQL: an advisory lock of the session, since workers may run on several machines.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from sync.errors import Unavailable

SLOTS = 64
"""How many workers may run at once over one database."""
_LOCK_CLASS = 0x636C6965
"""The first half of our advisory locks' names."""


class Slot(Protocol):
    """A held slot."""

    number: int

    @property
    def executor_id(self) -> str: ...

    def held(self) -> bool:
        """Tell whether the slot is still ours; a lost connection to the database loses it."""

    def release(self) -> None: ...


class _FileSlot:
    def __init__(self, number: int, descriptor: int) -> None:
        self.number, self._descriptor = number, descriptor

    @property
    def executor_id(self) -> str:
        return f"slot-{self.number}"

    def held(self) -> bool:
        return self._descriptor >= 0

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class _SessionSlot:
    def __init__(self, number: int, conn: sa.Connection) -> None:
        self.number, self._conn = number, conn

    @property
    def executor_id(self) -> str:
        return f"slot-{self.number}"

    def held(self) -> bool:
        try:
            self._conn.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def release(self) -> None:
        # The connection is closed for good rather than given back to the pool, where it would keep the lock.
        if not self._conn.closed:
            self._conn.invalidate()
            self._conn.close()


def slot_taker(engine: sa.Engine) -> Callable[[int], Slot | None]:
    """Return a function that takes the slot of a number over this database, or returns None where another holds it."""
    if engine.dialect.name != "sqlite":
        return lambda number: _take_session(engine, number)
    database = engine.url.database
    if not database or database == ":memory:":
        raise Unavailable("Durable sending needs a database in a file.")
    folder = Path(f"{database}.slots")
    folder.mkdir(parents=True, exist_ok=True)
    return lambda number: _take_file(folder / str(number), number)


def take_first(take: Callable[[int], Slot | None]) -> Slot:
    """Take the lowest free slot, so that a restarted worker gets the one whose work it left. Raises Unavailable."""
    for number in range(SLOTS):
        slot = take(number)
        if slot is not None:
            return slot
    raise Unavailable("All worker slots of this database are taken.", slots=SLOTS)


def _take_file(path: Path, number: int) -> Slot | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return _FileSlot(number, descriptor)


def _take_session(engine: sa.Engine, number: int) -> Slot | None:
    conn = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    taken = conn.scalar(sa.text("SELECT pg_try_advisory_lock(:c, :n)"), {"c": _LOCK_CLASS, "n": number})
    if not taken:
        conn.close()
        return None
    return _SessionSlot(number, conn)
