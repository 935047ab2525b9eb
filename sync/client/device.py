"""`device.db`: what must outlive everything else on a device. WAL, every commit on the disk before it returns."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from pydantic import TypeAdapter

from sync.client.cache_file import DAMAGE, Boundary, is_damage
from sync.client.device_schema import STEPS
from sync.client.salvage import remove, salvage
from sync.client.sqlite import Database
from sync.clock import micros
from sync.errors import WrongProtocol
from sync.model.shop import StaffPin
from sync.protocol import Enrolment
from sync.sealed.vault import Unsealable, Vault

log = structlog.get_logger(__name__)
_PINS = TypeAdapter(list[StaffPin])


class Device:
    """One connection behind a lock; every public method elsewhere that writes does so in one `transaction`.

    The file is migrated in place. One that SQLite cannot read any more is set aside once every row that can still be
    read has been carried over (`sync.client.salvage`): unsent work is in it.
    """

    def __init__(self, path: Path, own_key: bytes, boundary: Boundary = lambda _: None) -> None:
        self.path = path
        self._boundary = boundary
        self.vault = Vault("device", {1: own_key})
        self._lock = threading.RLock()
        self._db = self._open()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, on the disk when the block is left; any error rolls all of it back."""
        with self._lock:
            with self._db.atomic():
                yield self._db.conn
                self._boundary("device before commit")
            self._boundary("device after commit")

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read."""
        with self._lock:
            return self._db.conn.execute(sql, parameters).fetchall()

    def get(self, name: str) -> str | None:
        """Return a remembered value."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def put(self, **values: str) -> None:
        """Remember values, together."""
        with self.transaction() as conn:
            conn.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def enrolment(self) -> Enrolment | None:
        """Return how this device is enrolled; None before, and where the key that sealed it is gone."""
        sealed = self.get("enrolment")
        if sealed is None:
            return None
        try:
            return Enrolment.model_validate_json(self.vault.open("enrolment", "", bytes.fromhex(sealed)))
        except Unsealable:
            log.error("enrolment_unreadable")
            return None

    def keep_enrolment(self, enrolment: Enrolment, wrapped_key: bytes, at: datetime) -> None:
        """Keep an enrolment and its wrapped scope key, in one step. The key itself is not part of what is sealed here."""
        plain = enrolment.model_copy(update={"scope_key": "", "lease": None}).model_dump_json().encode()
        sealed = self.vault.seal("enrolment", "", plain).hex()
        with self.transaction() as conn:
            conn.execute("INSERT OR REPLACE INTO meta VALUES ('enrolment', ?)", (sealed,))
            conn.execute("DELETE FROM meta WHERE name IN ('revoked', 'wiped', 'staff_pins', 'server_key')")
            _keep_key(conn, enrolment.scope, enrolment.scope_key_version, wrapped_key, at)

    def keep_key(self, scope: str, version: int, wrapped_key: bytes, at: datetime) -> None:
        """Keep another key of a scope."""
        with self.transaction() as conn:
            _keep_key(conn, scope, version, wrapped_key, at)

    def keep_only_key(self, scope: str, version: int, wrapped_key: bytes, at: datetime) -> None:
        """Keep this key of a scope in place of all that were kept of it, in one step."""
        with self.transaction() as conn:
            conn.execute("DELETE FROM scope_key WHERE scope = ?", (scope,))
            _keep_key(conn, scope, version, wrapped_key, at)

    def forget_keys(self, **remembered: str) -> None:
        """Give up every scope key, so that what was sealed with them opens no more, and remember why, together.

        Unsent work has a key of its own.
        """
        with self.transaction() as conn:
            conn.execute("DELETE FROM scope_key")
            conn.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", remembered.items())
        with self._lock:  # the journal has them still
            self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget(self, *names: str) -> None:
        """Drop remembered values."""
        with self.transaction() as conn:
            conn.executemany("DELETE FROM meta WHERE name = ?", [(name,) for name in names])

    def keep_pins(self, pins: Iterable[StaffPin]) -> None:
        """Keep how staff's PINs are checked, for as long as the cache is shut."""
        plain = _PINS.dump_json(list(pins))
        self.put(staff_pins=self.vault.seal("staff_pins", "", plain).hex())

    def pins(self) -> list[StaffPin]:
        """Return what `keep_pins` was given last."""
        kept = self.get("staff_pins")
        try:
            return _PINS.validate_json(self.vault.open("staff_pins", "", bytes.fromhex(kept))) if kept else []
        except (Unsealable, ValueError):
            log.error("pins_unreadable")
            return []

    def wrapped_keys(self, scope: str) -> dict[int, bytes]:
        """Return the wrapped keys of a scope by version."""
        return dict(self.rows("SELECT version, wrapped FROM scope_key WHERE scope = ?", scope))

    def _open(self) -> Database:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._swap_in()
        try:
            return self._connect(self.path, check=True)
        except DAMAGE as error:
            if not is_damage(error):
                raise  # locked, disk full, not permitted: nothing is wrong with the file
            log.error("device_file_damaged", why=str(error), carried_over=self._carry_over())
            self._swap_in()
            return self._connect(self.path, check=False)

    def _carry_over(self) -> int:
        """Make a whole new file of what can be read; return how many rows that were. Until it is whole, the old one stays."""
        draft = self._beside("draft")
        remove(draft)
        with closing(self._connect(draft, check=False).conn) as fresh:
            carried = salvage(self.path, fresh)
            self._boundary("device before carried over")
            fresh.commit()
            fresh.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # from here on the one file is all there is
        self._boundary("device carried over")
        draft.replace(self._beside("salvaged"))
        return carried

    def _swap_in(self) -> None:
        """Put a salvaged file, where there is one, in the place of the damaged one, which stays beside it."""
        salvaged, aside = self._beside("salvaged"), self._beside("damaged")
        if not salvaged.exists():
            return
        for suffix in ("", "-wal", "-shm"):
            self._boundary("device before swapped")
            source = Path(f"{self.path}{suffix}")
            if source.exists():
                source.replace(f"{aside}{suffix}")
        salvaged.replace(self.path)
        self._boundary("device swapped")

    def _beside(self, what: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{what}")

    def _connect(self, path: Path, *, check: bool) -> Database:
        conn = sqlite3.connect(path, timeout=10, check_same_thread=False)
        try:
            if check:
                found = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
                if found != "ok":
                    raise sqlite3.DatabaseError(found)
            conn.execute("PRAGMA journal_mode=WAL")
            conn.execute("PRAGMA synchronous=FULL")
            # a row that is erased (a sent payload, a recalled command) leaves no bytes behind in the file
            conn.execute("PRAGMA secure_delete=ON")
            _migrate(conn)
            if check:  # a damaged header may forbid writing, and the first command is too late to hear of it
                conn.execute("DELETE FROM meta WHERE 0")  # BEGIN IMMEDIATE would only read then
                conn.rollback()
        except BaseException:
            conn.close()
            raise
        path.chmod(0o600)
        return Database(conn, execute_plugins=False)


def _keep_key(conn: sqlite3.Connection, scope: str, version: int, wrapped_key: bytes, at: datetime) -> None:
    conn.execute("INSERT OR REPLACE INTO scope_key VALUES (?, ?, ?, ?)", (scope, version, wrapped_key, micros(at)))


def _migrate(conn: sqlite3.Connection) -> None:
    version = conn.execute("PRAGMA user_version").fetchone()[0]
    if version > len(STEPS):
        raise WrongProtocol("device.db was written by a newer version of this program: update it")
    for number, step in enumerate(STEPS[version:], start=version + 1):
        conn.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
