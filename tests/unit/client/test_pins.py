"""PINs are checked on the device, and guessing them is slow and ends."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sync.client import PinOutcome
from sync.client.device import Device
from sync.client.device_schema import STEPS
from sync.errors import NotAllowed
from sync.model.shop import StaffPin
from tests.unit.client.build import CHEAP, PIN, World


def _fail(world: World, times: int) -> None:
    for _ in range(times):
        world.clock.advance(minutes=11)
        world.client.check_pin("staff-1", "000000")


def test_right_and_wrong(synced: World) -> None:
    """The right PIN opens without a network; a wrong one says how many tries are left."""
    synced.server.down = True
    assert synced.client.check_pin("staff-1", PIN).ok
    wrong = synced.client.check_pin("staff-1", "000000")
    assert (wrong.outcome, wrong.wait_seconds, wrong.tries_left) == (PinOutcome.WRONG, 0, 9)


def test_unknown_people(synced: World) -> None:
    """Nobody signs in who is not known here, or has no PIN here."""
    assert synced.client.check_pin("nobody", PIN).outcome is PinOutcome.UNKNOWN
    assert synced.client.check_pin("staff-2", PIN).outcome is PinOutcome.UNKNOWN


def test_five_failures_delay(synced: World) -> None:
    """After five wrong ones even the right one waits, also after a restart; the wait grows."""
    for _ in range(4):
        assert synced.client.check_pin("staff-1", "000000").wait_seconds == 0
    assert synced.client.check_pin("staff-1", "000000").wait_seconds == 30
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.DELAYED
    assert synced.reopen().check_pin("staff-1", PIN).outcome is PinOutcome.DELAYED
    synced.clock.advance(seconds=31)
    assert synced.client.check_pin("staff-1", "000000").wait_seconds == 60
    synced.clock.advance(seconds=61)
    assert synced.client.check_pin("staff-1", PIN).ok
    assert synced.client.check_pin("staff-1", "000000").tries_left == 9


def test_a_clock_set_back_does_not_lengthen_the_wait(synced: World) -> None:
    """The wait is never longer than its own length."""
    _fail(synced, 5)
    synced.clock.advance(hours=-5)
    assert synced.client.check_pin("staff-1", PIN).wait_seconds <= 30


def test_ten_failures_lock_until_a_manager_unlocks(synced: World) -> None:
    """The tenth locks, for however long and over restarts; another person who is a manager unlocks."""
    _fail(synced, 10)
    synced.clock.advance(days=3)
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.LOCKED
    assert synced.reopen().check_pin("staff-1", PIN).outcome is PinOutcome.LOCKED
    for who in ("staff-1", "staff-3", "nobody"):
        with pytest.raises(NotAllowed):
            synced.client.unlock_pin("staff-1", who)
    synced.client.unlock_pin("staff-1", "staff-2")
    assert synced.client.check_pin("staff-1", PIN).ok


@pytest.mark.parametrize("pin", ["", "\ud800", "x" * 10_000, "246810 ", "\x00"])
def test_strange_pins_are_wrong_ones(synced: World, pin: str) -> None:
    """Whatever is typed is just wrong."""
    assert synced.client.check_pin("staff-1", pin).outcome is PinOutcome.WRONG


def test_a_new_pin_starts_anew(synced: World) -> None:
    """Who is locked out and is given another PIN by head office gets in with it, without any manager."""
    _fail(synced, 10)
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.LOCKED
    synced.server.put(StaffPin(id="pin-1", staff_id="staff-1", pin_hash=CHEAP.hash("135799")))
    synced.client.sync_once()
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.WRONG
    assert synced.client.check_pin("staff-1", "135799").ok


def test_counts_of_an_older_version_of_the_file_still_hold(tmp_path: Path) -> None:
    """A lock that was kept before counters named their PIN is a lock after the update."""
    path = tmp_path / "device.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(f"BEGIN; {STEPS[0]} INSERT INTO pin_counter VALUES ('staff-1', 10, 0, 1);"
                           " PRAGMA user_version = 1; COMMIT;")  # fmt: skip
    device = Device(path, bytes(32))
    assert device.rows("SELECT locked, pin FROM pin_counter WHERE staff_id = 'staff-1'") == [(1, "")]
    device.close()
