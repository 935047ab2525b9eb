"""Whose stock the tablets of a shop hold: their own shop's, the web shop's and the nearest five shops', whatever happens to shops."""

import asyncio
import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.shop import Shop
from sync.policy.nearby import stock_shops
from sync.sealed.vault import Vault
from sync.server import convergence
from sync.server.compaction import compact
from sync.server.database import reading, retrying, transaction
from sync.server.repository.records import Records
from sync.server.snapshot.build import build
from sync.server.tables import changes
from tests.integration.server.devices import Device
from tests.integration.server.listening import following, listening
from tests.integration.server.people import GINZA, WEB, MovableClock, shop, write
from tests.integration.server.serving import PATIENCE

VARIANTS = ("v1", "v2")


def at(code: str, place: float) -> Shop:
    """A shop so many degrees east of Ginza."""
    return shop(code).model_copy(update={"latitude": 35.67, "longitude": 139.76 + place})


HERE = at("ginza", 0)
STREET = [at(f"n{number}", number / 10) for number in range(1, 9)]
FAR = at("umeda", 20)
EVERY = [HERE, FAR, WEB, *STREET]


def level(variant: str, where: Shop, quantity: int = 3) -> StockLevel:
    return StockLevel(
        id=f"{variant}@{where.code}", variant_id=variant, shop_id=where.id, quantity=quantity, at=MovableClock().at
    )


def product() -> list[Record]:
    price = Money(amount=1000)
    return [
        Product(id="p1", code="p1", name="服", category="dress"),
        *(Variant(id=each, product_id="p1", sku=each, price=price) for each in VARIANTS),
    ]


def remove(engine: Engine, clock: MovableClock, kind: str, record_id: str) -> None:
    with transaction(engine) as conn:
        assert Records(conn, clock).delete(kind, record_id)


@pytest.fixture
def street(retailer: Engine, clock: MovableClock) -> Engine:
    """Ginza, eight shops down the street, Umeda far away, and the web shop; two variants lie in each."""
    write(retailer, clock, *product(), *EVERY, *(level(each, where) for each in VARIANTS for where in EVERY))
    return retailer


@pytest.fixture
def tablet(street: Engine, clock: MovableClock) -> Device:
    """A tablet of Ginza that has pulled."""
    device = Device(street, clock)
    device.pull()
    return device


def held(device: Device) -> set[str]:
    """Return in which shops the stock lies that a device holds."""
    return {str(data["shop_id"]) for (kind, _), data in device.rows.items() if kind == "stock_level"}


def ids(*shops: Shop) -> set[str]:
    return {one.id for one in shops}


def agrees(engine: Engine, device: Device) -> None:
    """The digests are those of the records, and of what the device holds after it has pulled."""
    assert device.pull(limit=3).digests == device.digests()
    assert convergence.differences(engine) == []


def test_a_shop_holds_its_own_the_web_shops_and_the_nearest_five(street: Engine, tablet: Device) -> None:
    """Of eight shops down the street the first five."""
    assert held(tablet) == ids(HERE, WEB, *STREET[:5])
    agrees(street, tablet)


def test_a_tills_write_is_one_change_and_told_to_few(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """One row in the log, whoever follows it; a shop that is far away hears nothing of it."""
    far = Device(street, clock, "umeda", seed=b"\x02" * 32)
    far.pull()
    cursors, before = (tablet.cursor, far.cursor), _length(street)
    write(street, clock, level("v1", STREET[0], 1))
    assert _length(street) == before + 1
    assert [row.id for row in tablet.pull().rows] == ["v1@n1"]
    assert far.pull().rows == ()
    assert tablet.cursor > cursors[0]
    assert far.cursor == cursors[1]
    agrees(street, tablet)
    agrees(street, far)


def _length(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.scalar(select(func.count()).select_from(changes)) or 0


def test_a_shop_opens_nearer_than_another(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """Its stock comes, and that of the one that is sixth now goes."""
    new = at("new", 0.05)
    write(street, clock, new, *(level(each, new) for each in VARIANTS))
    tablet.pull()
    assert held(tablet) == ids(HERE, WEB, new, *STREET[:4])
    write(street, clock, level("v1", new, 9), level("v1", STREET[4], 9))
    tablet.pull()
    assert tablet.rows["stock_level", "v1@new"]["quantity"] == 9
    assert held(tablet) == ids(HERE, WEB, new, *STREET[:4])
    agrees(street, tablet)


def test_a_shop_moves_away_and_back(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """What lay there meanwhile is as it is now when it comes back; a tablet that slept through it all is right as well."""
    asleep = Device(street, clock, seed=b"\x02" * 32)
    asleep.pull()
    write(street, clock, at("n1", 9))
    tablet.pull(limit=1)
    assert held(tablet) == ids(HERE, WEB, *STREET[1:6])
    agrees(street, tablet)
    write(street, clock, level("v1", STREET[0], 1))
    write(street, clock, STREET[0])
    for each in (tablet, asleep):
        each.pull(limit=1)
        assert held(each) == ids(HERE, WEB, *STREET[:5])
        assert each.rows["stock_level", "v1@n1"]["quantity"] == 1
        agrees(street, each)


def test_the_tablets_own_shop_moves(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """Its neighbours are others, all at once."""
    write(street, clock, at("ginza", 0.9))
    tablet.pull(limit=2)
    assert held(tablet) == ids(HERE, WEB, *STREET[3:])
    agrees(street, tablet)


def test_a_shop_closes_with_what_lay_there_or_without(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """Its stock leaves the tablets whether the levels are deleted or left, and the next shop's comes."""
    remove(street, clock, "stock_level", "v1@n1")
    remove(street, clock, "shop", STREET[0].id)
    tablet.pull()
    assert held(tablet) == ids(HERE, WEB, *STREET[1:6])
    agrees(street, tablet)


def test_who_missed_the_deletion_of_what_left_as_well_has_it_no_more(
    street: Engine, clock: MovableClock, tablet: Device
) -> None:
    """A level is deleted, then its shop moves away: a tablet that slept through both keeps no ghost of it."""
    remove(street, clock, "stock_level", "v1@n1")
    write(street, clock, at("n1", 9))
    tablet.pull(limit=1)
    assert ("stock_level", "v1@n1") not in tablet.rows
    agrees(street, tablet)


def test_a_level_that_lies_elsewhere_now(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """From a near shop to a far one it goes, to a near one it stays, from a far one it comes."""
    far = level("v1", STREET[7])
    for where, there in ((STREET[1], True), (STREET[7], False), (STREET[2], True)):
        write(street, clock, far.model_copy(update={"shop_id": where.id}))
        tablet.pull(limit=1)
        assert (("stock_level", far.id) in tablet.rows) is there
        agrees(street, tablet)


def test_a_new_tablet_gets_the_same_by_pages_and_by_snapshot(
    street: Engine, clock: MovableClock, tablet: Device, tmp_path: Path
) -> None:
    """After shops opened, moved and closed, and the log was shortened: what one tablet followed, another begins with."""
    write(street, clock, at("n1", 9), at("new", 0.05), level("v1", at("new", 0.05)))
    tablet.pull()
    write(street, clock, STREET[0])
    remove(street, clock, "shop", STREET[1].id)
    for number in range(30):
        write(street, clock, level("v1", STREET[2], number))
    tablet.pull()
    compact(street, clock() + timedelta(days=100), keep=timedelta(days=90), enough=1)
    fresh = Device(street, clock, seed=b"\x03" * 32)
    page = fresh.pull(limit=2)
    tablet.pull()
    assert fresh.rows == tablet.rows
    assert page.digests == fresh.digests() == tablet.digests()
    build(
        street, tablet.enrolment.scope, Vault(tablet.enrolment.scope, {1: bytes(32)}), tmp_path / "s.db", clock, print
    )
    with closing(sqlite3.connect(tmp_path / "s.db")) as file:
        held_there = file.execute("SELECT id, tag FROM clear_record WHERE kind = 'stock_level' ORDER BY id").fetchall()
    assert held_there == sorted(
        (record_id, tag) for (kind, record_id), tag in tablet.tags.items() if kind == "stock_level"
    )


def test_the_live_channel_follows_the_same(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """A near shop's figure comes itself; a far one's is not heard of; when that shop moves near, its figures are."""

    async def run() -> None:
        async with listening(street, tablet, look_seconds=0.05) as events:
            cursor = (await anext(events)).cursor
            await asyncio.to_thread(write, street, clock, level("v1", STREET[7], 1))
            await asyncio.to_thread(write, street, clock, level("v1", STREET[0], 2))
            heard = await following(events, cursor)
            assert [row.id for row in heard.rows] == ["v1@n1"]
            await asyncio.to_thread(write, street, clock, at("n8", 0.01))
            heard = await following(events, heard.cursor)
            rows = {row.id: row.data for row in heard.rows if row.kind == "stock_level"}
            assert (rows["v1@n8"] or {})["quantity"] == 1
            assert rows["v1@n5"] is None
            await asyncio.to_thread(write, street, clock, level("v1", STREET[4], 7))
            await asyncio.to_thread(write, street, clock, level("v1", STREET[7], 8))
            heard = await following(events, heard.cursor)
            assert [(row.id, row.data and row.data["quantity"]) for row in heard.rows] == [("v1@n8", 8)]

    async def bounded() -> None:
        await asyncio.wait_for(run(), PATIENCE)

    asyncio.run(bounded())
    agrees(street, tablet)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_shops_and_stock(street: Engine, clock: MovableClock, seed: int) -> None:
    """After each step of random work the digests hold, and a tablet that has pulled holds what the rule says."""
    chance = random.Random(seed)
    tablets = [Device(street, clock), Device(street, clock, "umeda", seed=b"\x02" * 32)]
    for _ in range(40):
        _step(street, clock, chance)
        tablet = chance.choice(tablets)
        page = tablet.pull(limit=chance.choice((1, 3, 2000)))
        assert page.digests == tablet.digests()
        assert convergence.differences(street) == []
        assert set(tablet.ids("stock_level")) == _due(street, tablet.device.shop_id)


def test_writers_of_stock_and_of_shops_at_the_same_time(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """While tills write and shops open, move and close, a tablet that follows misses nothing and keeps nothing."""

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            retrying(lambda: _step(street, clock, chance), attempts=12)

    with ThreadPoolExecutor(6) as pool:
        work_under_way = [pool.submit(work, seed) for seed in range(5)]
        while not all(one.done() for one in work_under_way):
            page = tablet.pull(limit=5)
            assert page.digests is None or page.digests == tablet.digests()
        for one in work_under_way:
            one.result()
    tablet.pull()
    assert tablet.ids("stock_level") == _due(street, GINZA.id)
    agrees(street, tablet)


def test_a_level_that_is_written_while_its_shop_moves_near(street: Engine, clock: MovableClock, tablet: Device) -> None:
    """A till's transaction is open while the shop's neighbours are chosen anew: whoever follows the shop from then on gets
    what the till wrote, though it was numbered before, and read past by a tablet that did not follow yet."""
    if street.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time by itself")
    chosen, go = threading.Event(), threading.Event()

    def move() -> None:
        with transaction(street) as conn:
            Records(conn, clock).put(at("n8", 0.01))
            chosen.set()
            assert go.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        with transaction(street) as conn:
            Records(conn, clock).put(
                StockLevel.model_validate({**level("v1", STREET[7], 8).model_dump(), "id": "fresh"})
            )
            moving = pool.submit(move)
            chosen.wait(1.0)  # it does not come to choosing before the till has committed
        write(street, clock, Product(id="p9", code="p9", name="服", category="dress"))
        tablet.pull()
        go.set()
        moving.result()
    tablet.pull()
    assert tablet.rows["stock_level", "fresh"]["quantity"] == 8
    agrees(street, tablet)


def _step(engine: Engine, clock: MovableClock, chance: random.Random) -> None:
    where = chance.choice(STREET)
    variant = chance.choice(VARIANTS)
    roll = chance.random()
    with transaction(engine) as conn:
        records = Records(conn, clock)
        if roll < 0.5:
            records.put(level(variant, where, chance.randrange(9)))
        elif roll < 0.6:
            records.delete("stock_level", f"{variant}@{where.code}")
        elif roll < 0.7:
            to = chance.choice([*STREET, WEB])
            records.put(level(variant, where).model_copy(update={"shop_id": to.id}))
        elif roll < 0.8:
            records.delete("shop", where.id)
        else:
            moved = at(where.code, chance.uniform(-1, 22))
            records.put_many([moved, *(level(each, moved) for each in VARIANTS if chance.random() < 0.3)])


def _due(engine: Engine, shop_id: str) -> set[str]:
    with reading(engine) as conn:
        records = Records(conn)
        every = records.of_kind(Shop)
        near = stock_shops(next(one for one in every if one.id == shop_id), every)
        return {one.id for one in records.of_kind(StockLevel) if one.shop_id in near}
