"""Fills the flat tables from customers' facts."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from sync.insight.everybody import plain
from sync.insight.tables import SCHEMAS
from sync.model.customer import Channel
from sync.policy.contact import contact_time
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts, main_line, own_lines

Rows = dict[str, list[dict[str, Any]]]
"""Rows by the name of their table."""

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between which the zones' clocks are known. Before and after, a zone keeps the offset it has there."""
_EVER, _NEVER = datetime(1900, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
"""Nothing is recorded before or after."""


def fill(connection: ibis.BaseBackend, rows: Rows) -> None:
    """Make the tables anew, with these rows in them."""
    for name, schema in SCHEMAS.items():
        filled = pa.Table.from_pylist(rows.get(name, []), schema=schema.to_pyarrow())
        connection.create_table(name, filled, schema=schema, overwrite=True)


def flat(people: Iterable[tuple[CustomerFacts, str]], tills: Mapping[str, datetime] | None = None) -> Rows:
    """Return the rows for customers, each with the name of the zone in which her days are counted, and up to when the
    shops' tills have reported."""
    rows: Rows = {name: [] for name in SCHEMAS}
    zones = set()
    for facts, zone in people:
        zones.add(zone)
        for name, row in _rows(facts, zone):
            rows[name].append(row)
    rows["tills"] = [{"shop_id": shop_id, "until_at": plain(until)} for shop_id, until in (tills or {}).items()]
    rows["zones"] = [span for zone in sorted(zones) for span in offsets(zone)]
    return rows


def _rows(facts: CustomerFacts, zone: str) -> Iterator[tuple[str, dict[str, Any]]]:
    hers = {"customer_id": facts.customer.id}
    told = ("birthday", "anniversary", "points", "points_expire_on", "rank")
    reached = {channel.value: bool(facts.customer.address(channel)) for channel in Channel}
    yield "customers", {**hers, "zone": zone, **reached, **{name: getattr(facts.customer, name) for name in told}}
    for consent in facts.consents:
        said = {"purpose": consent.purpose.value, "state": consent.state.value, "at": plain(consent.at)}
        yield "consents", {**hers, "id": consent.id, "channel": consent.channel and consent.channel.value, **said}
    for order in facts.orders:
        line = main_line(order)
        yield (
            "orders",
            {
                **hers,
                "id": order.id,
                "at": plain(order.at),
                "shop_id": order.shop_id,
                "web": order.shop_id == WEB_SHOP_ID,
                "refunded": order.refunded,
                "amount": order.total.amount,
                "currency": order.total.currency,
                "lines": len(own_lines(order)),
                "category": line.category if line else None,
            },
        )
        for category in {line.category for line in own_lines(order)}:
            bought = {"order_id": order.id, "at": plain(order.at), "refunded": order.refunded}
            yield "owned", {**hers, **bought, "category": category}
    for visit in facts.visits:
        moments = {"at": plain(visit.at), "ended_at": plain(visit.ended_at) if visit.ended_at else None}
        yield "visits", {**hers, "id": visit.id, "shop_id": visit.shop_id, "source": visit.source.value, **moments}
    for a in facts.appointments:
        ended_at = a.call.ended_at if a.call else None
        moments = {
            "at": plain(a.at),
            "booked_at": plain(a.booked_at),
            "call_ended_at": plain(ended_at) if ended_at else None,
        }
        yield "appointments", {**hers, "id": a.id, "shop_id": a.shop_id, "state": a.state.value, **moments}
    for note in facts.interactions:
        yield "interactions", {**hers, "id": note.id, "at": plain(note.at)}
    for web in facts.web:
        yield "web", {**hers, "id": web.id, "at": plain(web.at), "event": web.event.value}
    for message in facts.messages:
        said = {name: getattr(message, name).value for name in ("direction", "cause", "purpose", "state")}
        moments = {"at": plain(message.at), "contact_at": plain(contact_time(message))}
        yield "messages", {**hers, "id": message.id, **said, **moments}


def offsets(zone: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of `zones` for one zone: spans without a jump of its clock."""
    place = ZoneInfo(zone)
    begin, since = plain(_EVER), FIRST
    while True:
        jump = _next_jump(since, place)
        end = plain(jump or _NEVER)
        yield {"zone": zone, "from_at": begin, "until_at": end, "offset_seconds": _offset(since, place)}
        if jump is None:
            return
        begin, since = end, jump


def _offset(at: datetime, place: ZoneInfo) -> int:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _next_jump(since: datetime, place: ZoneInfo) -> datetime | None:
    """Return the first second after `since` at which the clock has jumped. Zones do not jump twice within a week."""
    offset, step = _offset(since, place), timedelta(days=7)
    at = since
    while at < LAST:
        if _offset(at + step, place) != offset:
            seconds = range(int(at.timestamp()), int((at + step).timestamp()) + 1)
            found = bisect_left(seconds, True, key=lambda s: _offset(datetime.fromtimestamp(s, UTC), place) != offset)
            return datetime.fromtimestamp(seconds[found], UTC)
        at += step
    return None
