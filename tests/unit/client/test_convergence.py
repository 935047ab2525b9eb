"""The device compares what it holds with what the server says, and heals itself without touching what is unsent."""

import sqlite3
from datetime import timedelta

import pytest

from sync.model.customer import BrowseEvent, Interaction, WebActivity
from tests.unit.client.build import World, customer, history, note
from tests.unit.client.fake import START

DAMAGES = (
    "DELETE FROM customer_range WHERE kind = 'visit' AND id = 'visit-2'",
    "UPDATE customer_range SET tag = tag + 1 WHERE kind = 'order' AND id = 'order-1'",
    "DELETE FROM clear_record WHERE kind = 'stock_level'",
    "UPDATE clear_record SET tag = 0 WHERE kind = 'product'",
    "INSERT INTO clear_record SELECT kind, 'other', ref, at, words, 7, data FROM clear_record WHERE kind = 'shop'",
)


def damage(world: World, statement: str) -> None:
    conn = sqlite3.connect(world.cache_file)
    with conn:
        assert conn.execute(statement).rowcount == 1
    conn.close()


@pytest.mark.parametrize("statement", DAMAGES)
def test_a_cache_that_differs_is_built_anew(synced: World, statement: str) -> None:
    """A row lost, added or of another content is found at the next round that brings rows; the server hears of it once,
    and what is unsent stays."""
    damage(synced, statement)
    synced.client.submit(note(7), "staff-1", hold_seconds=600)
    synced.server.put(customer(2, given_name="新"))
    shown: list[tuple[str, ...]] = []
    synced.client.subscribe(lambda: shown.append(synced.client.status().messages))
    report = synced.client.sync_once()
    assert report.error is None
    assert report.rebuilt
    assert any("rebuilding" in messages for messages in shown)
    assert "rebuilding" not in synced.client.status().messages
    assert synced.client.cache.digests() == synced.server.digests()
    assert synced.client.status().held == 1
    assert any(isinstance(one, Interaction) for one in synced.client.cache.customer_range("customer-1"))
    assert [why.split()[0] for why in synced.server.rebuilt] == ["mismatch"]
    synced.clock.advance(hours=2)
    assert not synced.client.sync_once().rebuilt
    assert len(synced.server.rebuilt) == 1


def test_a_quiet_cache_is_compared_every_hour(synced: World) -> None:
    """Without new rows it is looked at again only after an hour."""
    damage(synced, DAMAGES[0])
    assert not synced.client.sync_once().rebuilt
    synced.clock.advance(minutes=59)
    assert not synced.client.sync_once().rebuilt
    synced.clock.advance(minutes=1)
    assert synced.client.sync_once().rebuilt
    assert synced.client.cache.digests() == synced.server.digests()


def test_a_server_that_is_wrong_makes_nobody_rebuild_in_a_loop(synced: World) -> None:
    """However often the figures differ, a cache is built anew once an hour at most, also across a restart."""
    synced.server.wrong_digests = True
    rebuilt = 0
    for number in range(8):
        synced.server.put(customer(1, given_name=f"名{number}"))
        rebuilt += synced.client.sync_once().rebuilt
        synced.reopen()
        synced.clock.advance(minutes=5)
    assert rebuilt == 1
    synced.clock.advance(minutes=30)
    synced.server.put(customer(1, given_name="後"))
    assert synced.client.sync_once().rebuilt


def test_visitors_and_browsing_are_not_compared(synced: World) -> None:
    """A customer of another shop, and what was forgotten by its age, make no difference; nor does her entering."""
    synced.server.beyond["customer-9"] = history(9)
    synced.client.fetch_customer("customer-9")
    old = WebActivity(
        id="web-1", customer_id="customer-1", at=START - timedelta(days=31), event=BrowseEvent.PRODUCT_VIEWED,
        category="dress", product_id="p",
    )  # fmt: skip
    synced.server.put(old)
    assert not synced.client.sync_once().rebuilt
    assert synced.client.cache.record("web_activity", "web-1") is None
    entered = [record for record in history(9) if record.kind != "visit"]  # one of her records is gone meanwhile
    synced.server.put(*entered)
    assert not synced.client.sync_once().rebuilt
    assert synced.client.cache.fetched_at("customer-9") is None
    assert len(synced.client.cache.customer_range("customer-9")) == len(entered)


def test_a_device_that_fell_behind_starts_over(synced: World) -> None:
    """Told that what it missed is gone, it pulls from the start, tells why, and keeps what is unsent."""
    synced.client.submit(note(7), "staff-1", hold_seconds=600)
    synced.server.behind = True
    report = synced.client.sync_once()
    assert report.error is None
    assert report.rebuilt
    assert synced.server.rebuilt == ["fell_behind"]
    assert synced.client.cache.digests() == synced.server.digests()
    assert synced.client.status().held == 1
