"""What the server answers to one device: `sync.protocol.SyncApi`, synchronously, in transactions of its own.

Routes know which device asks and run this in a thread; the simulator runs it as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import BadField, DeviceRevoked, FellBehind, NotFound
from sync.model.catalogue import Product
from sync.model.customer import Customer, MembershipKey
from sync.protocol import (
    PROTOCOL_VERSION,
    CustomerHit,
    CustomerRange,
    Ground,
    HandedOver,
    HandOver,
    Lease,
    Page,
    ProductStock,
    PullRequest,
    PushAnswer,
    PushRequest,
    Row,
    Snapshot,
)
from sync.sealed.lease import LEASE
from sync.server import audit_chain, digests, feed, leases, quarantine
from sync.server.commands.base import Tools
from sync.server.commands.run import run
from sync.server.database import reading, transaction
from sync.server.pages import Present
from sync.server.repository import audit, customers, devices, scopes, stock, stock_scopes
from sync.server.repository.devices import Device
from sync.server.repository.records import Records
from sync.server.repository.rows import Stored, stored
from sync.server.snapshot import SnapshotStore

log = structlog.get_logger(__name__)

MOST_LEVELS = 20_000
"""Levels of one product in one answer: 60 variants in 330 shops."""


def scopes_of(conn: Connection, device: Device) -> tuple[str, ...]:
    """Return the scopes a device may follow: what is everybody's, its shop, and the stock of the shops near it."""
    return stock_scopes.following(conn, [device.shop_id])[device.shop_id]


class Service:
    """The server's side of the contract (implements `sync.protocol.SyncApi`) for one device."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        device: Device,
        tools: Tools,
        snapshots: SnapshotStore | None = None,
        protocol: int = PROTOCOL_VERSION,
        lease: timedelta = LEASE,
    ) -> None:
        self.protocol = protocol
        """The version that the device speaks."""
        self.staff_id: str | None = None
        """Who asks, where somebody is named; for the audit."""
        self._engine = engine
        self._clock = clock
        self._device = device
        self._tools = tools
        self._snapshots = snapshots
        self._lease = lease

    def pull(self, request: PullRequest) -> Page:
        """Return what changed after the cursor, each record as it is now.

        Where the epoch asked for is not the present one, the page starts from the beginning; its epoch says so. A cursor
        that was never given means that the database went back in time (a restored file): that starts a new epoch.
        Raises FellBehind where a tombstone after the cursor is no longer kept.
        """
        if request.rebuilt is not None:
            log.warning("device.rebuilt", device_id=self._device.id, why=request.rebuilt)
        feed.sequence(self._engine)
        with reading(self._engine) as conn:
            wanted = scopes_of(conn, self._device)
            epoch = feed.epoch(conn)
            ahead = request.epoch == epoch and request.cursor > feed.whole_head(conn)
            floor = feed.floor(conn, wanted)
            missed = floor > request.cursor and floor > devices.feed_floor(conn, self._device.id)
        if ahead:
            with transaction(self._engine) as conn:
                if feed.epoch(conn) == epoch:
                    log.warning("feed.rewound", device_id=self._device.id, cursor=request.cursor)
                    feed.start_epoch(conn)
        if missed and request.epoch == epoch and request.cursor > 0:
            if self.protocol >= 2:
                raise FellBehind()
            # what version 1 has instead: a page of another history, upon which a device starts over
            return Page(epoch=f"{epoch}~", cursor=0, more=False, server_time=self._clock(), rows=())
        if missed:  # it starts now: what was removed up to here it never had
            with transaction(self._engine) as conn:
                devices.begin(conn, self._device.id, floor)
        with reading(self._engine, whole=True) as conn:
            wanted = scopes_of(conn, self._device)
            epoch = feed.epoch(conn)
            first = request.epoch is None
            cursor = request.cursor if request.epoch in (epoch, None) else 0
            stretch = feed.read(conn, wanted, cursor, request.limit)
            total = feed.count(conn, wanted) if first or cursor == 0 else None
            rows = Present(conn, stretch.changes).rows(stretch.changes, wanted)
            # with more to come, or a record ahead of its number, the device would not have what the digests stand for
            comparable = not stretch.more and not feed.waiting(conn, wanted)
            held = digests.read(conn, wanted) if comparable else None
            key = devices.scope_key(conn, self.scope)
        return Page.model_construct(  # all of it is ours: to check thousands of rows again costs a third of the answer
            epoch=epoch,
            cursor=stretch.cursor,
            more=stretch.more,
            server_time=self._clock(),
            total=total,
            rows=tuple(rows),
            digests=held,
            lease_seconds=int(self._lease.total_seconds()),
            key_version=key[0] if key is not None else None,
        )

    def lease(self) -> Lease:
        """Return the newest key of this device's scope, wrapped for it. Audited: with it, a cache can be read again."""
        with transaction(self._engine) as conn:
            jwk = devices.public_key(conn, self._device.id)
            audit.note(conn, self._clock(), "lease", device_id=self._device.id, subject_id=self._device.shop_id)
            lent = leases.lend(conn, self._clock, self._device.id, jwk, self.scope, self._lease)
            # asked after the key was read: whoever reads one that a revocation made sees the revocation too
            now = devices.by_id(conn, self._device.id)
            if now is None or now.revoked_at is not None:
                raise DeviceRevoked()
            return lent

    def ground(self) -> Ground:
        """Return what lets somebody sign in on a new device: retailer, shops, staff, shifts, and PINs of this shop's staff."""
        return Ground(rows=self._ground(), server_time=self._clock())

    def _ground(self) -> tuple[Row, ...]:
        rows: list[Row] = []
        with reading(self._engine) as conn:
            for kind in ("retailer", "shop", "staff", "shift"):
                rows += _rows(kind, stored(conn, kind, None))
            rows += _rows("staff_pin", stored(conn, "staff_pin", scopes.pins_in(conn, self.scope)))
        return tuple(rows)

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        """Return the snapshot of this device's shop, or how far it is. NotFound: there is none, its pages are as quick."""
        found = self._kept().ask(self.scope)
        return found.model_copy(update={"ground": self._ground()}) if ground else found

    def snapshot_file(self, name: str) -> Path:
        """Return the file of a snapshot of this device's shop; NotFound where it is there no more."""
        return self._kept().file(self.scope, name)

    def snapshot_building(self) -> "Future[None] | None":
        """Return the end of the build of this device's snapshot, where one waits or runs in this process."""
        return self._kept().building(self.scope)

    @property
    def scope(self) -> str:
        """The scope that is this device's own."""
        return feed.shop_scope(self._device.shop_id)

    def _kept(self) -> SnapshotStore:
        if self._snapshots is None:
            raise NotFound("No snapshots are kept here.", what="snapshot")
        return self._snapshots

    def push(self, request: PushRequest) -> PushAnswer:
        """Carry out commands in their order, each once, in one transaction with its answer; answer every one."""
        outcomes = run(self._engine, self._clock, self._device, self._tools, request.commands)
        return PushAnswer(outcomes=tuple(outcomes), server_time=self._clock())

    def hand_over(self, request: HandOver) -> HandedOver:
        """Keep what this device, which was revoked, could not send any more."""
        return quarantine.take(self._engine, self._clock, self._device, request)

    def customer(self, customer_id: str) -> CustomerRange:
        """Return everything of any customer of the retailer. Audited; raises NotFound."""
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            found = records.customer_id_of(customer_id)
            if found is None:
                raise NotFound("There is no such customer.", what="customer")
            answer = self._range(conn, records, found, "id", "search")
        audit_chain.link(self._engine)  # nothing is handed out before its event has its place in the chain
        return answer

    def customer_by_app(self, app_id: str) -> CustomerRange:
        """Return everything of the customer whose app this is. Audited; raises NotFound."""
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            key = records.get(MembershipKey, app_id)
            if key is None:
                raise NotFound("No customer has this app.", what="app")
            answer = self._range(conn, records, key.customer_id, "app", "scan")
        audit_chain.link(self._engine)
        return answer

    def search(self, query: str, limit: int = 20) -> Sequence[CustomerHit]:
        """Return customers of the whole retailer whose words begin with those of the query. Each hit is audited."""
        if "\x00" in query:
            raise BadField("The query has a character that no name has.", field="q")
        with transaction(self._engine) as conn:
            ids = customers.search(conn, query, limit)
            found = Records(conn, self._clock).get_many(Customer, ids)
            last = customers.last_visits(conn, ids)
            now = self._clock()
            audit.note_all(
                conn,
                [
                    audit.AuditEntry(
                        at=now,
                        what="search",
                        device_id=self._device.id,
                        staff_id=self.staff_id,
                        customer_id=each,
                        how="search",
                        purpose="search",
                    )
                    for each in ids
                ],
            )
        audit_chain.link(self._engine)
        return [
            CustomerHit(
                customer_id=each,
                name=found[each].name,
                kana=found[each].kana,
                member_number=found[each].member_number,
                home_shop_id=found[each].home_shop_id,
                last_visit_at=last.get(each),
            )
            for each in ids
        ]

    def stock(self, product_id: str, most: int = MOST_LEVELS) -> ProductStock:
        """Return where a product lies in every shop of the retailer; raises NotFound. It says nothing of anybody, so nobody's
        look is put on record."""
        with reading(self._engine) as conn:
            if Records(conn, self._clock).get(Product, product_id) is None:
                raise NotFound("There is no such product.", what="product")
            levels = stock.of_product(conn, product_id, most + 1)
        return ProductStock(levels=tuple(levels[:most]), complete=len(levels) <= most, server_time=self._clock())

    def _range(self, conn: Connection, records: Records, customer_id: str, how: str, purpose: str) -> CustomerRange:
        now, device_id = self._clock(), self._device.id
        said = {"device_id": device_id, "staff_id": self.staff_id, "customer_id": customer_id}
        audit.note(conn, now, "lookup", **said, how=how, purpose=purpose)
        return CustomerRange(rows=tuple(records.rows_of(customer_id)), server_time=self._clock())


def _rows(kind: str, found: Mapping[str, Stored]) -> Iterable[Row]:
    return (Row(kind, one, kept.owner, kept.document, kept.tag) for one, kept in found.items())
