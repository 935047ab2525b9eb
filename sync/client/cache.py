"""The cache: what the server sent, sealed where it is personal, with the effects of this device's own commands over it.

Reads come from any thread and never wait for a page that is being written.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from sync.client.cache_file import CacheFile, is_damage
from sync.client.cache_rows import Prepared, prepare
from sync.client.cache_schema import CLEAR_KINDS
from sync.client.device import micros, moment
from sync.client.names import fold
from sync.client.overlay import Key, Overlay
from sync.client.search import CustomerIndex
from sync.client.vault import Unsealable, Vault
from sync.model.base import Record
from sync.model.catalogue import Product, StockLevel, Variant
from sync.model.customer import Customer, MembershipKey
from sync.model.kinds import RECORD_TYPES
from sync.model.shop import RetailerSettings, Shift, Shop, Staff, StaffPin
from sync.protocol import CustomerRange, Page, Row

log = structlog.get_logger(__name__)
R = TypeVar("R", bound=Record)
_FOREVER = 2**62


@dataclass(frozen=True)
class Position:
    """Where in the server's feed the cache stands."""

    epoch: str | None
    cursor: int
    done: int = 0
    """Rows taken in on the first sync, and about how many there are; `total` None once it is complete."""
    total: int | None = None
    synced_at: datetime | None = None
    """Server time of the last complete pull."""


class Cache:
    """Call `open` first; `unlock` gives it the key, without which it holds nothing personal and takes in nothing."""

    def __init__(self, path: Path) -> None:
        self._file = CacheFile(path)
        self._index = CustomerIndex()
        self._vault: Vault | None = None
        self.overlay = Overlay(self._base_record)
        self.damaged = False
        """A row or the file did not read back as it was written: to be rebuilt at the next sync."""

    def open(self) -> bool:
        """Open the file; True when a damaged or older one was set aside and the cache is empty."""
        return self._file.open()

    def close(self) -> None:
        self._file.close()
        self._index.clear()

    def unlock(self, vault: Vault) -> None:
        """Take the key and build the search index by unsealing every customer."""
        self._vault = vault
        self._index.clear()
        self._index.update(customer.model_dump(mode="json") for customer in self._sealed(Customer, 0, _FOREVER))

    def rebuild(self) -> None:
        """Start over with an empty file. The outbox and what follows from it are untouched."""
        self._file.set_aside()
        self._index.clear()
        self.damaged = False

    # -- the feed

    def position(self) -> Position:
        kept = {row[0]: row[1] for row in self._rows("SELECT name, value FROM meta")}
        synced_at = kept.get("synced_at")
        return Position(
            epoch=kept.get("epoch"),
            cursor=int(kept.get("cursor", 0)),
            done=int(kept.get("done", 0)),
            total=int(kept["total"]) if "total" in kept else None,
            synced_at=moment(int(synced_at)) if synced_at else None,
        )

    def apply(self, page: Page, before: Position) -> Prepared:
        """Take in a page, its cursor and epoch, in one transaction. `before` is the position it was asked from."""
        assert self._vault is not None, "no key to seal with"
        prepared = prepare(page.rows, self._vault)
        meta: dict[str, Any] = {"epoch": page.epoch, "cursor": page.cursor}
        first = before.synced_at is None
        if first:
            meta |= {"done": before.done + len(page.rows), "total": page.total or before.total or len(page.rows)}
        if not page.more:
            meta["synced_at"] = micros(page.server_time)
        with self._file.write() as conn:
            _write(conn, prepared)
            conn.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in meta.items()])
            if not page.more:
                conn.execute("DELETE FROM meta WHERE name IN ('done', 'total')")
            # whom the feed carries is no visitor any more
            conn.executemany(
                "DELETE FROM visiting WHERE customer_id = ?", [(str(data["id"]),) for data in prepared.customers]
            )
        self._index.update(prepared.customers, gone=prepared.gone_customers)
        return prepared

    def keep_visiting(self, customer_id: str, found: CustomerRange) -> Prepared:
        """Keep a customer whom the feed of this shop does not carry, whole."""
        assert self._vault is not None, "no key to seal with"
        prepared = prepare(found.rows, self._vault)
        with self._file.write() as conn:
            in_scope = conn.execute(
                "SELECT 1 FROM customer_range WHERE customer_id = ?1 AND kind = 'customer'"
                " AND NOT EXISTS (SELECT 1 FROM visiting WHERE customer_id = ?1)",
                (customer_id,),
            ).fetchone()
            conn.execute("DELETE FROM customer_range WHERE customer_id = ?", (customer_id,))
            _write(conn, prepared)
            if in_scope is None:
                conn.execute(
                    "INSERT OR REPLACE INTO visiting VALUES (?, ?)", (customer_id, micros(found.server_time))
                )
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

    # -- reading

    def customer_range(self, customer_id: str) -> list[Record]:
        """Return everything of one customer, in the order kind, time, id; empty where she is not here."""
        rows = self._rows("SELECT kind, id, sealed FROM customer_range WHERE customer_id = ?", customer_id)
        records = {(kind, record_id): self._unseal(kind, record_id, blob) for kind, record_id, blob in rows}
        found = {key: record for key, record in records.items() if record is not None}
        found |= self.overlay.of_customer(customer_id)
        if not found:
            current = self._rows("SELECT customer_id FROM alias WHERE id = ?", customer_id)
            return self.customer_range(current[0][0]) if current and current[0][0] != customer_id else []
        return sorted(found.values(), key=lambda record: (record.kind, _sort_at(record), record.id))

    def record(self, kind: str, record_id: str) -> Record | None:
        """Return one record as it stands, or None."""
        return self.overlay.record(kind, record_id) or self._base_record(kind, record_id)

    def records(self, kind: str, since: datetime | None = None, until: datetime | None = None) -> list[Record]:
        """Return the records of a kind with since <= time < until, oldest first. Kinds without a time: all of them."""
        cls = RECORD_TYPES.get(kind)
        if cls is None:
            return []
        first = micros(since) if since is not None else -_FOREVER
        last = micros(until) if until is not None else _FOREVER
        if kind in CLEAR_KINDS:
            return list(self._clear(cls, "kind = ? AND at >= ? AND at < ? ORDER BY at, id", kind, first, last))
        found: dict[Key, Record] = {(kind, record.id): record for record in self._sealed(cls, first, last)}
        for key, record in self.overlay.of_kind(kind).items():
            found.pop(key, None)
            if first <= _sort_at(record) < last:
                found[key] = record
        return sorted(found.values(), key=lambda record: (_sort_at(record), record.id))

    def retailer(self) -> RetailerSettings | None:
        return next(iter(self._clear(RetailerSettings, "kind = 'retailer' LIMIT 1")), None)

    def shops(self) -> list[Shop]:
        return self._clear(Shop, "kind = 'shop' ORDER BY id")

    def staff(self) -> list[Staff]:
        return self._clear(Staff, "kind = 'staff' ORDER BY id")

    def shifts(self) -> list[Shift]:
        return self._clear(Shift, "kind = 'shift' ORDER BY at, id")

    def product(self, product_id: str) -> Product | None:
        return next(iter(self.products([product_id])), None)

    def products(self, product_ids: Iterable[str]) -> list[Product]:
        """Return those of these products that are known, in the order asked for."""
        wanted = list(dict.fromkeys(product_ids))
        found = {one.id: one for one in self._clear(Product, f"kind = 'product' AND id IN ({_marks(wanted)})", *wanted)}
        return [found[one] for one in wanted if one in found]

    def variants_of(self, product_id: str) -> list[Variant]:
        return self._clear(Variant, "kind = 'variant' AND ref = ? ORDER BY words", product_id)

    def variants(self, variant_ids: Iterable[str]) -> list[Variant]:
        wanted = list(dict.fromkeys(variant_ids))
        return self._clear(Variant, f"kind = 'variant' AND id IN ({_marks(wanted)})", *wanted)

    def stock_of(self, variant_ids: Iterable[str]) -> list[StockLevel]:
        """Return what is known to lie anywhere of these variants."""
        wanted = list(dict.fromkeys(variant_ids))
        return self._clear(StockLevel, f"kind = 'stock_level' AND ref IN ({_marks(wanted)})", *wanted)

    def search_customers(self, text: str, limit: int = 20) -> list[Customer]:
        """Return customers by name, kana, romaji, member number or telephone, best first."""
        return [found for one in self._index.search(text, limit) if (found := self._customer(one)) is not None]

    def exact_customers(self, text: str) -> list[str]:
        """Return the ids of customers whose member number or whole telephone number this is."""
        return self._index.exact(text)

    def search_products(self, text: str, limit: int = 20) -> list[Product]:
        """Return products whose name, code or brand holds every typed word, or which have a variant of this SKU or JAN."""
        words = [fold(word) for word in text[:200].split()]
        words = [word for word in words if word][:6]
        if not words:
            return []
        condition = " AND ".join("words LIKE ? ESCAPE '\\'" for _ in words)
        likes = [f"%{_escape(word)}%" for word in words]
        return self._clear(
            Product,
            f"kind = 'product' AND (({condition}) OR id IN (SELECT ref FROM clear_record WHERE kind = 'variant'"
            f" AND {condition})) ORDER BY words LIMIT ?",
            *likes,
            *likes,
            limit,
        )

    def customer_of_app(self, app_id: str) -> str | None:
        """Return whose app this is."""
        key = self.membership_key(app_id)
        return key.customer_id if key is not None else None

    def membership_key(self, app_id: str) -> MembershipKey | None:
        """Return the public key of an app. It is kept sealed: who could swap it on the disk could forge codes."""
        found = self._base_record("membership_key", app_id)
        return found if isinstance(found, MembershipKey) else None

    def staff_pin(self, staff_id: str) -> StaffPin | None:
        return next((pin for pin in self._sealed(StaffPin, 0, _FOREVER) if pin.staff_id == staff_id), None)

    def freshness(self) -> dict[str, datetime]:
        """Return, for each kind, the server time up to which the cache knows it; empty before the first sync is done."""
        synced_at = self.position().synced_at
        return dict.fromkeys(RECORD_TYPES, synced_at) if synced_at is not None else {}

    def fetched_at(self, customer_id: str) -> datetime | None:
        """Return when a visiting customer was fetched; None for one whom the feed keeps fresh."""
        rows = self._rows("SELECT fetched_at FROM visiting WHERE customer_id = ?", customer_id)
        return moment(rows[0][0]) if rows else None

    def show(self, records: Iterable[Record]) -> None:
        """Let the search find customers that so far exist on this device only."""
        self._index.update([one.to_wire() for one in records if isinstance(one, Customer)])

    def hide(self, customer_id: str) -> None:
        """A customer of `show` is no more, unless the server has her."""
        base = self._base_record("customer", customer_id)
        self._index.update([base.to_wire()] if base is not None else [], gone=[] if base else [customer_id])

    # -- below

    def _customer(self, customer_id: str) -> Customer | None:
        found = self.record("customer", customer_id)
        return found if isinstance(found, Customer) else None

    def _base_record(self, kind: str, record_id: str) -> Record | None:
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
        cls = RECORD_TYPES.get(kind)
        if cls is None or self._vault is None:
            return None
        try:
            return cls.model_validate_json(self._vault.open(kind, record_id, blob))
        except Unsealable:
            log.error("cached_record_damaged", kind=kind, id=record_id)
            self.damaged = True
        except ValidationError:
            log.error("cached_record_not_understood", kind=kind, id=record_id)
        return None

    def _clear(self, cls: type[R], where: str, *parameters: Any) -> list[R]:
        found = []
        for (text,) in self._rows(f"SELECT data FROM clear_record WHERE {where}", *parameters):  # noqa: S608 - own text
            try:
                found.append(cls.model_validate_json(text))
            except ValidationError as error:
                log.error("cached_record_not_understood", kind=cls.kind)
                self.damaged |= any(one["type"] == "json_invalid" for one in error.errors())
        return found

    def _rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        try:
            with self._file.read() as conn:
                return conn.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            log.error("cache_damaged", why=str(error))
            self.damaged = True
            return []


def _write(conn: sqlite3.Connection, prepared: Prepared) -> None:
    gone = [(one,) for one in prepared.gone_customers]
    conn.executemany("DELETE FROM customer_range WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM visiting WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM alias WHERE customer_id = ?", gone)
    conn.executemany("DELETE FROM customer_range WHERE kind = ? AND id = ?", prepared.gone_sealed)
    conn.executemany("DELETE FROM clear_record WHERE kind = ? AND id = ?", prepared.gone_clear)
    # replaces by (kind, id) too: a record that moved in time or to another customer leaves its old place
    conn.executemany("INSERT OR REPLACE INTO customer_range VALUES (?, ?, ?, ?, ?)", prepared.sealed)
    conn.executemany("INSERT OR REPLACE INTO clear_record VALUES (?, ?, ?, ?, ?, ?)", prepared.clear)
    conn.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?)", prepared.aliases)


def pulled(rows: Iterable[Row]) -> int:
    return sum(1 for _ in rows)


def _sort_at(record: Record) -> int:
    at = record.sort_at
    return micros(at) if at is not None else 0


def _marks(values: list[str]) -> str:
    return ",".join("?" * len(values))


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
