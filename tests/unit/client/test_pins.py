"""PINs are checked on the device, and guessing them is slow and ends."""

import sqlite3
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.client import PinOutcome
from sync.client.device import Device
from sync.client.device_schema import STEPS
from sync.errors import NotAllowed
from sync.model.commands import UnlockPin
from sync.model.shop import Staff, StaffPin
from sync.policy.badge import badge_code
from tests.unit.client.build import BADGE, CHEAP, PIN, World
from tests.unit.client.fake import SHOP


def _fail(world: World, times: int) -> None:
    for _ in range(times):
        world.wait(11 * 60)
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
    synced.wait(31)
    assert synced.client.check_pin("staff-1", "000000").wait_seconds == 60
    synced.wait(61)
    assert synced.client.check_pin("staff-1", PIN).ok
    assert synced.client.check_pin("staff-1", "000000").tries_left == 9


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_moved_clock_changes_no_wait(synced: World, hours: float) -> None:
    """Set back it does not lengthen the wait, set forward it does not end it, also over a restart."""
    _fail(synced, 5)
    synced.clock.advance(hours=hours)
    waiting = synced.client.check_pin("staff-1", PIN)
    assert (waiting.outcome, waiting.wait_seconds) == (PinOutcome.DELAYED, 30)
    synced.steady += 29
    assert synced.client.check_pin("staff-1", PIN).wait_seconds == 1
    again = synced.reopen().check_pin("staff-1", PIN)
    assert (again.outcome, again.wait_seconds) == (PinOutcome.DELAYED, 30)
    synced.steady += 30
    assert synced.client.check_pin("staff-1", PIN).ok


@pytest.mark.parametrize("days", [-400, 400])
def test_no_clock_opens_a_lock(synced: World, days: float) -> None:
    """Ten failures lock, wherever the clock is moved and however often the tablet starts; where the clock says that it was
    away for a month it knows nobody, until the server has told it again."""
    _fail(synced, 10)
    synced.clock.advance(days=days)
    tablet = synced.reopen()
    assert tablet.check_pin("staff-1", PIN).outcome is (PinOutcome.UNKNOWN if days > 30 else PinOutcome.LOCKED)
    tablet.sync_once()
    assert tablet.check_pin("staff-1", PIN).outcome is PinOutcome.LOCKED


def test_the_server_hears_who_unlocked_whom(synced: World) -> None:
    """A manager unlocks offline too; the command that puts it on record waits for the server."""
    _fail(synced, 10)
    synced.server.down = True
    synced.client.unlock_pin("staff-1", "staff-2")
    assert synced.client.check_pin("staff-1", PIN).ok
    synced.server.down = False
    synced.client.sync_once()
    assert [(one.staff_id, one.command) for one in synced.server.commands] == [
        ("staff-2", UnlockPin(locked_staff_id="staff-1"))
    ]


def test_a_contract_is_asked_offline(synced: World) -> None:
    """Nobody signs in before the first day or after the last one, by the shop's own midnight."""
    today = synced.clock.now.astimezone(ZoneInfo("Asia/Tokyo")).date()

    def contract(**days: date) -> None:
        person = Staff(id="staff-1", code="S1", family_name="佐藤", shop_id=SHOP, given_name="恵", **days)
        synced.server.put(person)
        assert synced.client.sync_once().error is None

    contract(starts_on=today + timedelta(days=1))
    synced.server.down = True
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.UNKNOWN
    synced.server.down = False
    contract(ends_on=today)
    synced.server.down = True
    assert synced.client.check_pin("staff-1", PIN).ok
    assert synced.client.badge_fits("staff-1", BADGE)
    synced.clock.now = datetime.combine(today, time(23, 59), ZoneInfo("Asia/Tokyo"))
    assert synced.client.check_pin("staff-1", PIN).ok
    synced.clock.advance(minutes=1)
    assert synced.client.check_pin("staff-1", PIN).outcome is PinOutcome.UNKNOWN
    assert not synced.client.badge_fits("staff-1", BADGE)


def test_a_badge_is_one_persons(synced: World) -> None:
    """A badge fits whose it is; a look-alike, somebody else's and a person without one fit nobody."""
    assert synced.client.badge_fits("staff-1", BADGE)
    assert not synced.client.badge_fits("staff-1", badge_code(bytes(16)))
    assert not synced.client.badge_fits("staff-2", BADGE)
    assert not synced.client.badge_fits("nobody", BADGE)


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
