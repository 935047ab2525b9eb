"""Whose data a lost device held: nobody who was on it is left out."""

import csv
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from sync.errors import NotFound
from sync.server.compaction import compact
from sync.server.database import reading, transaction
from sync.server.leak_report import LeakReport, leak_report
from sync.server.repository import audit
from sync.server.tables import devices
from tests.integration.rights.hanako import World, id_at
from tests.integration.server.people import UMEDA, YUMI, customer, write

BEYOND = customer("3001", UMEDA.id)


@pytest.fixture
def lost(world: World) -> World:
    """A tablet of Ginza that was heard of at noon and never again."""
    with transaction(world.engine) as conn:
        conn.execute(update(devices).values(last_seen_at=world.clock()))
    return world


def report(world: World) -> LeakReport:
    with reading(world.engine) as conn:
        return leak_report(conn, world.tablet.device.id)


def held(world: World) -> dict[str, str]:
    return {one.customer_id: one.how for one in report(world).held}


def test_the_shops_customers(lost: World) -> None:
    """Everybody of its shop's scope, with the feed's position, since when, and that they lay sealed; nobody of another shop."""
    write(lost.engine, lost.clock, BEYOND)
    found = report(lost)
    assert held(lost) == {YUMI.id: "scope", lost.hers: "scope"}
    assert found.sealed
    assert found.position > 0
    assert {one.since for one in found.held} == {lost.tablet.device.enrolled_at}
    assert "customers: 2" in found.as_text()
    assert "AES-256-GCM" in found.as_text()
    rows = list(csv.DictReader(found.as_csv().splitlines()))
    assert {row["customer_id"] for row in rows} == {YUMI.id, lost.hers}


def test_who_left_later_is_still_on_it(lost: World) -> None:
    """She moved to another shop, or was forgotten, after the tablet was last heard of: it never learnt of that."""
    lost.clock.at += timedelta(hours=1)
    write(lost.engine, lost.clock, YUMI.model_copy(update={"home_shop_id": UMEDA.id}))
    lost.forgetting.forget(lost.hers)
    assert held(lost) == {YUMI.id: "left", lost.hers: "left"}


def test_who_left_before_is_not(lost: World) -> None:
    """The tablet was heard of after she left, and erased her then."""
    write(lost.engine, lost.clock, YUMI.model_copy(update={"home_shop_id": UMEDA.id}))
    lost.clock.at += timedelta(hours=1)
    with transaction(lost.engine) as conn:
        conn.execute(update(devices).values(last_seen_at=lost.clock()))
    assert set(held(lost)) == {lost.hers}


def test_who_was_looked_up(lost: World) -> None:
    """A customer of another shop whom it fetched within the day before, and not one of last week."""
    early = customer("3002", UMEDA.id)
    write(lost.engine, lost.clock, BEYOND, early)
    with transaction(lost.engine) as conn:
        for one, ago in ((BEYOND, timedelta(hours=2)), (early, timedelta(days=7))):
            audit.note(conn, lost.clock() - ago, "lookup", device_id=lost.tablet.device.id, customer_id=one.id)
    assert held(lost)[BEYOND.id] == "looked_up"
    assert early.id not in held(lost)


def test_who_came_to_be_known_later_is_not(lost: World) -> None:
    """An id says when it was made; whoever was registered after the last contact never reached the tablet."""
    fresh = customer("3003", id=id_at(lost.clock() + timedelta(days=8)))
    doubtful = customer("3004", id=id_at(lost.clock() + timedelta(days=1)))  # a tablet's clock may be a day ahead
    write(lost.engine, lost.clock, fresh, doubtful)
    assert fresh.id not in held(lost)
    assert doubtful.id in held(lost)


def test_a_shortened_feed_leaves_nobody_out(lost: World) -> None:
    """Where only the newest change of a record is left in the feed, those whose records changed since are on the list."""
    lost.clock.at += timedelta(days=2)
    write(lost.engine, lost.clock, YUMI.model_copy(update={"rank": "gold"}))
    compact(lost.engine, lost.clock(), keep=timedelta(days=1), enough=1)
    assert held(lost)[YUMI.id] == "scope"


def test_no_such_device(world: World, engine: Engine) -> None:
    """An id that is none is said."""
    with reading(engine) as conn, pytest.raises(NotFound):
        leak_report(conn, "nothing")
