"""A server in memory: a feed, commands applied once, and a network that can fail in each direction."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.client.types import Attached
from sync.errors import ClientelingError, FellBehind, NotAllowed, NotFound, Offline
from sync.model import commands as c
from sync.model.base import Record
from sync.model.customer import Customer, Interaction, Visit, VisitSource
from sync.model.outreach import Message, MessageState, Purpose, Reason
from sync.model.own_phone import OwnPhoneLink
from sync.protocol import (
    AccessReport,
    Changed,
    CustomerHit,
    CustomerRange,
    Digest,
    Enrolment,
    EnrolRequest,
    Ground,
    HandedOver,
    HandOver,
    Lease,
    Lying,
    Page,
    ProductStock,
    PullRequest,
    PushAnswer,
    PushRequest,
    Row,
    SealedWork,
    Snapshot,
)
from sync.sealed.box import agreement_public, seal_for
from sync.sealed.lease import KEY_USE, key_bound

SHOP = "shop-ginza"
SERVER_KEY = X25519PrivateKey.from_private_bytes(b"\x51" * 32)
START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class FakeServer:
    """Implements `DeviceApi`."""

    clock: ManualClock = field(default_factory=ManualClock)
    epoch: str = "epoch-1"
    page_size: int = 2000
    feed: list[tuple[int, Row]] = field(default_factory=list)
    seq: int = 0
    commands: list[c.Envelope] = field(default_factory=list)
    """What was applied, in order; a command of which the answer was lost is here once."""
    outcomes: dict[str, c.Outcome] = field(default_factory=dict)
    beyond: dict[str, list[Record]] = field(default_factory=dict)
    """Customers of other shops, by id."""
    stocks: dict[str, tuple[Lying, ...]] = field(default_factory=dict)
    """What lies of products in all shops."""
    refuse: dict[str, str] = field(default_factory=dict)
    """Command type to the reason it is refused for."""
    remark: dict[str, str] = field(default_factory=dict)
    """Command type to the reason it is accepted with."""
    pictures: dict[str, bytes] = field(default_factory=dict)
    down: bool = False
    lose_answers: int = 0
    hold_feed: bool = False
    """Accepted commands do not show in the feed yet."""
    wrong_digests: bool = False
    behind: bool = False
    """What the device missed is no longer kept, until it starts over."""
    rebuilt: list[str] = field(default_factory=list)
    """What devices said of why they built their cache anew."""
    fail_push: Callable[[PushRequest], ClientelingError | None] | None = None
    left: list[SealedWork] = field(default_factory=list)
    """What a revoked device left."""
    fail_lease: ClientelingError | None = None
    shop: str = SHOP
    server_key: X25519PrivateKey = SERVER_KEY
    lease_seconds: int = 72 * 3600
    agreement: str = ""
    """The key of the device that was enrolled, for which keys are wrapped."""
    fail_pull: Callable[[PullRequest], ClientelingError | None] | None = None
    calls: list[str] = field(default_factory=list)
    pulls: list[PullRequest] = field(default_factory=list)
    token: str = ""
    held: list[Record] = field(default_factory=list)

    def put(self, *records: Record) -> None:
        """Write records; they are the newest of the feed."""
        for record in records:
            customer_id = getattr(record, "customer_id", None)
            wire = record.to_wire()
            tag = zlib.crc32(json.dumps([record.kind, wire], sort_keys=True).encode())
            self.put_row(Row(record.kind, record.id, customer_id, wire, tag))

    def put_row(self, row: Row) -> None:
        self.seq += 1
        self.feed = [one for one in self.feed if (one[1].kind, one[1].id) != (row.kind, row.id)]
        self.feed.append((self.seq, row))

    def remove(self, kind: str, record_id: str, customer_id: str | None = None) -> None:
        self.put_row(Row(kind, record_id, customer_id, None))

    def restored(self, epoch: str) -> None:
        """A backup was restored: the history is another one."""
        self.epoch = epoch

    def release_feed(self) -> None:
        self.put(*self.held)
        self.held.clear()

    def _reach(self, name: str) -> None:
        if self.down:
            raise Offline()
        self.calls.append(name)

    def enrol(self, request: EnrolRequest) -> Enrolment:
        self._reach("enrol")
        assert request.public_key["crv"] == "Ed25519"
        signing = base64.urlsafe_b64decode(request.public_key["x"] + "=")
        self.agreement = agreement_public(signing).hex()
        return Enrolment(
            device_id="device-1",
            shop_id=self.shop,
            token="token-1",
            scope=f"shop:{self.shop}",
            lease=self.lease(),
            server_time=self.clock(),
        )

    def sign_in(self, token: str) -> None:
        self.token = token

    def pull(self, request: PullRequest) -> Page:
        self._reach("pull")
        self.pulls.append(request)
        error = self.fail_pull(request) if self.fail_pull is not None else None
        if error is not None:
            raise error
        if request.rebuilt is not None:
            self.rebuilt.append(request.rebuilt)
        if self.behind and request.cursor:
            self.behind = False
            raise FellBehind()
        cursor = request.cursor if request.epoch in (None, self.epoch) else 0
        waiting = [one for one in self.feed if one[0] > cursor]
        first = [row for _, row in waiting if cursor or row.data is not None]
        rows = waiting[: min(self.page_size, request.limit)]
        return Page(
            epoch=self.epoch,
            cursor=rows[-1][0] if rows else cursor,
            more=len(rows) < len(waiting),
            server_time=self.clock(),
            total=len(first) if request.cursor == 0 else None,
            rows=tuple(row for _, row in rows),
            digests=None if len(rows) < len(waiting) else self.digests(),
            lease_seconds=self.lease_seconds,
            key_version=1,
        )

    def expect(self, request: PullRequest) -> None:
        """Nothing is asked ahead."""

    def lease(self) -> Lease:
        self._reach("lease")
        if not self.agreement:  # it was enrolled with a server of before
            raise NotFound()
        if self.fail_lease is not None:
            raise self.fail_lease
        scope = f"shop:{self.shop}"
        box = seal_for(bytes.fromhex(self.agreement), KEY_USE, key_bound(scope, 1, "device-1"), b"\x5a" * 32)
        return Lease(
            scope=scope,
            key_version=1,
            wrapped_key=box.hex(),
            seconds=self.lease_seconds,
            server_key=self.server_key.public_key().public_bytes_raw().hex(),
            server_time=self.clock(),
        )

    def hand_over(self, request: HandOver) -> HandedOver:
        self._reach("hand_over")
        self.left += request.commands
        return HandedOver(taken=tuple(one.id for one in request.commands), server_time=self.clock())

    def ground(self) -> Ground:
        self._reach("ground")
        raise NotFound()

    def digests(self) -> dict[str, Digest]:
        """Return what a device must hold, of each kind that is compared."""
        gone = {row.id for _, row in self.feed if row.kind == "customer" and row.data is None}
        here = [row for _, row in self.feed if row.data is not None and row.customer_id not in gone]
        found = {
            kind: Digest(sum(row.kind == kind for row in here), sum(row.tag for row in here if row.kind == kind))
            for kind in {row.kind for row in here} - {"web_activity"}
        }
        return found | {"shop": Digest(99, 1)} if self.wrong_digests else found

    def snapshot(self, *, ground: bool = False) -> Snapshot:
        """Not there, as with a server that builds none."""
        self._reach("snapshot")
        raise NotFound()

    def snapshot_bytes(self, name: str, start: int) -> Iterator[bytes]:
        raise NotFound(name=name, start=start)

    def push(self, request: PushRequest) -> PushAnswer:
        self._reach("push")
        error = self.fail_push(request) if self.fail_push is not None else None
        if error is not None:
            raise error
        answers = [self._apply(envelope) for envelope in request.commands]
        if self.lose_answers:
            self.lose_answers -= 1
            raise Offline("The answer was lost.")
        return PushAnswer(outcomes=tuple(answers), server_time=self.clock())

    def _apply(self, envelope: c.Envelope) -> c.Outcome:
        if envelope.id in self.outcomes:
            return self.outcomes[envelope.id]
        reason = self.refuse.get(envelope.command.type)
        code = reason or self.remark.get(envelope.command.type)
        outcome = c.Outcome(id=envelope.id, accepted=reason is None, reason=Reason(code=code) if code else None)
        self.outcomes[envelope.id] = outcome
        self.commands.append(envelope)
        if reason is None:
            made = _made(envelope)
            if self.hold_feed:
                self.held += made
            else:
                self.put(*made)
        return outcome

    def customer(self, customer_id: str, *, staff_id: str = "") -> CustomerRange:
        self._reach("customer")
        if customer_id not in self.beyond:
            raise NotFound()
        return self._range(self.beyond[customer_id])

    def customer_by_app(self, app_id: str, *, staff_id: str = "") -> CustomerRange:
        self._reach("customer_by_app")
        for records in self.beyond.values():
            if any(one.kind == "membership_key" and one.id == app_id for one in records):
                return self._range(records)
        raise NotFound()

    def _range(self, records: Sequence[Record]) -> CustomerRange:
        rows = tuple(Row(one.kind, one.id, getattr(one, "customer_id", None), one.to_wire()) for one in records)
        return CustomerRange(rows=rows, server_time=self.clock())

    def search(self, query: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        self._reach("search")
        customers = [one for records in self.beyond.values() for one in records if isinstance(one, Customer)]
        return [
            CustomerHit(customer_id=one.id, name=one.name, kana=one.kana, member_number=one.member_number)
            for one in customers
            if query in (one.name, one.member_number) or query in one.name
        ][:limit]

    def stock(self, product_id: str) -> ProductStock:
        self._reach(f"stock {product_id}")
        if product_id not in self.stocks:
            raise NotFound()
        return ProductStock(levels=self.stocks[product_id], complete=True, server_time=self.clock())

    def events(self) -> Iterator[Changed]:
        self._reach("events")
        yield Changed(cursor=self.seq, server_time=self.clock())
        raise Offline()

    def media(self, path: str) -> bytes:
        self._reach(f"media {path}")
        if path not in self.pictures:
            raise NotFound()
        return self.pictures[path]

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        self._reach(f"reveal {customer_id} {kind} {record_id} {staff_id}")
        raise NotFound()

    def attachment(self, attachment_id: str, staff_id: str) -> Attached:
        self._reach(f"attachment {attachment_id} {staff_id}")
        if attachment_id not in self.pictures:
            raise NotFound()
        return Attached("image/jpeg", self.pictures[attachment_id])

    def unusual_access(self, staff_id: str) -> AccessReport:
        self._reach(f"unusual_access {staff_id}")
        raise NotAllowed()

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        self._reach(f"own_phone_link {staff_id}")
        raise NotAllowed()

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        self._reach(f"line_link {customer_id} {staff_id}")
        raise NotAllowed()

    def hang_up(self) -> None:
        self.calls.append("hang_up")

    def close(self) -> None:
        self.calls.append("close")


def _made(envelope: c.Envelope) -> list[Record]:
    """Make of a command what a server would, plainly."""
    command, at = envelope.command, envelope.device_time
    base: dict[str, Any] = {"customer_id": command.customer_id}
    match command:
        case c.LogInteraction():
            text = {"text": command.text, "tags": command.tags}
            return [
                Interaction(
                    id=command.interaction_id,
                    shop_id=command.shop_id,
                    staff_id=envelope.staff_id or "",
                    at=at,
                    **base,
                    **text,
                )
            ]
        case c.CheckIn():
            source = VisitSource(command.source)
            return [Visit(id=command.visit_id, shop_id=command.shop_id, at=at, source=source, **base)]
        case c.QueueMessage():
            return [
                Message(
                    id=command.message_id,
                    shop_id=command.shop_id,
                    channel=command.channel,
                    cause=command.cause,
                    purpose=Purpose.RELATIONSHIP,
                    state=MessageState.SENT,
                    body=command.body,
                    at=at,
                    state_at=at,
                    **base,
                )
            ]
        case c.RegisterCustomer():
            names = {"family_name": command.family_name, "given_name": command.given_name}
            return [Customer(id=command.customer_id, member_number="900001", phone=command.phone, **names)]
    return []
