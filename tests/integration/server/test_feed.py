"""The change feed: by one cursor, everything and nothing twice, whoever writes at the same time."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import Engine, select, update

from sync.model.catalogue import Product
from sync.model.customer import BrowseEvent, WebActivity
from sync.protocol import PullRequest
from sync.server import feed
from sync.server.database import reading, transaction
from sync.server.repository.records import Records
from sync.server.tables import changes, feed_state
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, MovableClock, write


def activity(name: str) -> WebActivity:
    return WebActivity(
        id=name, customer_id=YUMI.id, at=NOON, event=BrowseEvent.PRODUCT_VIEWED, category="dress", product_id="p"
    )


def product(code: str) -> Product:
    return Product(id=code, code=code, name="ワンピース", category="dress")


def test_concurrent_writers_lose_nothing(retailer: Engine, clock: MovableClock) -> None:
    """Eight writers commit while four readers follow by their cursors, in pages of their own size: each reader gets every
    change once, most of them while the writing goes on, nothing of a transaction that failed, and numbers without a gap."""
    writers, each, limits = 8, 24, (5, 7, 50, 2000)
    readers = [Device(retailer, clock, seed=bytes([n] * 32)) for n in range(1, len(limits) + 1)]
    for reader in readers:
        reader.pull()
        reader.seen.clear()
    together = threading.Barrier(writers + len(readers))
    done = threading.Event()

    def work(writer: int) -> None:
        together.wait()
        for number in range(each):
            with suppress(LookupError), transaction(retailer) as conn:
                records = Records(conn, clock)
                records.put(product(f"product-{writer}-{number}"))
                if number % 5 == 0:
                    records.put(activity(f"web-{writer}-{number}"))
                if number % 8 == 7:
                    raise LookupError

    def follow(reader: Device, limit: int) -> int:
        together.wait()
        while not done.wait(0.02):
            reader.pull(limit)
        return len(reader.seen)

    with ThreadPoolExecutor(writers + len(readers)) as pool:
        following = [pool.submit(follow, reader, limit) for reader, limit in zip(readers, limits, strict=True)]
        for future in [pool.submit(work, writer) for writer in range(writers)]:
            future.result()
        done.set()
        meanwhile = [future.result() for future in following]

    kept = [n for n in range(each) if n % 8 != 7]
    expected = {("product", f"product-{w}-{n}") for w in range(writers) for n in kept}
    expected |= {("web_activity", f"web-{w}-{n}") for w in range(writers) for n in kept if n % 5 == 0}
    for reader, early in zip(readers, meanwhile, strict=True):
        reader.pull()
        seen = Counter((row.kind, row.id) for row in reader.seen)
        assert set(seen) == expected
        assert set(seen.values()) == {1}
        assert early > len(expected) / 2, "it read while the others wrote"
    with reading(retailer) as conn:
        numbers = list(conn.scalars(select(changes.c.seq)))
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
        assert feed.whole_head(conn) == len(numbers)


def test_an_open_writer_is_neither_lost_nor_waited_for(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A writer that began first and commits last comes last, and meanwhile what others committed is seen."""
    device.pull()
    if retailer.dialect.name == "sqlite":  # one writer at a time: nobody can commit in between
        write(retailer, clock, product("slow"), product("quick"))
    else:
        with transaction(retailer) as slow:
            Records(slow, clock).put(product("slow"))
            write(retailer, clock, product("quick"))
            device.pull()
            assert device.ids("product") == {"quick"}
    device.pull()
    assert device.ids("product") == {"quick", "slow"}


def test_a_page_holds_the_last_change_of_each_record(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A record that changed three times comes once, as it is now; small pages give the same in the end."""
    device.pull()
    device.seen.clear()
    for name in ("一", "二", "三"):
        write(retailer, clock, MISAKI.model_copy(update={"given_name": name}))
    device.pull()
    assert [(row.id, row.data and row.data["given_name"]) for row in device.seen] == [(MISAKI.id, "三")]
    slow = Device(retailer, clock, seed=b"\x02" * 32)
    slow.pull(limit=1)
    quick = Device(retailer, clock, seed=b"\x03" * 32)
    quick.pull()
    assert slow.rows == quick.rows == device.rows


def test_a_deleted_record_becomes_a_tombstone(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What is deleted disappears from the devices that had it."""
    write(retailer, clock, activity("web-1"))
    device.pull()
    assert device.ids("web_activity") == {"web-1"}
    with transaction(retailer) as conn:
        assert Records(conn, clock).delete(WebActivity, "web-1")
        assert not Records(conn, clock).delete(WebActivity, "web-1")
    device.pull()
    assert device.ids("web_activity") == set()


def test_a_rolled_back_change_is_not_fed(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A transaction that fails leaves nothing in the feed."""
    device.pull()
    device.seen.clear()
    try:
        with transaction(retailer) as conn:
            Records(conn, clock).put(activity("web-1"))
            raise LookupError
    except LookupError:
        pass
    device.pull()
    assert device.seen == []


def test_another_epoch_starts_from_the_beginning(retailer: Engine, device: Device) -> None:
    """A device of another epoch gets a page from the start, under the present epoch."""
    device.pull()
    page = device.service.pull(PullRequest(epoch="another", cursor=device.cursor))
    assert page.epoch == device.epoch
    assert {(row.kind, row.id) for row in page.rows} == set(device.rows)
    assert page.total is not None


def test_a_cursor_that_was_never_given_starts_a_new_epoch(retailer: Engine, device: Device) -> None:
    """A restored database knows less than a device: from then on a new epoch holds, and everybody builds anew."""
    device.pull()
    with transaction(retailer) as conn:
        before = feed.epoch(conn)
        conn.execute(update(feed_state).values(head=device.cursor - 1))
    device.pull()
    assert device.epoch != before
    assert device.ids("customer") == {YUMI.id}
    assert device.ids("shop") >= {GINZA.id}


def test_a_change_from_before_she_left_does_not_show_her(retailer: Engine, clock: MovableClock) -> None:
    """A slow device whose page ends before a customer's leaving does not get her data with it."""
    umeda = Device(retailer, clock, "umeda")
    moved = YUMI.model_copy(update={"home_shop_id": umeda.device.shop_id})
    write(retailer, clock, moved)
    clock.at += timedelta(minutes=1)
    write(retailer, clock, YUMI)
    umeda.pull(limit=1)
    assert all(row.data is None for row in umeda.seen if row.kind == "customer")
