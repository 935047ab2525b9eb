"""A device that was revoked (lost, stolen, sold) holds nobody any more, and loses no work."""

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
