"""Where a product lies in all shops: near from the cache, beyond as the server was asked last, with the time of that."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from sync.errors import NotFound, Offline
from sync.model.catalogue import StockLevel
from sync.model.shop import Shop, ShopKind
from sync.protocol import Lying
from tests.unit.client.build import World
from tests.unit.client.fake import SHOP, START

FAR = Lying("variant-1", "shop-8", 4, START - timedelta(hours=1))
STALE = Lying("variant-1", SHOP, 99, START)
"""What the server says of a shop whose stock the feed carries: the feed is later."""


def chain(world: World, count: int = 8) -> None:
    """Give the retailer so many more shops, by name nearer the lower their number, and a web shop."""
    for number in range(1, count + 1):
        world.server.put(
            Shop(id=f"shop-{number}", code=f"s{number}", name=f"{number}号店", brand="HANA", controller="株式会社花")
        )
    world.server.put(
        Shop(id="web", code="web", name="EC", brand="HANA", controller="株式会社花", shop_kind=ShopKind.WEB),
        StockLevel(id="stock-2", variant_id="variant-1", shop_id="shop-2", quantity=0, at=START),
    )
    world.server.stocks["product-1"] = (FAR, STALE)
    assert world.client.sync_once().error is None


def asked(world: World) -> int:
    return world.server.calls.count("stock product-1")


def test_what_is_beyond_is_asked_for_and_kept_with_its_time(synced: World) -> None:
    """The feed's figures count for the near shops, the answer's for the others, and it is there without asking again."""
    chain(synced)
    before = synced.client.cache.stock_everywhere("product-1", SHOP)
    assert before.beyond == {"shop-6", "shop-7", "shop-8"}
    assert before.asked_at is None
    assert {(one.shop_id, one.quantity) for one in before.levels} == {(SHOP, 3), ("shop-2", 0)}
    found = synced.client.fetch_stock("product-1")
    assert {(one.shop_id, one.quantity) for one in found.levels} == {(SHOP, 3), ("shop-2", 0), ("shop-8", 4)}
    assert (found.current, found.asked_at, found.complete) == (True, synced.clock(), True)
    assert synced.reopen().cache.stock_everywhere("product-1", SHOP) == found
    assert asked(synced) == 1


def test_without_a_network_the_last_answer_says_how_old_it_is(synced: World) -> None:
    """It is not current, and its time is when it was asked; where nothing was, the caller hears that it is offline."""
    chain(synced)
    synced.server.down = True
    with pytest.raises(Offline):
        synced.client.fetch_stock("product-1")
    synced.server.down = False
    then = synced.client.fetch_stock("product-1").asked_at
    synced.clock.advance(minutes=90)
    synced.server.down = True
    found = synced.client.fetch_stock("product-1")
    assert (found.current, found.asked_at) == (False, then)
    assert FAR in found.levels


def test_few_shops_need_no_network(synced: World) -> None:
    """With its own shop, five others and the web shop a tablet holds all there is: nobody is asked."""
    chain(synced, 5)
    synced.server.down = True
    found = synced.client.fetch_stock("product-1")
    assert (found.beyond, found.current, asked(synced)) == (frozenset(), True, 0)


def test_a_product_that_the_server_does_not_know(synced: World) -> None:
    """That is an answer of its own, not a broken line."""
    chain(synced)
    with pytest.raises(NotFound):
        synced.client.fetch_stock("product-9")


def test_an_answer_is_kept_for_a_day_and_through_a_snapshot(synced: World) -> None:
    """A whole new cache takes it over; after a day it goes."""
    chain(synced)
    found = synced.client.fetch_stock("product-1")
    copy = synced.folder / "copy.db"
    with closing(sqlite3.connect(synced.cache_file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("DELETE FROM asked_stock")
        target.commit()
    synced.client.cache.adopt(copy)
    assert synced.client.cache.stock_everywhere("product-1", SHOP) == found
    synced.clock.advance(hours=23)
    synced.client.sync_once()
    assert synced.client.cache.asked_stock("product-1") is not None
    synced.clock.advance(hours=2)
    synced.client.sync_once()
    assert synced.client.cache.asked_stock("product-1") is None


def test_it_is_no_part_of_what_the_feed_brought(synced: World) -> None:
    """The digests of the cache stay those of the feed."""
    chain(synced)
    before = synced.client.cache.digests()
    synced.client.fetch_stock("product-1")
    assert synced.client.cache.digests() == before
    assert not synced.client.sync_once().rebuilt


def test_a_spoiled_answer_is_no_answer(synced: World) -> None:
    """A figure that the disk garbled is not shown; it is asked for again."""
    chain(synced)
    synced.client.fetch_stock("product-1")
    with closing(sqlite3.connect(synced.cache_file)) as conn:
        conn.execute("UPDATE asked_stock SET data = replace(data, ',4,', ',7,')")
        conn.commit()
    assert synced.client.cache.asked_stock("product-1") is None
    assert FAR in synced.client.fetch_stock("product-1").levels
