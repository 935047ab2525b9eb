"""The live channel carries small changes themselves, to whom they are for, and lets nobody wait for who is slow."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy import Engine

from sync.model.customer import Customer
from sync.protocol import Changed
from sync.server import feed
from sync.server.database import transaction
from sync.server.live import MOST_ROWS, MOST_WAITING
from tests.integration.server.devices import Device
from tests.integration.server.listening import following, listening, running, said
from tests.integration.server.people import GINZA, UMEDA, YUMI, MovableClock, customer, write
from tests.integration.server.serving import PATIENCE

T = TypeVar("T")


def within(work: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        return await asyncio.wait_for(work, PATIENCE)

    return asyncio.run(bounded())


def hear(engine: Engine, device: Device, change: Callable[[], object], *, rows: bool = True) -> tuple[Changed, Changed]:
    """Return what a device hears at first, and after a change."""

    async def run() -> tuple[Changed, Changed]:
        async with listening(engine, device, rows=rows) as events:
            first = await anext(events)
            await asyncio.to_thread(change)
            return first, await following(events, first.cursor)

    return within(run())


def richer(points: int) -> Customer:
    return YUMI.model_copy(update={"points": points})


def test_a_small_change_comes_itself(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """The event holds the record as it is now, begins where the device stood, and names the epoch it counts in."""
    page = device.pull()
    first, later = hear(retailer, device, lambda: write(retailer, clock, richer(5)))
    assert (first.cursor, first.after, first.rows) == (page.cursor, None, ())
    assert (later.after, later.epoch) == (page.cursor, page.epoch)
    assert [(row.kind, row.id, row.data and row.data["points"]) for row in later.rows] == [("customer", YUMI.id, 5)]
    assert (device.pull().cursor, device.seen[-1]) == (later.cursor, later.rows[0]), "a pull would have given the same"


def test_a_device_of_protocol_1_gets_no_rows(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """It hears up to where there is something, as it always did."""
    _, later = hear(retailer, device, lambda: write(retailer, clock, richer(5)), rows=False)
    assert (later.after, later.rows) == (None, ())


def test_a_large_change_is_pulled(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """More rows than an event holds are only announced."""
    many = [customer(f"{3000 + number}") for number in range(MOST_ROWS + 1)]
    _, later = hear(retailer, device, lambda: write(retailer, clock, *many))
    assert (later.after, later.rows) == (None, ())
    assert device.pull().cursor == later.cursor


def test_long_records_are_pulled(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A few rows may be large too: what would hold up a slow line is only announced."""
    long = [customer(f"{3000 + number}", address="東京都" * 3000) for number in range(3)]
    _, later = hear(retailer, device, lambda: write(retailer, clock, *long))
    assert (later.after, later.rows) == (None, ())


def test_who_leaves_the_shop_comes_as_a_tombstone(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What a device may not hold any more is not in the event that says so."""
    moved = YUMI.model_copy(update={"home_shop_id": UMEDA.id, "points": 7})
    _, later = hear(retailer, device, lambda: write(retailer, clock, moved))
    rows = {(row.kind, row.id): row.data for row in later.rows}
    assert rows["customer", YUMI.id] is None
    assert not any(rows.values())


def test_two_shops_hear_their_own(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """One commit about two shops' customers brings each shop hers and nothing of the other's; the catalogue is for both."""
    umeda = Device(retailer, clock, "umeda", seed=b"\x02" * 32)
    kanda = GINZA.model_copy(update={"name": "銀座本館"})

    async def run() -> list[set[str]]:
        async with running(retailer, device) as live:
            lines = [said(live.events(each.device)) for each in (device, umeda)]
            firsts = [await anext(line) for line in lines]
            hers = (customer("4001"), customer("4002", UMEDA.id), kanda)
            await asyncio.to_thread(write, retailer, clock, *hers)
            heard = [await following(line, first.cursor) for line, first in zip(lines, firsts, strict=True)]
            return [{row.id for row in changed.rows if row.kind in ("customer", "shop")} for changed in heard]

    assert within(run()) == [{customer("4001").id, GINZA.id}, {customer("4002").id, GINZA.id}]


def test_one_that_does_not_read_is_kept_little_for(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Others hear everything meanwhile; the slow one is then told to pull, up to the end, and no rows are kept for it."""

    async def run() -> tuple[list[Changed], list[Changed], int]:
        async with running(retailer, device) as live:
            quick, slow = said(live.events(device.device)), said(live.events(device.device))
            heard = [await anext(quick)]
            begun = await anext(slow)
            for number in range(MOST_WAITING + 3):
                await asyncio.to_thread(write, retailer, clock, richer(100 + number))
                heard.append(await following(quick, heard[-1].cursor))
            late = [begun]
            while late[-1].cursor < heard[-1].cursor:
                late.append(await following(slow, late[-1].cursor))
            return heard, late[1:], heard[0].cursor

    heard, late, start = within(run())
    assert all(changed.rows for changed in heard[1:])
    assert len(late) <= MOST_WAITING
    bare = late[0]
    assert (bare.rows, bare.after) == ((), None)
    assert bare.cursor > start
    assert late[-1].cursor == heard[-1].cursor


def test_a_replaced_history_is_told(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """When a new epoch begins every device hears of it at once, and nothing that could be taken for the old one."""

    def begin_anew() -> None:
        with transaction(retailer) as conn:
            feed.start_epoch(conn)

    async def run() -> tuple[Changed, Changed]:
        async with listening(
            retailer, device, beat_seconds=10 * PATIENCE
        ) as events:  # no heartbeat that says it as well
            first = await anext(events)
            await asyncio.to_thread(write, retailer, clock, richer(3))
            known = await following(events, first.cursor)
            await asyncio.to_thread(begin_anew)
            return known, await anext(events)

    known, anew = within(run())
    assert known.epoch != anew.epoch is not None
    assert (anew.after, anew.rows) == (None, ())
