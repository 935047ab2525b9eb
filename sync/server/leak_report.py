"""Whose data a lost device held: by the scope of its shop, over the time it took part, and by what it looked up.

What the server knows for certain is what it handed out: a device follows its shop's scope from its enrolment on, and erases
with the feed who leaves it, at its next contact. Whoever is in the scope, or left it after the device was last heard of, may
be on it; so may those whom it looked up within a day before that. In doubt somebody is on the list: only whose id was made
a week after that contact is not.
"""

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select, true

from sync.errors import NotFound
from sync.server import feed
from sync.server.repository import devices
from sync.server.repository.devices import Device
from sync.server.tables import changes, customers, scope_keys, scope_members
from sync.server.tables_audit import audit

LOOKED_UP_FOR = timedelta(days=1)
"""As long as a tablet keeps a customer of another shop whom it looked up."""
CLOCKS_WITHIN = timedelta(days=7)
"""A tablet makes ids by its own clock, which may be wrong."""
SEEN_WITHIN = timedelta(minutes=10)
"""When a device was last heard of is written down every few minutes only."""
SEALED = "AES-256-GCM, one key for the scope; the key reached the device wrapped for its own"


class Held(NamedTuple):
    """One customer whose data the device held, or may have held."""

    customer_id: str
    how: str
    """`scope`: she belongs to its shop; `left`: she did when it was last heard of; `looked_up`: it fetched her."""
    since: datetime
    """No earlier than this: when the device was enrolled, or she came to be known if that was later."""
    cursor: int | None
    """The place in the feed of the newest change of hers that the device may hold, as far as the feed still tells."""


class LeakReport(NamedTuple):
    """What a security officer asks first."""

    device: Device
    scope: str
    key_version: int | None
    position: int
    """The place in the feed up to which it may have read."""
    held: tuple[Held, ...]

    @property
    def sealed(self) -> bool:
        """Whether personal records lay sealed on it: always, once the scope has a key."""
        return self.key_version is not None

    def as_text(self) -> str:
        """Return it for people."""
        last = self.device.last_seen_at
        seen = last.isoformat(timespec="seconds") if last else "never"
        revoked = self.device.revoked_at.isoformat(timespec="seconds") if self.device.revoked_at else "no"
        counts = {how: sum(one.how == how for one in self.held) for how in ("scope", "left", "looked_up")}
        lines = [
            f"device: {self.device.id} ({self.device.name})",
            f"scope: {self.scope}",
            f"since: {self.device.enrolled_at.isoformat(timespec='seconds')}",
            f"last seen: {seen}, the feed read up to {self.position} at most",
            f"revoked: {revoked}",
            f"sealed: {f'yes, key {self.key_version}: {SEALED}' if self.sealed else 'it was given no customer records'}",
            f"customers: {len(self.held)}",
            *(f"  {how}: {count}" for how, count in counts.items()),
        ]
        return "\n".join(lines)

    def as_csv(self) -> str:
        """Return a row for each customer: id, how, since, cursor."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(Held._fields)
        for one in self.held:
            writer.writerow((one.customer_id, one.how, one.since.isoformat(), one.cursor or ""))
        return out.getvalue()


def leak_report(conn: Connection, device_id: str) -> LeakReport:
    """Return whose data a device held; raise NotFound where there is no such device."""
    device = next((each for each in devices.all_devices(conn) if each.id == device_id), None)
    if device is None:
        raise NotFound("There is no such device.", what="device", id=device_id)
    scope = feed.shop_scope(device.shop_id)
    last = (device.last_seen_at or device.enrolled_at) + SEEN_WITHIN
    here = set(conn.scalars(select(scope_members.c.customer_id).where(scope_members.c.scope == scope)))
    columns, ours = changes.c, changes.c.scope == scope
    gone = select(columns.customer_id).where(
        ours, columns.kind == "customer", columns.deleted, columns.at >= before(last)
    )
    left = {each for each in conn.scalars(gone) if each} - here
    looked_up = _looked_up(conn, device_id, before(last) - LOOKED_UP_FOR) - here - left
    newest = select(columns.customer_id, func.max(columns.seq)).where(ours, columns.at <= last)
    cursors = {row[0]: row[1] for row in conn.execute(newest.group_by(columns.customer_id))}
    held = [
        Held(each, how, max(device.enrolled_at, born(each) or device.enrolled_at), cursors.get(each))
        for how, ids in (("scope", here), ("left", left), ("looked_up", looked_up))
        for each in sorted(ids)
        if (at := born(each)) is None or at <= last + CLOCKS_WITHIN
    ]
    keys = scope_keys.c
    had = (keys.version == 1) | (keys.created_at < device.revoked_at) if device.revoked_at is not None else true()
    version = conn.scalar(select(func.max(keys.version)).where(keys.scope == scope, had))
    return LeakReport(device, scope, version, max((each or 0 for each in cursors.values()), default=0), tuple(held))


def born(record_id: str) -> datetime | None:
    """Return when an id was made, where it is a UUIDv7: nobody held her data before that."""
    with suppress(ValueError):
        parsed = UUID(record_id)
        if parsed.version == 7:
            return datetime.fromtimestamp((parsed.int >> 80) / 1000, UTC)
    return None


def before(last: datetime) -> datetime:
    """Return the moment up to which it was certainly heard of."""
    return last - 2 * SEEN_WITHIN


def _looked_up(conn: Connection, device_id: str, since: datetime) -> set[str]:
    query = (
        select(audit.c.customer_id)
        .join(customers, customers.c.id == audit.c.customer_id)
        .where(audit.c.device_id == device_id, audit.c.at >= since)
    )
    return set(conn.scalars(query.distinct()))
