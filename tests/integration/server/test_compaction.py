"""Shortening the feed: what remains is a whole copy, and whoever missed a tombstone that is gone is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from sync.errors import FellBehind
from sync.ids import new_id
from sync.model.catalogue import Product
from sync.protocol import PullRequest
from sync.server import convergence
from sync.server.compaction import Compacted, compact
from sync.server.database import reading, transaction
from sync.server.repository.records import Records
from sync.server.service import Service
from sync.server.tables import changes
from sync.server.worker import Worker
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import YUMI, MovableClock, customer, write

KEEP = timedelta(days=90)


def product(number: int, name: str = "服") -> Product:
    return Product(id=f"p{number}", code=f"p{number}", name=name, category="dress")


def length(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.scalar(select(func.count()).select_from(changes)) or 0


def delete(engine: Engine, clock: MovableClock, *numbers: int) -> None:
    with transaction(engine) as conn:
        for number in numbers:
            assert Records(conn, clock).delete(Product, f"p{number}")


def fresh(engine: Engine, clock: MovableClock) -> Device:
    return Device(engine, clock, seed=new_id().encode()[:32])


def test_the_log_is_bounded_by_the_records(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A record written a hundred times is one change afterwards, and a new device gets what an old one has."""
    before = length(retailer)
    for number in range(100):
        write(retailer, clock, product(1, f"服{number}"))
    device.pull()
    assert compact(retailer, clock(), keep=KEEP, enough=50) == Compacted(99, 0)
    assert length(retailer) == before + 1
    other = fresh(retailer, clock)
    page = other.pull(limit=3)
    assert other.rows == device.rows
    assert page.digests == other.digests() == device.pull().digests
    assert convergence.differences(retailer) == []
    assert compact(retailer, clock(), keep=KEEP, enough=50) == Compacted(0, 0)


def test_a_little_is_left_alone(retailer: Engine, clock: MovableClock) -> None:
    """Few new changes are not worth the work."""
    for number in range(20):
        write(retailer, clock, product(1, f"服{number}"))
    assert compact(retailer, clock(), keep=KEEP) == Compacted(0, 0)


def test_a_reader_in_the_middle_of_paging_misses_nothing(retailer: Engine, clock: MovableClock) -> None:
    """Between any two pages the feed is written to and shortened; the copy is whole all the same."""
    write(retailer, clock, *(product(number) for number in range(12)))
    slow = fresh(retailer, clock)
    more, step = True, 0
    while more:
        page = slow.service.pull(PullRequest(epoch=slow.epoch, cursor=slow.cursor, limit=4))
        for row in page.rows:
            if row.data is None:
                slow.rows.pop((row.kind, row.id), None)
            else:
                slow.rows[row.kind, row.id] = row.data
        slow.epoch, slow.cursor, more = page.epoch, page.cursor, page.more
        if step < 5:
            write(retailer, clock, product(step, "新"), product(20 + step))
            delete(retailer, clock, 20 + step, 11 - step)
            clock.at += timedelta(days=10)
            compact(retailer, clock(), keep=KEEP, enough=1)
        step += 1
    slow.pull()
    other = fresh(retailer, clock)
    other.pull()
    assert slow.rows == other.rows


def test_old_tombstones_go_and_whoever_missed_them_starts_over(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """A device that was away for longer than tombstones are kept is told so; starting over it is as everybody else, and
    is not told again, in whatever small pages it comes."""
    write(retailer, clock, product(1), product(2), product(3))
    device.pull()
    present = fresh(retailer, clock)
    delete(retailer, clock, 1, 2)
    present.pull()
    clock.at += KEEP + timedelta(days=1)
    write(retailer, clock, product(4))
    assert compact(retailer, clock(), keep=KEEP, enough=1).tombstones == 2
    present.pull()  # it had seen them
    with pytest.raises(FellBehind):
        device.pull()
    device.epoch, device.cursor = None, 0
    device.rows.clear()
    device.tags.clear()
    page = device.pull(limit=2)
    assert device.ids("product") == {"p3", "p4"}
    assert page.digests == device.digests()
    assert device.rows == present.rows
    assert fresh(retailer, clock).pull(limit=1).digests == page.digests


def test_the_last_tombstone_of_a_scope_stays(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """So that a device which has read everything stands at or after every floor."""
    write(retailer, clock, product(1), product(2))
    delete(retailer, clock, 1, 2)
    clock.at += KEEP + timedelta(days=1)
    assert compact(retailer, clock(), keep=KEEP, enough=1).tombstones == 1
    device.pull(limit=2)
    device.pull()
    assert device.ids("product") == set()


def test_version_1_is_told_by_another_epoch(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A device of version 1 knows no such error; a page of another epoch makes it start over."""
    write(retailer, clock, product(1))
    device.pull()
    delete(retailer, clock, 1)
    clock.at += KEEP + timedelta(days=1)
    write(retailer, clock, product(2))
    compact(retailer, clock(), keep=KEEP, enough=1)
    old = Service(retailer, clock, device.device, device.service._tools, protocol=1)
    page = old.pull(PullRequest(epoch=device.epoch, cursor=device.cursor))
    assert page.epoch != device.epoch
    assert page.rows == ()
    again = old.pull(PullRequest())
    assert again.epoch == device.epoch
    assert old.pull(PullRequest(epoch=again.epoch, cursor=again.cursor)).epoch == device.epoch


def test_a_customer_who_left_long_ago_is_gone_from_the_feed(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Nothing in the shop's log names her any more."""
    device.pull()
    write(retailer, clock, YUMI.model_copy(update={"home_shop_id": None}))
    clock.at += KEEP + timedelta(days=1)
    write(retailer, clock, customer("3003"))
    compact(retailer, clock(), keep=KEEP, enough=1)
    with reading(retailer) as conn:
        assert conn.scalar(select(func.count()).where(changes.c.customer_id == YUMI.id)) == 0
    assert convergence.differences(retailer) == []


def test_the_worker_shortens_the_feed(retailer: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Once an hour, where enough has piled up; as the setting says, tombstones go when their days are over."""
    hour = [0.0]
    settings = ServerSettings(data=tmp_path, tombstone_days=1)
    worker = Worker(settings, retailer, clock, channels={}, monotonic=lambda: hour[0])
    write(retailer, clock, *(product(number) for number in range(1100)))
    write(retailer, clock, *(product(number, "新") for number in range(1100)))
    assert worker.keep_house() == 1100
    delete(retailer, clock, *range(1050))
    clock.at += timedelta(days=2)
    assert worker.keep_house() == 0
    hour[0] += 3600
    assert worker.keep_house() == 1050 + 1049  # the last one stays
    assert convergence.differences(retailer) == []
