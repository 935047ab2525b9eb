"""What lies on the disk: nothing a thief could read, nothing a crash could lose."""

from tests.unit.client.build import World, customer, history, message, note
from tests.unit.client.fake import SHOP

_NAMES = (
    "髙橋",
    "美咲",
    "タカハシ",
    "ミサキ",
    "+8190",
    "@example.jp",
    "内緒",
    "ご来店のお礼",
    "token-1",
    "5a5a5a5a",
    "909090",
)


def test_no_name_phone_or_word_is_on_the_disk(synced: World) -> None:
    """After a day of use no file of the data folder holds a name, number, address or word of hers, nor a key or token."""
    from sync.model.commands import RegisterCustomer

    synced.server.down = True
    synced.client.submit(note(1, "内緒のメモ"), "staff-1")
    recalled = synced.client.submit(message(body="内緒の手紙"), "staff-1", hold_seconds=10)
    synced.client.recall(recalled)
    newcomer = RegisterCustomer(
        customer_id="new-1",
        shop_id=SHOP,
        family_name="髙橋内緒",
        given_name="美咲",
        phone="+81909090",
        email="x@example.jp",
    )
    synced.client.submit(newcomer, "staff-1")
    while_waiting = b"".join(path.read_bytes() for path in (synced.folder / "data").rglob("*") if path.is_file())
    synced.server.down = False
    synced.client.sync_once()
    synced.server.put(customer(2, family_name="髙橋内緒"))
    synced.client.sync_once()
    synced.client.cache.search_customers("髙橋")
    open_files = b"".join(path.read_bytes() for path in (synced.folder / "data").rglob("*") if path.is_file())
    synced.client.close()
    closed = b"".join(path.read_bytes() for path in (synced.folder / "data").rglob("*") if path.is_file())
    for disk in (while_waiting, open_files, closed):
        assert len(disk) > 50_000
        for word in _NAMES:
            assert word.encode() not in disk, word
    assert "リネンワンピース".encode() in closed  # the catalogue is not secret, and the search above does find things


def test_a_copied_data_folder_does_not_open(synced: World) -> None:
    """Without the key file the data folder shows no customer and sends nothing; unsent work waits for its key."""
    synced.server.down = True
    synced.client.submit(note(), "staff-1")
    key = synced.folder / "keys" / "device.json"
    kept = key.read_bytes()
    synced.client.close()
    key.unlink()
    synced.client = synced._client()
    assert not synced.client.enrolled
    assert synced.client.cache.customer_range("customer-1") == []
    assert synced.client.cache.search_customers("髙橋") == []
    assert synced.client.cache.product("product-1") is not None
    synced.client.close()
    key.write_bytes(kept)
    synced.client = synced._client()
    assert synced.client.status().waiting == 1
    synced.server.down = False
    synced.client.sync_once()
    assert len(synced.server.commands) == 1


def test_enrolling_anew_keeps_what_cannot_be_read_and_says_so(synced: World) -> None:
    """After the key was lost the device can be enrolled again; old unsent commands are reported, new ones go."""
    synced.server.down = True
    synced.client.submit(note(1), "staff-1")
    synced.client.close()
    (synced.folder / "keys" / "device.json").unlink()
    synced.client = synced._client()
    synced.server.down = False
    synced.client.enrol("CODE-CODE")
    synced.client.submit(note(2), "staff-1")
    synced.client.sync_once()
    synced.client.sync_once()
    assert len(synced.client.cache.customer_range("customer-1")) == 6
    assert [one.command.type for one in synced.server.commands] == ["log_interaction"]
    status = synced.client.status()
    assert "unsent_unreadable" in status.messages
    assert status.waiting == 1


def test_killed_between_the_outbox_and_the_effect(synced: World) -> None:
    """A command that was kept, though the process died before its effect was shown, shows it after the restart."""
    from sync.client.outbox import Outbox, Pending

    synced.server.down = True
    pending = Pending(id="command-x", staff_id="staff-1", device_time=synced.clock(), command=note())
    Outbox(synced.client._device).add(pending, not_before=None)
    assert len(synced.client.cache.customer_range("customer-1")) == 5
    synced.reopen()
    assert len(synced.client.cache.customer_range("customer-1")) == 6
    synced.server.down = False
    synced.client.sync_once()
    assert [one.id for one in synced.server.commands] == ["command-x"]


def test_an_effect_survives_a_rebuilt_cache(synced: World) -> None:
    """The cache was thrown away with work unsent: the effects are shown over the empty cache, then over the new one."""
    from sync.model.commands import RegisterCustomer

    synced.server.down = True
    synced.client.submit(RegisterCustomer(customer_id="new-1", shop_id=SHOP, family_name="新垣"), "staff-1")
    synced.client.submit(note(customer_id="new-1"), "staff-1")
    synced.client.close()
    synced.cache_file.unlink()
    synced.reopen()
    assert [one.kind for one in synced.client.cache.customer_range("new-1")] == ["customer", "interaction"]
    assert [one.id for one in synced.client.cache.search_customers("新垣")] == ["new-1"]
    synced.server.down = False
    synced.client.sync_once()
    assert [one.kind for one in synced.client.cache.customer_range("new-1")] == ["customer", "interaction"]
    assert len(synced.client.cache.customer_range("customer-1")) == 5
    assert [one.id for one in synced.client.cache.search_customers("新垣")] == ["new-1"]


def test_a_refused_registration_is_gone_from_the_search(synced: World) -> None:
    """She is not found any more, and the refusal is kept for staff."""
    from sync.model.commands import RegisterCustomer

    synced.server.refuse = {"register_customer": "exists"}
    synced.client.submit(RegisterCustomer(customer_id="new-1", shop_id=SHOP, family_name="新垣"), "staff-1")
    assert [one.id for one in synced.client.cache.search_customers("新垣")] == ["new-1"]
    synced.client.sync_once()
    assert synced.client.cache.search_customers("新垣") == []
    assert synced.client.cache.customer_range("new-1") == []


def test_a_damaged_device_file_keeps_what_can_be_read(synced: World) -> None:
    """Even `device.db` broken in one place gives up its other rows: unsent work and the enrolment."""
    synced.server.down = True
    for number in range(200):
        synced.client.submit(note(number, "長いメモ" * 200), "staff-1")
    synced.client.close()
    file = synced.folder / "data" / "device.db"
    torn = bytearray(file.read_bytes())
    middle = len(torn) // 2 // 4096 * 4096
    torn[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(torn)
    synced.reopen()
    assert synced.client.enrolled
    assert synced.client.status().waiting > 0
    synced.server.down = False
    assert synced.client.sync_once().pushed == len(synced.server.commands) > 0
    assert history(1)[0] == synced.client.cache.record("customer", "customer-1")
