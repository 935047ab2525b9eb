"""The flat tables filled from the server's database are those of the customers' facts."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pytest
from sqlalchemy import Engine

from sync.insight.load import flat, offsets
from sync.insight.source import load
from sync.insight.tables import SCHEMAS
from sync.model.base import Record
from sync.server.database import reading, transaction
from sync.server.repository import shelves
from sync.server.repository.records import Records
from tests.unit.insight.people import people
from tests.unit.policy import build as b

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def rows_of(found: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(row.items(), key=lambda pair: pair[0])) for row in found)


def test_what_the_server_holds(engine: Engine) -> None:
    """Record for record: moments, states, the line an order is remembered for, and the zone: her own, else her home shop's,
    else the house's."""
    house: list[Record] = [
        b.shop(id="shop-0", code="paris", time_zone="Europe/Paris"),
        b.shop(id="shop-1", code="bad", time_zone="Nowhere/At-All"),
    ]
    wanted = []
    for n, (facts, zone) in enumerate(people(60, 5, NOW)):
        own, home, counted = (
            (zone, "shop-1", zone),
            ("", "shop-0", "Europe/Paris"),
            ("No/Where", None, "Europe/Paris"),
        )[n % 3]
        her = facts.customer.model_copy(
            update={"time_zone": own or None, "home_shop_id": home, "member_number": str(n)}
        )
        house += [
            her,
            *facts.orders,
            *facts.visits,
            *facts.appointments,
            *facts.interactions,
            *facts.messages,
            *facts.web,
            *facts.consents,
        ]
        wanted.append((facts, counted))
    with transaction(engine) as conn:
        Records(conn, lambda: NOW).put_many(house)
    connection = ibis.duckdb.connect()
    load(connection, engine, NOW)
    with reading(engine) as conn:
        tills = shelves.tills(conn, NOW)
    for name, rows in flat(wanted, tills).items():
        found = connection.table(name).cast(SCHEMAS[name]).to_pyarrow().to_pylist()
        assert rows_of(found) == rows_of([{c: row.get(c) for c in SCHEMAS[name]} for row in rows]), name


def test_a_server_without_customers(engine: Engine) -> None:
    """Before the first import the tables are there, and empty."""
    connection = ibis.duckdb.connect()
    load(connection, engine, NOW)
    assert connection.table("customers").count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Africa/Casablanca"])
def test_every_moment_lies_in_one_span_of_its_zone(zone: str) -> None:
    """The spans of a zone follow each other without a gap and tell what the zone's clock shows."""
    spans = list(offsets(zone))
    assert all(one["until_at"] == after["from_at"] for one, after in pairwise(spans))
    for span in spans[1:-1]:
        offset = span["from_at"].replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == span["offset_seconds"]
