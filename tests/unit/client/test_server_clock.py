"""The server's time, as far as a device can know it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.client.device import Device
from sync.client.server_clock import ServerClock
from tests.unit.client.build import World
from tests.unit.client.fake import START, ManualClock


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "device.db", bytes(32))
    yield device
    device.close()


def test_an_answer_corrects_by_the_middle_of_the_round_trip(device: Device) -> None:
    """The server spoke somewhere between sending and receiving: half way is the best guess. It is kept over a restart."""
    local = ManualClock()
    clock = ServerClock(local, device)
    clock.observe(START + timedelta(minutes=3), START - timedelta(seconds=1), START)
    assert clock.skew == timedelta(minutes=3, seconds=0.5)
    assert clock() == START + timedelta(minutes=3, seconds=0.5)
    assert ServerClock(local, device).skew == clock.skew


def test_a_slow_answer_does_not_spoil_a_good_estimate(device: Device) -> None:
    """A page that took eight seconds to come tells the time badly."""
    local = ManualClock()
    clock = ServerClock(local, device)
    clock.observe(START, START, START)
    clock.observe(START + timedelta(seconds=8), START, START + timedelta(seconds=8))
    assert clock.skew == timedelta()
    local.advance(minutes=20)
    clock.observe(local() + timedelta(seconds=4), local() - timedelta(seconds=8), local())
    assert clock.skew == timedelta(seconds=8)


def test_time_does_not_run_back_while_offline(device: Device) -> None:
    """A clock set back by a thief or a flat battery stays at the last time the server said."""
    local = ManualClock()
    clock = ServerClock(local, device)
    clock.observe(START, START, START)
    local.advance(days=-3)
    assert clock() == START
    assert ServerClock(local, device)() == START


def test_the_server_may_say_an_earlier_time(device: Device) -> None:
    """What the server says last holds, also when it is earlier than before."""
    local = ManualClock()
    clock = ServerClock(local, device)
    clock.observe(START + timedelta(hours=5), START, START)
    clock.observe(START, START, START)
    assert clock() == START


def test_long_silence_is_said(synced: World) -> None:
    """After a day and a half without the server, the clocks may differ by more than a code allows."""
    assert synced.client.status().messages == ()
    synced.clock.advance(hours=24)
    assert synced.client.status().messages == ()
    synced.clock.advance(hours=12)
    assert synced.client.status().messages == ("clock_drift",)
    synced.client.sync_once()
    assert synced.client.status().messages == ()
