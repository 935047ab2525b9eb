"""The key of a scope is lent: it goes at the end of the lease, whatever the clock is made to say, and comes back."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from sync.clock import micros
from sync.errors import Offline, Unavailable
from sync.model.commands import RegisterCustomer
from sync.sealed.vault import wrap
from tests.unit.client.build import PIN, World, note
from tests.unit.client.fake import SHOP


def wait(world: World, **by: float) -> None:
    """Time passes, as every clock shows it."""
    world.clock.advance(**by)
    world.uptime += timedelta(**by).total_seconds()


def offline_round(world: World) -> None:
    """Do what the sync thread does every half minute without a network."""
    world.server.down = True
    assert isinstance(world.client.sync_once().error, Offline)
    world.server.down = False


def is_shut(world: World) -> bool:
    """Say whether nothing of customers can be read, by anything the screens ask."""
    cache = world.client.cache
    said = "lease_over" in world.client.status().messages
    read = [
        cache.search_customers("髙橋"),
        cache.exact_customers("100001"),
        cache.customer_range("customer-1"),
        cache.records("customer"),
        cache.records("order"),
        cache.record("customer", "customer-1"),
        cache.membership_key("0102030405060708ff"),
    ]
    assert said != any(read), "it says that it is shut, and is not, or the other way round"
    return said


def test_the_key_goes_when_the_lease_is_over(synced: World) -> None:
    """72 hours after the last contact nothing of customers can be read, and no key is on the disk or in a journal."""
    key = wrap(synced.client._keys.wrapping_key, b"\x5a" * 32)
    assert any(key in path.read_bytes() for path in synced.files())
    wait(synced, hours=71, minutes=59)
    offline_round(synced)
    assert not is_shut(synced)
    wait(synced, minutes=1)
    offline_round(synced)
    assert is_shut(synced)
    assert synced.client.enrolled
    assert not any(key in path.read_bytes() for path in synced.files())


def test_the_shop_goes_on_without_customers(synced: World) -> None:
    """While it is shut staff sign in, look at catalogue and stock, and take down notes and newcomers; also after a restart."""
    wait(synced, hours=73)
    offline_round(synced)
    for _ in range(2):
        assert synced.client.check_pin("staff-1", PIN).ok
        assert not synced.client.check_pin("staff-1", "111111").ok
        assert synced.client.cache.search_products("リネン")
        assert synced.client.cache.stock_of(["variant-1"])
        with pytest.raises(Unavailable) as caught:
            synced.client.fetch_customer("customer-1")
        assert caught.value.params == {"reason": "lease_over"}
        assert is_shut(synced)
        synced.reopen()
    synced.client.submit(note(), "staff-1")
    newcomer = RegisterCustomer(customer_id="new-1", shop_id=SHOP, family_name="新垣")
    synced.client.submit(newcomer, "staff-1")
    assert synced.client.cache.record("customer", "new-1") is not None, "who was just taken down can be worked with"
    assert synced.client.status().waiting == 2


def test_the_next_contact_opens_it_again(synced: World) -> None:
    """The first round that reaches the server opens the cache as it was, without fetching it anew, and sends what waited."""
    wait(synced, hours=100)
    offline_round(synced)
    synced.client.submit(note(), "staff-1")
    synced.server.pulls.clear()
    report = synced.client.sync_once()
    assert (report.error, report.pushed, report.rebuilt) == (None, 1, False)
    assert synced.server.pulls[0].cursor > 0
    assert not is_shut(synced)
    assert synced.client.cache.search_customers("髙橋")
    synced.reopen()
    assert not is_shut(synced)


def test_it_stays_shut_where_the_server_lends_no_key(synced: World) -> None:
    """A contact that brings no key opens nothing, and nothing is sent or taken in meanwhile."""
    wait(synced, hours=73)
    synced.server.fail_lease = Unavailable()
    assert isinstance(synced.client.sync_once().error, Unavailable)
    assert is_shut(synced)


def test_each_sync_renews_it(synced: World) -> None:
    """The 72 hours count from the last sync that reached the server."""
    wait(synced, hours=48)
    assert synced.client.sync_once().error is None
    wait(synced, hours=71)
    synced.reopen()
    offline_round(synced)
    assert not is_shut(synced)
    wait(synced, hours=1)
    offline_round(synced)
    assert is_shut(synced)


def test_the_server_says_how_long(synced: World) -> None:
    """The length is the server's to set; a shorter one holds from the next sync on."""
    synced.server.lease_seconds = 3600
    assert synced.client.sync_once().error is None
    wait(synced, hours=1)
    offline_round(synced)
    assert is_shut(synced)


@pytest.mark.parametrize("back", [timedelta(minutes=4), timedelta(hours=3), timedelta(days=9)])
def test_a_clock_set_back_gains_nothing(synced: World, back: timedelta) -> None:
    """Whoever sets the clock back while the tablet runs has the key no minute longer."""
    wait(synced, hours=36)
    offline_round(synced)
    synced.clock.now -= back
    wait(synced, hours=35, minutes=59)
    offline_round(synced)
    assert not is_shut(synced)
    wait(synced, minutes=1)
    offline_round(synced)
    assert is_shut(synced)


def test_a_clock_set_back_again_and_again_gains_nothing(synced: World) -> None:
    """Nor does one that is set back every hour to where it was an hour ago."""
    for _ in range(72):
        wait(synced, hours=1)
        synced.clock.advance(hours=-1)
        offline_round(synced)
    assert is_shut(synced)


def test_a_clock_set_back_while_it_is_off_ends_the_lease(synced: World) -> None:
    """Nobody can tell how long it was off: it stays shut, also once the clock is right again, until the server is reached."""
    wait(synced, hours=10)
    offline_round(synced)
    synced.clock.advance(hours=-2)
    synced.reopen()
    assert is_shut(synced)
    synced.clock.advance(hours=3)
    synced.reopen()
    assert is_shut(synced)
    assert synced.client.sync_once().error is None
    assert not is_shut(synced)


def test_a_clock_put_right_by_minutes_ends_nothing(synced: World) -> None:
    """Tablets' clocks are corrected now and then: by up to five minutes that changes nothing."""
    wait(synced, hours=10)
    offline_round(synced)
    synced.clock.advance(minutes=-4)
    synced.reopen()
    assert not is_shut(synced)


def test_a_clock_set_forward_ends_it_and_the_server_puts_it_right(synced: World) -> None:
    """A clock that jumped ahead shuts the cache; the next contact opens it by the server's time, and it lasts as long."""
    synced.clock.advance(days=4)
    offline_round(synced)
    assert is_shut(synced)
    synced.clock.advance(days=-4)
    assert synced.client.sync_once().error is None
    wait(synced, hours=71)
    synced.reopen()
    assert not is_shut(synced)
    wait(synced, hours=2)
    offline_round(synced)
    assert is_shut(synced)


def test_a_lease_that_ended_while_it_was_off_opens_nothing(synced: World) -> None:
    """A tablet that is switched on after its lease has ended never opens its customers."""
    wait(synced, hours=80)
    synced.reopen()
    assert is_shut(synced)
    assert synced.client.check_pin("staff-1", PIN).ok


def test_after_thirty_days_the_cache_goes_too(synced: World) -> None:
    """Thirty days without a contact and nothing sealed is left; what was not sent outlives it and goes when it is back."""
    synced.client.submit(note(text="紺がお好き"), "staff-1")
    part = synced.folder / "data" / "snapshot" / "x.part"
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(b"sealed")
    wait(synced, days=29, hours=23)
    offline_round(synced)
    assert rows(synced) > 0
    wait(synced, hours=1)
    offline_round(synced)
    assert rows(synced) == 0
    assert not part.exists()
    assert synced.client.status().messages.count("lease_long_over") == 1
    synced.reopen()
    assert synced.client.enrolled
    assert synced.client.status().waiting == 1
    report = synced.client.sync_once()
    assert (report.error, report.pushed) == (None, 1)
    assert synced.client.cache.search_customers("髙橋")
    assert "lease_long_over" not in synced.client.status().messages


def test_a_device_of_before_begins_a_lease(synced: World) -> None:
    """One that was enrolled when keys were not lent counts from its first start."""
    synced.client.close()
    with closing(sqlite3.connect(synced.folder / "data" / "device.db")) as conn, conn:
        conn.execute("DELETE FROM meta WHERE name LIKE 'lease%'")
    synced.client = synced._client()
    assert not is_shut(synced)
    wait(synced, hours=72)
    offline_round(synced)
    assert is_shut(synced)


def test_the_latest_time_seen_is_on_the_disk(synced: World) -> None:
    """It is what a restart goes by: at most a minute behind."""
    wait(synced, hours=5)
    offline_round(synced)
    seen = int(synced.client._device.get("lease_seen") or 0)
    assert seen == micros(synced.clock.now)


def rows(world: World) -> int:
    with closing(sqlite3.connect(world.cache_file)) as conn:
        return int(conn.execute("SELECT count(*) FROM customer_range").fetchone()[0])
