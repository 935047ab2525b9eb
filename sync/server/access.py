"""Unusual access: what a manager sees of it (online), with what was said of it before."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from sync.clock import Clock
from sync.policy.unusual import Flag, unusual
from sync.protocol import AccessEvent, AccessFlag, AccessReport, AccessReview
from sync.server import audit_chain
from sync.server.asker import leader
from sync.server.database import transaction
from sync.server.repository import access, audit
from sync.server.repository.devices import Device

LOOKED_BACK = timedelta(days=14)
MOST_FLAGS = 100
MOST_EVENTS = 200
"""Of one flag, the newest; how many there are is said besides."""


def report(engine: Engine, clock: Clock, device: Device, staff_id: str) -> AccessReport:
    """Return what stands out on the devices of this device's shop in the last two weeks, the newest first.

    Raises NotAllowed for whoever is no manager of the shop. That it was looked at is put on record.
    """
    now = clock()
    since = now - LOOKED_BACK
    with transaction(engine) as conn:
        leader(conn, clock, device, staff_id)
        audit.note(conn, now, "access_report", device_id=device.id, staff_id=staff_id, subject_id=device.shop_id)
        events, arrived = access.looks(conn, device.shop_id, since)
        flags = unusual(events, access.around(conn, clock, device.shop_id, events, since))
        said = access.reviews(conn, [one.id for one in flags[:MOST_FLAGS]])
    audit_chain.link(engine)
    shown = tuple(
        _flag(one, said.get(one.id, ()), arrived=max(arrived[each.row_id] for each in one.events))
        for one in flags[:MOST_FLAGS]
    )
    return AccessReport(flags=shown, more=len(flags) - len(shown), since=since, server_time=now)


def _flag(flag: Flag, said: tuple[AccessReview, ...], *, arrived: datetime) -> AccessFlag:
    return AccessFlag(
        id=flag.id,
        rule=flag.rule,
        staff_id=flag.staff_id,
        since=flag.events[0].at,
        until=flag.events[-1].at,
        customers=flag.customers,
        count=len(flag.events),
        events=tuple(
            AccessEvent(at=one.at, what=one.what, purpose=one.purpose, customer_id=one.customer_id)
            for one in flag.events[-MOST_EVENTS:]
        ),
        reviews=said,
        # what came after it was looked at nobody has looked at
        open=not said or said[-1].at < arrived,
    )
