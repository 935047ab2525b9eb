"""What a revoked device could not send is left at the server, sealed for it, and stays on the device too."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.client.device_schema import STEPS
from sync.errors import Conflict, DeviceRevoked, Offline, WrongProtocol
from sync.sealed.box import open_box
from sync.sealed.lease import WORK_USE
from tests.unit.client.build import World, note
from tests.unit.client.fake import SERVER_KEY, SHOP


def revoke(world: World) -> None:
    world.server.fail_push = lambda _request: DeviceRevoked()
    world.server.fail_pull = lambda _request: DeviceRevoked()


def left(world: World) -> list[str]:
    """Return the texts of the notes that the server was left, opened with its key."""
    boxes = [open_box(SERVER_KEY, WORK_USE, one.id, bytes.fromhex(one.sealed)) for one in world.server.left]
    return [json.loads(plain)["command"]["text"] for plain in boxes]


def test_what_waits_is_left_at_the_server_once(synced: World) -> None:
    """With the answer that revokes it, everything that waits goes, in its order, what is held included; and only once."""
    for number in range(120):
        synced.client.submit(note(number, f"メモ{number}"), "staff-1", hold_seconds=60 if number == 7 else 0)
    revoke(synced)
    synced.client.sync_once()
    assert left(synced) == [f"メモ{number}" for number in range(120)]
    assert synced.server.commands == [], "nothing of it was pushed"
    synced.reopen()
    synced.client.sync_once()
    assert len(synced.server.left) == 120
    assert {"revoked", "unsent_handed_over"} <= set(synced.client.status().messages)
    status = synced.client.status()
    assert (status.waiting, status.held) == (119, 1), "it is all here still"


def test_it_is_left_later_where_the_line_breaks(synced: World) -> None:
    """A broken line loses nothing: a later round, after a restart too, leaves what is still here."""
    synced.client.submit(note(), "staff-1")
    revoke(synced)
    synced.server.fail_push = lambda _request: _down(synced)
    synced.client.sync_once()
    assert synced.server.left == []
    assert "unsent_handed_over" not in synced.client.status().messages
    synced.reopen()
    synced.server.down = False
    synced.client.sync_once()
    assert left(synced) == ["紺がお好き"]


def _down(world: World) -> DeviceRevoked:
    world.server.down = True
    return DeviceRevoked()


def test_a_lost_key_does_not_lose_it(synced: World) -> None:
    """Where the device's own seal opens no more, the one for the server still does."""
    synced.client.submit(note(), "staff-1")
    _change(synced, "UPDATE outbox SET payload = CAST(x'0001' || randomblob(40) AS BLOB)")
    revoke(synced)
    synced.client.sync_once()
    assert left(synced) == ["紺がお好き"]


def test_work_of_before_the_server_had_a_key_goes_too(synced: World) -> None:
    """What was kept without a seal for the server gets one when it is handed over."""
    synced.client.submit(note(), "staff-1")
    _change(synced, "UPDATE outbox SET for_server = NULL")
    revoke(synced)
    synced.client.sync_once()
    assert left(synced) == ["紺がお好き"]


def test_an_answered_command_leaves_no_seal_behind(synced: World) -> None:
    """Once the server has answered, the copy that is sealed for it is gone from the disk."""
    synced.client.submit(note(), "staff-1")
    (box,) = (row[0] for row in synced.client._device.rows("SELECT for_server FROM outbox"))
    assert box is not None
    assert synced.client.sync_once().error is None
    assert synced.client._device.rows("SELECT count(*) FROM outbox WHERE for_server IS NOT NULL") == [(0,)]


def test_a_device_that_takes_part_leaves_nothing(synced: World) -> None:
    """Offline or online, only a revoked device hands anything over."""
    synced.client.submit(note(), "staff-1")
    synced.server.down = True
    assert isinstance(synced.client.sync_once().error, Offline)
    synced.server.down = False
    assert synced.client.sync_once().error is None
    assert "hand_over" not in synced.server.calls


def _change(world: World, statement: str) -> None:
    world.client.close()
    with closing(sqlite3.connect(world.folder / "data" / "device.db")) as conn, conn:
        conn.execute(statement)
    world.client = world._client()


def test_unsent_work_is_carried_over_to_the_same_shop_only(synced: World) -> None:
    """Another shop's code is refused while work waits, and so is another server; nothing changes, and the own shop's code
    still carries the work over."""
    synced.client.submit(note(), "staff-1")
    synced.server.shop = "shop-umeda"
    with pytest.raises(Conflict):
        synced.client.enrol("CODE-3333")
    synced.server.shop, synced.server.server_key = SHOP, X25519PrivateKey.generate()
    with pytest.raises(Conflict):
        synced.client.enrol("CODE-4444")
    synced.server.server_key = SERVER_KEY
    assert synced.client.shop_id == SHOP
    assert synced.client.status().waiting == 1
    assert synced.client.cache.search_customers("髙橋")
    synced.client.enrol("CODE-5555")
    assert synced.client.sync_once().pushed == 1
    synced.server.shop = "shop-umeda"
    synced.client.enrol("CODE-6666")
    assert synced.client.shop_id == "shop-umeda"


def test_a_program_of_before_leaves_the_file_as_it_is(synced: World) -> None:
    """A downgrade is refused with words, and unsent work is all there once the newer program is back."""
    synced.client.submit(note(), "staff-1")
    synced.client.close()
    path = synced.folder / "data" / "device.db"
    _pragma(path, len(STEPS) + 1)
    before = path.read_bytes()
    with pytest.raises(WrongProtocol, match="newer version of this program: update it"):
        synced._client()
    assert path.read_bytes() == before
    _pragma(path, len(STEPS))
    synced.client = synced._client()
    assert synced.client.sync_once().pushed == 1


def _pragma(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"PRAGMA user_version = {version}")
        conn.commit()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
