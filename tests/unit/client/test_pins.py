"""PINs are checked on the device, and guessing them is slow and ends."""

import pytest

from sync.client import PinOutcome
from sync.errors import NotAllowed
from tests.unit.client.build import PIN, World


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
