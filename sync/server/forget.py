"""Forgets a customer: in the database, its free pages and journal, the snapshots, and, with the feed, on every tablet.

    Forgetting(engine, clock, secret=..., path=list_path(settings), snapshots=store, order_days=...)
        .forget(customer_id) -> Receipt      raises NotFound for who is not known
        .replay() -> int                     after a backup was put back; also done whenever the server starts
        .sweep() -> bool                     overwrites what was erased; False where somebody was reading

The list of the forgotten is written first: whatever ends the process after that, the next start finishes.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine, func, select

from sync.clock import Clock
from sync.errors import NotFound
from sync.model.base import Frozen, Instant
from sync.model.customer import Customer
from sync.server import forgotten_list, quarantine
from sync.server.database import reading, retrying, transaction
from sync.server.forgotten_list import Forgotten
from sync.server.repository import audit, erasing, forgotten, scopes
from sync.server.repository.records import Records
from sync.server.snapshot import SnapshotStore
from sync.server.tables import devices

log = structlog.get_logger(__name__)

AUDIT_STAYS = "audit entries hold ids and codes alone; they show who saw her records, to her and to the authority"
LIST_STAYS = "her ids and marks of her names, so that neither a restored backup nor an import brings her back unasked"
LINKS_STAY = "the links to stop messages, as hashes, so that an old mail's link says that nothing is held of her"
TOMBSTONES_STAY = "the change feed keeps her records' ids, so that tablets that are away erase them when they return"
OUTSIDE = (
    "backups, log archives and what was exported lie outside; a backup that is put back forgets her at the next start"
)


class Kept(Frozen):
    """Something that stays, and why."""

    what: str
    count: int = 0
    why: str


class Receipt(Frozen):
    """What became of a customer's data: ids and counts, so that it can be kept and shown."""

    customer_id: str
    at: Instant
    erased: dict[str, int]
    kept: tuple[Kept, ...]
    devices: int
    """Tablets of her shops, which erase her at their next contact."""
    others: tuple[str, ...] = ()
    """Other customers with the same number or address, for a person to look at: she may be registered twice."""
    snapshots: int = 0
    """Files for new tablets that were thrown away, to be built anew without her."""
    swept: bool = False
    """Whether free pages and journal were overwritten too; else to be done again (`clienteling admin customer sweep`)."""


class Forgetting:
    """See the module. `order_days`: how long the law wants orders kept, and `order_reason` which law."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        *,
        secret: str,
        path: Path,
        snapshots: SnapshotStore,
        order_days: int,
        order_reason: str = "",
    ) -> None:
        self._engine, self._clock, self._path, self._snapshots = engine, clock, path, snapshots
        self._key = forgotten.key_of(secret)
        self._order_days, self._order_reason = order_days, order_reason

    def forget(self, customer_id: str) -> Receipt:
        """Forget a customer under any id she had, and return the receipt; of who was forgotten before, the one of then."""
        with reading(self._engine) as conn:
            records = Records(conn, self._clock)
            current = records.customer_id_of(customer_id)
            customer = records.get(Customer, current) if current else None
            before = forgotten.receipt_of(conn, customer_id) if customer is None else None
            if customer is None and before is None:
                raise NotFound("There is no such customer.", customer_id=customer_id)
            if customer is not None:
                names = erasing.names_of(conn, customer)
                held = sorted(scopes.memberships(conn, [customer.id]).get(customer.id, frozenset()))
        if customer is None:
            return Receipt.model_validate(before).model_copy(update={"swept": self.sweep()})
        entry = Forgotten(
            ids=(customer.id, *customer.aliases),
            at=self._clock(),
            scopes=tuple(held),
            marks=tuple(forgotten.mark_of(self._key, *name) for name in names),
        )
        forgotten_list.add(self._path, [entry])
        receipt = retrying(lambda: self._erase(entry))
        thrown = self._throw_away(entry.scopes)
        receipt = receipt.model_copy(update={"snapshots": thrown, "swept": self.sweep()})
        log.info("customer.forgotten", customer_id=entry.ids[0], swept=receipt.swept)
        return receipt

    def replay(self) -> int:
        """Forget anew whom a restored database has again, and add to the list whom it alone knows of; return how many
        were there again."""
        listed = forgotten_list.read(self._path)
        with reading(self._engine) as conn:
            known = forgotten.everyone(conn)
            missing = {
                each: receipt for each, receipt in known.items() if each not in {i for one in listed for i in one.ids}
            }
            own = [
                Forgotten(ids=(each,), at=receipt["at"], marks=tuple(forgotten.marks_of(conn, each)))
                for each, receipt in missing.items()
            ]
            there = {each for one in listed for each in one.ids if Records(conn, self._clock).customer_id_of(each)}
        forgotten_list.add(self._path, own)
        back = 0
        for one in listed:
            present = bool(there.intersection(one.ids))
            if present or one.ids[0] not in known:
                retrying(partial(self._erase, one))
                self._throw_away(one.scopes)
                back += present
        if back:
            self.sweep()
            log.warning("customer.forgotten_again", customers=back)
        return back

    def sweep(self) -> bool:
        """Overwrite what was erased: in SQLite's file and journal, where deleted rows would else lie until their room is
        used; on PostgreSQL, free the rows (its own files and archives follow the database's own rules)."""
        raw = self._engine.raw_connection()
        try:
            connection: Any = raw.driver_connection
            if self._engine.dialect.name == "sqlite":
                try:
                    connection.execute("VACUUM")
                except sqlite3.OperationalError:  # another process is writing for longer than is waited
                    return False
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
            connection.rollback()
            connection.autocommit = True
            connection.execute("SET transaction_timeout = 0") if connection.info.server_version >= 170_000 else None
            connection.execute("VACUUM")
            return True
        finally:
            raw.invalidate()

    def _erase(self, entry: Forgotten) -> Receipt:
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            now = self._clock()
            erased: dict[str, int] = {}
            seen = 0
            others: set[str] = set()
            for each in entry.ids:
                customer = records.get(Customer, each, lock=True)
                if customer is not None:
                    names = erasing.names_of(conn, customer)
                    others.update(erasing.others_of(conn, customer))
                    for sort, count in erasing.erase(records, customer, names, now, self._order_days).items():
                        erased[sort] = erased.get(sort, 0) + count
                seen += erasing.audited(conn, each)
            if held := quarantine.erase(conn, self._clock, entry.ids):
                erased["quarantine"] = held
            receipt = self._receipt(entry, now, erased, seen, _devices(records, entry.scopes)).model_copy(
                update={"others": tuple(sorted(others.difference(entry.ids)))}
            )
            forgotten.remember(conn, entry.ids, entry.at, receipt.model_dump(mode="json"), entry.marks)
            audit.note(conn, now, "forget", customer_id=entry.ids[0], how="admin")
            return receipt

    def _receipt(self, entry: Forgotten, now: datetime, erased: dict[str, int], seen: int, tablets: int) -> Receipt:
        orders = erased.pop("kept_order", 0)
        kept = [
            Kept(what="audit", count=seen, why=AUDIT_STAYS),
            Kept(what="forgotten", count=len(entry.ids) + len(entry.marks), why=LIST_STAYS),
            Kept(what="link", why=LINKS_STAY),
            Kept(what="feed", why=TOMBSTONES_STAY),
            Kept(what="outside", why=OUTSIDE),
        ]
        if orders:
            kept.insert(0, Kept(what="order", count=orders, why=self._order_reason))
        return Receipt(customer_id=entry.ids[0], at=now, erased=erased, kept=tuple(kept), devices=tablets)

    def _throw_away(self, held: Iterable[str]) -> int:
        return sum(self._snapshots.discard(scope) for scope in held)


def _devices(records: Records, held: Iterable[str]) -> int:
    shops = [scope.removeprefix("shop:") for scope in held if scope.startswith("shop:")]
    here = select(func.count()).where(devices.c.shop_id.in_(shops), devices.c.revoked_at.is_(None))
    return records.conn.scalar(here) or 0
