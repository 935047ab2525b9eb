"""What the server answers to one device: `sync.protocol.SyncApi`, synchronously, in transactions of its own.

Routes know which device asks and run this in a thread; the simulator runs it as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from sync.clock import Clock
from sync.errors import BadField, NotFound
from sync.model.base import Record
from sync.model.customer import Customer, MembershipKey
from sync.protocol import CustomerHit, CustomerRange, Page, PullRequest, PushAnswer, PushRequest, Row
from sync.server import feed
from sync.server.commands.base import Tools
from sync.server.commands.run import run
from sync.server.database import reading, transaction
from sync.server.repository import audit, customers, scopes
from sync.server.repository.devices import Device
from sync.server.repository.records import Records
from sync.server.repository.rows import documents

log = structlog.get_logger(__name__)


def scopes_of(device: Device) -> tuple[str, ...]:
    """Return the scopes a device may follow: what is everybody's, and its shop."""
    return (feed.EVERYWHERE, feed.shop_scope(device.shop_id))


class Service:
    """The server's side of the contract (implements `sync.protocol.SyncApi`) for one device."""

    def __init__(self, engine: Engine, clock: Clock, device: Device, tools: Tools) -> None:
        self._engine = engine
        self._clock = clock
        self._device = device
        self._tools = tools

    def pull(self, request: PullRequest) -> Page:
        """Return what changed after the cursor, each record as it is now.

        Where the epoch asked for is not the present one, the page starts from the beginning; its epoch says so. A cursor
        that was never given means that the database went back in time (a restored file): that starts a new epoch.
        """
        feed.sequence(self._engine)
        wanted = scopes_of(self._device)
        with reading(self._engine) as conn:
            epoch = feed.epoch(conn)
            ahead = request.epoch == epoch and request.cursor > feed.whole_head(conn)
        if ahead:
            with transaction(self._engine) as conn:
                if feed.epoch(conn) == epoch:
                    log.warning("feed.rewound", device_id=self._device.id, cursor=request.cursor)
                    feed.start_epoch(conn)
        with reading(self._engine) as conn:
            epoch = feed.epoch(conn)
            first = request.epoch is None
            cursor = request.cursor if request.epoch in (epoch, None) else 0
            stretch = feed.read(conn, wanted, cursor, request.limit)
            total = feed.count(conn, wanted) if first or cursor == 0 else None
            rows = self._rows(conn, stretch.changes)
        return Page(
            epoch=epoch,
            cursor=stretch.cursor,
            more=stretch.more,
            server_time=self._clock(),
            total=total,
            rows=tuple(rows),
        )

    def push(self, request: PushRequest) -> PushAnswer:
        """Carry out commands in their order, each once, in one transaction with its answer; answer every one."""
        outcomes = run(self._engine, self._clock, self._device, self._tools, request.commands)
        return PushAnswer(outcomes=tuple(outcomes), server_time=self._clock())

    def customer(self, customer_id: str) -> CustomerRange:
        """Return everything of any customer of the retailer. Audited; raises NotFound."""
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            found = records.customer_id_of(customer_id)
            if found is None:
                raise NotFound("There is no such customer.", what="customer")
            return self._range(conn, records, found, "id")

    def customer_by_app(self, app_id: str) -> CustomerRange:
        """Return everything of the customer whose app this is. Audited; raises NotFound."""
        with transaction(self._engine) as conn:
            records = Records(conn, self._clock)
            key = records.get(MembershipKey, app_id)
            if key is None:
                raise NotFound("No customer has this app.", what="app")
            return self._range(conn, records, key.customer_id, "app")

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
                    audit.AuditEntry(at=now, what="search", device_id=self._device.id, customer_id=each, how="search")
                    for each in ids
                ],
            )
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

    def _range(self, conn: Connection, records: Records, customer_id: str, how: str) -> CustomerRange:
        audit.note(conn, self._clock(), "lookup", device_id=self._device.id, customer_id=customer_id, how=how)
        return CustomerRange(rows=tuple(_whole_rows(records.range_of(customer_id))), server_time=self._clock())

    def _rows(self, conn: Connection, changes: Iterable[feed.Change]) -> list[Row]:
        """Return the records behind changes, the last change of each id only, tombstones for those that are gone."""
        last: dict[tuple[str, str], feed.Change] = {}
        for change in changes:
            last.pop((change.kind, change.record_id), None)
            last[change.kind, change.record_id] = change
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for change in last.values():
            if not change.deleted:
                wanted[change.kind].append(change.record_id)
        current = {kind: documents(conn, kind, ids) for kind, ids in wanted.items()}
        here = self._still_here(conn, last.values())
        rows = []
        for change in last.values():
            owner, data = current.get(change.kind, {}).get(change.record_id, (None, None))
            stays = data is not None and (change.scope == feed.EVERYWHERE or (owner or change.record_id) in here)
            if stays and not change.deleted:
                rows.append(Row(change.kind, change.record_id, owner, data))
            else:
                rows.append(Row(change.kind, change.record_id, change.customer_id, None))
        return rows

    def _still_here(self, conn: Connection, changes: Iterable[feed.Change]) -> set[str]:
        """Return which of the customers and PINs are in this device's scope now: a change may be older than her leaving."""
        own = feed.shop_scope(self._device.shop_id)
        ids = {change.customer_id for change in changes if change.customer_id}
        return {each for each, where in scopes.memberships(conn, ids).items() if own in where} | scopes.pins_in(
            conn, own
        )


def _whole_rows(records: Iterable[Record]) -> Iterable[Row]:
    for record in records:
        data: dict[str, Any] = record.to_wire()
        yield Row(record.kind, record.id, getattr(record, "customer_id", None), data)
