"""A device that was revoked (lost, stolen, sold) holds nobody any more, and loses no work."""

from sync.client.live import POLL_SECONDS
from sync.errors import DeviceRevoked
from sync.protocol import PushRequest
from tests.unit.client.build import World, note


def revoke(world: World) -> None:
    """The server answers this device as it answers a revoked one."""
    world.server.fail_push = _revoked


def _revoked(_request: PushRequest) -> DeviceRevoked:
    return DeviceRevoked()


def test_a_revoked_device_forgets_its_customers(synced: World) -> None:
    """At the first contact the keys and the cache are gone, on the disk too, and nobody is found any more."""
    assert synced.client.cache.search_customers("髙橋")
    synced.client.submit(note(), "staff-1")
    revoke(synced)
    assert isinstance(synced.client.sync_once().error, DeviceRevoked)
    assert not synced.client.enrolled
    assert synced.client.cache.search_customers("髙橋") == []
    assert synced.client.cache.customer_range("customer-1") == []
    assert "revoked" in synced.client.status().messages
    assert not list(synced.cache_file.parent.glob("cache.db.aside*"))
    synced.reopen()
    assert not synced.client.enrolled
    assert synced.client.cache.customer_range("customer-1") == []


def test_what_it_could_not_send_goes_when_it_is_enrolled_again(synced: World) -> None:
    """A note that waited is sent once, after a new code was entered, and the customers are there again."""
    synced.client.submit(note(text="紺がお好き"), "staff-1")
    revoke(synced)
    synced.client.sync_once()
    assert synced.client.status().waiting == 1
    synced.server.fail_push = None
    synced.client.enrol("CODE-2222")
    assert synced.client.sync_once().error is None
    assert [one.command.type for one in synced.server.commands] == ["log_interaction"]
    assert synced.client.status().waiting == 0
    assert synced.client.cache.search_customers("髙橋")


def test_it_hears_of_it_by_asking_too(synced: World) -> None:
    """Without a live channel and with nothing to send, the next round says so, and rounds are less than a minute apart."""
    synced.server.fail_pull = lambda _request: DeviceRevoked()
    assert isinstance(synced.client.sync_once().error, DeviceRevoked)
    assert not synced.client.enrolled
    assert POLL_SECONDS < 60


def test_a_wipe_that_was_cut_short_is_finished(synced: World) -> None:
    """Switched off between giving up its keys and emptying the cache, it empties the cache when it is switched on."""
    synced.client._device.forget_keys(revoked="1")
    assert synced.cache_file.stat().st_size > 0
    synced.reopen()
    assert not synced.client.enrolled
    assert synced.client.cache.position().epoch is None
    assert "revoked" in synced.client.status().messages


def test_it_says_why_after_a_restart(synced: World) -> None:
    """Who switches it on a week later reads that it was revoked, not only that it has not joined; joining again ends that."""
    revoke(synced)
    synced.client.submit(note(), "staff-1")
    synced.client.sync_once()
    synced.reopen()
    assert "revoked" in synced.client.status().messages
    synced.server.fail_push = None
    synced.client.enrol("CODE-2222")
    assert synced.client.sync_once().error is None
    assert "revoked" not in synced.client.status().messages
