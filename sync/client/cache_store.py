"""What lies in `cache.db` and how it gets there: pages and visitors in, rows out, sealed where they are personal."""

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from sync.client.cache_file import DAMAGE, Boundary, CacheFile, is_damage
from sync.client.types import Reckoning
from sync.clock import micros
from sync.model.base import Record
from sync.model.customer import Customer, MembershipKey
from sync.model.kinds import RECORD_TYPES
from sync.protocol import CustomerRange, Page, ProductStock, Row, Snapshot
from sync.sealed import digests
from sync.sealed.digests import Digests
from sync.sealed.people import PEOPLE, CustomerIndex
from sync.sealed.position import Position
from sync.sealed.rows import Prepared, checked, prepare, with_checksum
from sync.sealed.schema import CLEAR_KINDS
from sync.sealed.vault import Unsealable, Vault

log = structlog.get_logger(__name__)
R = TypeVar("R", bound=Record)
FOREVER = 2**62
_PUT = """
    INSERT OR REPLACE INTO customer_range VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (customer_id, kind, at, id) DO UPDATE SET tag = excluded.tag, sealed = excluded.sealed
"""


class CacheStore:
    """Call `open` first; `unlock` gives it the key, without which it holds nothing personal and takes in nothing."""

    def __init__(self, path: Path, boundary: Boundary = lambda _: None) -> None:
        self._file = CacheFile(path, boundary)
        self._index = CustomerIndex()
        self._vault: Vault | None = None
        self._shown: set[str] = set()
        """Customers whom the index may know from this device only, and no image by what the server said."""
        self.damaged = False
        """A row or the file did not read back as it was written: to be rebuilt at the next sync."""
        self._counted: Digests | None = None
        """As the server counted the file that was adopted, until something more is taken in or it was compared."""

    def open(self) -> bool:
        """Open the file; True when a damaged or older one was set aside and the cache is empty."""
        return self._file.open()

    def close(self) -> None:
        self._file.close()
        self._index.clear()

    def unlock(self, vault: Vault) -> None:
        """Take the key, and with it the index of people."""
        self._vault = vault
        self._fill_index()

    def rebuild(self) -> None:
        """Start over with an empty file. The outbox and what follows from it are untouched."""
        self._file.set_aside()
        self._index.clear()
        self._counted = None
        self.damaged = False

    @property
    def key_versions(self) -> frozenset[int]:
        """The versions of the keys that open it now; empty while it is shut."""
        return self._vault.versions if self._vault is not None else frozenset()

    def shut(self) -> None:
        """Give up the key and what it had opened; what is sealed stays, for whoever unlocks it again."""
        self._vault = None
        self._index.clear()
        self._shown.clear()

    def lock(self) -> None:
        """Give up the key, and everything that it opened: this device may hold it no longer."""
        self._vault = None
        self._file.erase()
        self._index.clear()
        self.damaged = False

    # -- the feed

    def position(self) -> Position:
        rows = self._rows("SELECT value FROM meta WHERE name = 'position'")
        try:
            return Position.read(rows[0][0]) if rows else Position()
        except ValueError:
            log.error("cache_damaged", why="position")
            self.damaged = True
            return Position()

    def apply(self, page: Page, before: Position) -> Prepared:
        """Take in a page, its cursor and epoch, in one transaction. `before` is the position it was asked from."""
        assert self._vault is not None, "no key to seal with"
        prepared = prepare(page.rows, self._vault)
        if page.rows:
            self._counted = None
        after = Position(
            epoch=page.epoch,
            cursor=page.cursor,
            synced_at=before.synced_at if page.more else page.server_time,
        )
        if page.more and before.synced_at is None:
            first = {"done": before.done + len(page.rows), "total": before.total or page.total}
            after = after.model_copy(update=first)
        # whoever is known by the same names stands in the image of the index as she is
        people = self._index.unlike(prepared.customers)
        noted = {str(one["id"]) for one in people} | {str(one["id"]) for one in prepared.customers} & self._shown
        with self._file.write() as conn:
            # whom the feed carries is no visitor any more, and comes whole: nothing older of her may stay
            visitors = {row[0] for row in conn.execute("SELECT customer_id FROM visiting")}
            entered = [(one,) for one in visitors & {row[0] for row in prepared.sealed}]
            conn.executemany("DELETE FROM customer_range WHERE customer_id = ?", entered)
            conn.executemany("DELETE FROM visiting WHERE customer_id = ?", entered)
            _write(conn, prepared, noted)
            conn.execute("INSERT OR REPLACE INTO meta VALUES ('position', ?)", (after.stored(),))
        self._index.update(people, gone=prepared.gone_customers)
        return prepared

    def keep_ground(self, rows: Iterable[Row]) -> Prepared:
        """Keep what a new device gets before anything else; the first sync brings it again."""
        assert self._vault is not None, "no key to seal with"
        prepared = prepare(rows, self._vault)
        with self._file.write() as conn:
            _write(conn, prepared)
        return prepared

    def reckoning(self, snapshot: Snapshot) -> Reckoning:
        """Return what tells the bytes of this snapshot from any others. Raises Unsealable where its key is not here."""
        if not snapshot.mac:
            return hashlib.sha256()
        assert self._vault is not None, "no key to vouch by"
        nonce = bytes.fromhex(snapshot.nonce)
        return self._vault.mac("snapshot", snapshot.name, version=snapshot.key_version, nonce=nonce)

    def adopt(self, snapshot: Path) -> None:
        """Let a whole file of the server's take the place of what is here; visitors and answers on stock are carried over.

        Raises `sqlite3.DatabaseError` or Unsealable, and changes nothing, where it is no file that this device can read,
        and OSError where the disk does not take it.
        """
        assert self._vault is not None, "no key to read it with"
        visitors = self._rows("SELECT customer_id, fetched_at FROM visiting")
        ranges = self._rows("SELECT * FROM customer_range WHERE customer_id IN (SELECT customer_id FROM visiting)")
        asked = self._rows("SELECT * FROM asked_stock")
        with self._file.replacing(snapshot) as conn:
            conn.executemany("INSERT INTO asked_stock VALUES (?, ?, ?)", asked)
            sample = conn.execute("SELECT kind, id, sealed FROM customer_range LIMIT 1").fetchone()
            if sample is not None:
                self._vault.open(*sample)
            image = conn.execute("SELECT sealed FROM people_image").fetchone()
            people = CustomerIndex.of(self._vault.open(*PEOPLE, image[0])) if image is not None else None
            counted = digests.noted(conn)
            hers = "SELECT 1 FROM customer_range WHERE customer_id = ? AND kind = 'customer'"
            beyond = {one: at for one, at in visitors if conn.execute(hers, (one,)).fetchone() is None}
            conn.executemany("INSERT INTO visiting VALUES (?, ?)", beyond.items())
            theirs = [row for row in ranges if row[0] in beyond]
            conn.executemany("INSERT OR IGNORE INTO customer_range VALUES (?, ?, ?, ?, ?, ?)", theirs)
            conn.executemany("INSERT OR IGNORE INTO people_changed VALUES (?)", [(one,) for one in beyond])
        self.damaged = False
        self._counted = counted
        self._fill_index(people)

    def keep_people(self, at_least: int = 2000) -> None:
        """Seal the index anew where so many people have changed since its image that opening would take long."""
        if self._vault is None or len(self._rows("SELECT 1 FROM people_changed LIMIT ?", at_least)) < at_least:
            return
        with self._file.write() as conn:  # nobody changes people meanwhile: each change is a write
            sealed = self._vault.seal(*PEOPLE, self._index.image())
            conn.execute("INSERT OR REPLACE INTO people_image VALUES (1, ?)", (sealed,))
            conn.execute("DELETE FROM people_changed")

    def digests(self) -> Digests:
        """Return how many records of each kind the feed has brought, and the sum of their tags. What is forgotten by its
        age is not counted."""
        return digests.digests_of(self._rows(digests.COUNT))

    def to_compare(self) -> Digests:
        """Return the same; of a file that has just come whole, and was checked, as the server counted it, for once."""
        counted, self._counted = self._counted, None
        return counted if counted is not None else self.digests()

    def keep_visiting(self, customer_id: str, found: CustomerRange) -> Prepared:
        """Keep a customer whom the feed of this shop does not carry, whole.

        One whom it does carry by now stays as the feed has told her, which may be later than the answer: of her only a
        key that is not here yet is taken.
        """
        assert self._vault is not None, "no key to seal with"
        prepared = prepare(found.rows, self._vault)
        with self._file.write() as conn:
            carried = conn.execute(
                "SELECT 1 FROM customer_range WHERE customer_id = ?1 AND kind = 'customer'"
                " AND NOT EXISTS (SELECT 1 FROM visiting WHERE customer_id = ?1)",
                (customer_id,),
            ).fetchone()
            if carried is not None:
                keys = prepare([row for row in found.rows if row.kind == MembershipKey.kind], self._vault)
                conn.executemany("INSERT OR IGNORE INTO customer_range VALUES (?, ?, ?, ?, ?, ?)", keys.sealed)
                return keys
            conn.execute("DELETE FROM customer_range WHERE customer_id = ?", (customer_id,))
            _write(conn, prepared)
            conn.execute("INSERT OR REPLACE INTO visiting VALUES (?, ?)", (customer_id, micros(found.server_time)))
        self._index.update(prepared.customers, gone=prepared.gone_customers)
        return prepared

    def forget_visiting(self, before: datetime, keep: Iterable[str]) -> None:
        """Drop visitors fetched before a moment, save those with work under way."""
        kept = set(keep)
        rows = self._rows("SELECT customer_id FROM visiting WHERE fetched_at < ?", micros(before))
        gone = [str(row[0]) for row in rows if row[0] not in kept]
        if gone:
            with self._file.write() as conn:
                conn.executemany("DELETE FROM customer_range WHERE customer_id = ?", [(one,) for one in gone])
                conn.executemany("DELETE FROM visiting WHERE customer_id = ?", [(one,) for one in gone])
            self._index.update((), gone=gone)

    def keep_asked_stock(self, product_id: str, found: ProductStock) -> None:
        """Keep what the server said of a product's stock in all shops, beside what the feed brings of the near ones."""
        row = (product_id, micros(found.server_time), with_checksum(found.model_dump_json()))
        with self._file.write() as conn:
            conn.execute("INSERT OR REPLACE INTO asked_stock VALUES (?, ?, ?)", row)

    def forget_asked_stock(self, before: datetime) -> None:
        """Drop what was asked before a moment."""
        old = micros(before)
        if self._rows("SELECT 1 FROM asked_stock WHERE fetched_at < ? LIMIT 1", old):
            with self._file.write() as conn:
                conn.execute("DELETE FROM asked_stock WHERE fetched_at < ?", (old,))

    def forget_web(self, before: datetime) -> None:
        """Drop what she did in the web shop before a moment: a tablet keeps no long memory of that."""
        old = "kind = 'web_activity' AND at < ?"
        if self._rows(f"SELECT 1 FROM customer_range WHERE {old} LIMIT 1", micros(before)):  # noqa: S608 - own text  # nosec B608
            with self._file.write() as conn:
                conn.execute(f"DELETE FROM customer_range WHERE {old}", (micros(before),))  # noqa: S608 - own text  # nosec B608

    def show(self, records: Iterable[Record]) -> None:
        """Let the search find customers that so far exist on this device only."""
        people = [one.to_wire() for one in records if isinstance(one, Customer)]
        self._shown.update(str(one["id"]) for one in people)
        self._index.update(people)

    def hide(self, customer_id: str) -> None:
        """A customer of `show` is no more, unless the server has her."""
        base = self.base_record("customer", customer_id)
        self._index.update([base.to_wire()] if base is not None else [], gone=[] if base else [customer_id])

    # -- below

    def _fill_index(self, people: CustomerIndex | None = None) -> None:
        """Fill the index from its image (`people`, once it is open) and who has changed since; without an image by unsealing
        every customer."""
        wanted = "SELECT id, sealed FROM customer_range WHERE kind = 'customer'"
        gone: list[str] = []
        if people is None and (image := self._rows("SELECT sealed FROM people_image")):
            plain = self._open(*PEOPLE, image[0][0])
            people = CustomerIndex.of(plain) if plain is not None else None
        if people is None:
            self._index.clear()
        else:
            self._index.become(people)
            wanted += " AND id IN (SELECT customer_id FROM people_changed)"
            gone = [row[0] for row in self._rows("SELECT customer_id FROM people_changed")]
        opened = (self._open("customer", record_id, blob) for record_id, blob in self._rows(wanted))
        self._index.update((json.loads(plain) for plain in opened if plain is not None), gone=gone)

    def base_record(self, kind: str, record_id: str) -> Record | None:
        if kind in CLEAR_KINDS:
            return next(iter(self._clear(RECORD_TYPES[kind], "kind = ? AND id = ?", kind, record_id)), None)
        rows = self._rows("SELECT sealed FROM customer_range WHERE kind = ? AND id = ?", kind, record_id)
        return self._unseal(kind, record_id, rows[0][0]) if rows else None

    def _sealed(self, cls: type[R], first: int, last: int) -> list[R]:
        rows = self._rows(
            "SELECT id, sealed FROM customer_range WHERE kind = ? AND at >= ? AND at < ? ORDER BY at, id",
            cls.kind,
            first,
            last,
        )
        found = (self._unseal(cls.kind, record_id, blob) for record_id, blob in rows)
        return [record for record in found if isinstance(record, cls)]

    def _unseal(self, kind: str, record_id: str, blob: bytes) -> Record | None:
        plain = self._open(kind, record_id, blob)
        cls = RECORD_TYPES.get(kind)
        if plain is None or cls is None:
            return None
        try:
            return cls.model_validate_json(plain)
        except ValidationError:
            log.error("cached_record_not_understood", kind=kind, id=record_id)
            return None

    def _open(self, kind: str, record_id: str, blob: bytes) -> bytes | None:
        vault = self._vault  # another thread may shut the cache meanwhile
        if vault is None:
            return None
        try:
            return vault.open(kind, record_id, blob)
        except (Unsealable, TypeError):  # TypeError: what was a blob is something else now
            log.error("cached_record_damaged", kind=kind)
            self.damaged = True
            return None

    def _clear(self, cls: type[R], where: str, *parameters: Any) -> list[R]:
        found = []
        for (text,) in self._rows(f"SELECT data FROM clear_record WHERE {where}", *parameters):  # noqa: S608 - own text  # nosec B608
            try:
                found.append(cls.model_validate_json(checked(text)))
            except ValidationError:
                log.error("cached_record_not_understood", kind=cls.kind)
            except (ValueError, TypeError):
                log.error("cached_record_damaged", kind=cls.kind)
                self.damaged = True
        return found

    def _rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        try:
            with self._file.read() as conn:
                return conn.execute(sql, parameters).fetchall()
        except DAMAGE as error:
            if not is_damage(error):
                raise
            log.error("cache_damaged", why=str(error))
            self.damaged = True
            return []


def _write(conn: sqlite3.Connection, prepared: Prepared, people: Collection[str] | None = None) -> None:
    """Write rows; `people` are the customers whom the index knows otherwise than its image from now on (None: all)."""
    gone = [(one,) for one in prepared.gone_customers]
    conn.executemany("DELETE FROM customer_range WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM visiting WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM alias WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM customer_range WHERE kind = ? AND id = ?", prepared.gone_sealed)
    conn.executemany("DELETE FROM clear_record WHERE kind = ? AND id = ?", prepared.gone_clear)
    # replaces by (kind, id) too: a record that moved in time or to another customer leaves its old place
    conn.executemany(_PUT, prepared.sealed)
    conn.executemany("INSERT OR REPLACE INTO clear_record VALUES (?, ?, ?, ?, ?, ?, ?)", prepared.clear)
    conn.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?)", prepared.aliases)
    if people is None:
        people = {str(data["id"]) for data in prepared.customers}
    changed = {*people, *prepared.gone_customers}
    conn.executemany("INSERT OR IGNORE INTO people_changed VALUES (?)", [(one,) for one in changed])
