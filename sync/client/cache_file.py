"""Opens `cache.db`, hands out its connections, and sets the file aside when it is damaged or of another version."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import structlog

from sync.client.sqlite import Database
from sync.sealed.schema import SCHEMA, SCHEMA_VERSION

log = structlog.get_logger(__name__)

DAMAGE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading a broken file may raise: SQLite quotes the broken text in its message, which need not be UTF-8."""
Boundary = Callable[[str], None]
"""Told of each point at which a process may die with another state on the disk; a simulator lets it die there."""
_CHECKPOINT_PAGES = 4000
"""32 MB of a WAL, in pages of 8 kB."""
_SIGNS = (
    "malformed",
    "no such table",
    "no such column",
    "disk I/O error",
    "file format",
    "readonly database",
    "Could not decode",
    "not a database",
)


class CacheFile:
    """Many readers beside one writer (WAL). Nothing here is worth saving: a broken file is replaced by an empty one."""

    def __init__(self, path: Path, boundary: Boundary = lambda _: None) -> None:
        self.path = path
        self._boundary = boundary
        self._writing = threading.RLock()
        self._state = threading.Condition()
        self._readers = 0
        self._idle: list[sqlite3.Connection] = []
        self._db: Database | None = None

    def open(self) -> bool:
        """Open the file; return True when what was there could not be used and an empty one took its place."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = self._connect_writer()
        except DAMAGE as error:
            if not is_damage(error):
                raise
            log.warning("cache_set_aside", why=str(error))
            self._move_away()
            self._db = self._connect_writer()
            return True
        return False

    def close(self) -> None:
        """Close every connection, waiting for readers to finish."""
        with self._writing, self._state:
            self._close()

    def _close(self) -> None:
        self._state.wait_for(lambda: self._readers == 0)
        for conn in self._idle:
            conn.close()
        self._idle.clear()
        if self._db is not None:
            self._db.close()
            self._db = None

    def set_aside(self) -> None:
        """Replace the file by an empty one; the old one stays beside it, one of them at most."""
        with self._writing, self._state:
            self._close()
            self._move_away()
            self._db = self._connect_writer()

    @contextmanager
    def replacing(self, new: Path) -> Iterator[sqlite3.Connection]:
        """Lend a connection on a whole new file, which takes this one's place when the block is left without an error and
        the disk has it. Raises OSError where it cannot have it.

        Readers see the old file until then, and the new one with their next statement.
        """
        with self._writing, ThreadPoolExecutor(1, "to-disk") as aside:
            durable = aside.submit(_to_disk, new)  # takes as long as what is done with the file meanwhile
            conn = _connect(new)
            try:
                if (version := conn.execute("PRAGMA user_version").fetchone()[0]) != SCHEMA_VERSION:
                    raise sqlite3.DatabaseError(f"schema version {version}, not {SCHEMA_VERSION}")
                with conn:
                    yield conn
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                conn.close()
            durable.result()
            with self._state:
                if self._db is not None:  # the disk need not have what is thrown away
                    self._db.conn.execute("PRAGMA synchronous=OFF")
                self._close()
                for suffix in ("-wal", "-shm"):
                    Path(f"{self.path}{suffix}").unlink(missing_ok=True)
                new.replace(self.path)
                self._db = self._connect_writer(check=False)

    def erase(self) -> None:
        """Replace the file by an empty one, and leave no older one beside it."""
        self.set_aside()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}.aside{suffix}").unlink(missing_ok=True)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading; it sees one consistent state for each statement."""
        with self._state:
            self._readers += 1
            conn = self._idle.pop() if self._idle else None
        try:
            if conn is None:
                conn = _connect(self.path)
            yield conn
        except BaseException:
            if conn is not None:
                conn.close()
                conn = None
            raise
        finally:
            with self._state:
                self._readers -= 1
                if conn is not None:
                    self._idle.append(conn)
                self._state.notify_all()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection, in a transaction that any error rolls back."""
        with self._writing:
            assert self._db is not None, "the cache is not open"
            with self._db.atomic():
                yield self._db.conn
                self._boundary("cache before commit")
            self._boundary("cache after commit")

    def _connect_writer(self, *, check: bool = True) -> Database:
        conn = _connect(self.path)
        try:
            version = conn.execute("PRAGMA user_version").fetchone()[0]
            if version == 0 and conn.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
                conn.execute("PRAGMA journal_mode=WAL")
                conn.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
            elif version != SCHEMA_VERSION:
                raise sqlite3.DatabaseError(f"schema version {version}, not {SCHEMA_VERSION}")
            elif check and (found := conn.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(found)
        except BaseException:
            conn.close()
            raise
        # a page changes a little of most leaves: moved into the file after each one, the same leaf is moved several times
        conn.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        self.path.chmod(0o600)
        return Database(conn, execute_plugins=False)

    def _move_away(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            source = Path(f"{self.path}{suffix}")
            if source.exists():
                source.replace(f"{self.path}.aside{suffix}")
                self._boundary("cache moved")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _connect(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, timeout=10, check_same_thread=False, cached_statements=256)
    try:
        # a lost last second of a cache is pulled again; sorting must not spill to a temporary file
        conn.execute("PRAGMA synchronous=NORMAL")
        conn.execute("PRAGMA temp_store=MEMORY")
    except BaseException:
        conn.close()
        raise
    return conn


def is_damage(error: Exception) -> bool:
    """Say whether an error means that the file is broken, rather than busy, or the disk full."""
    if isinstance(error, sqlite3.OperationalError):
        return any(sign in str(error) for sign in _SIGNS)
    if isinstance(error, UnicodeDecodeError):
        return True
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError)
