"""The clock that several processes share through a file."""

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync.clock import OffsetFileClock, system_clock


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_is_told_the_time_before_the_offset_is_read(tmp_path: Path) -> None:
    """A second thread that asks while the first is still reading the file gets the shifted time, as the first does."""
    pipe = tmp_path / "clock.json"
    os.mkfifo(pipe)
    clock = OffsetFileClock(pipe)
    told: list[datetime] = []
    askers = [threading.Thread(target=lambda: told.append(clock()), daemon=True) for _ in range(2)]
    for asker in askers:
        asker.start()
    askers[1].join(0.2)  # a pipe without a writer holds its reader; a second asker that does not wait is done by now
    with pipe.open("w") as held:
        OffsetFileClock.write(pipe, timedelta(days=10))  # for whoever reads the file anew after this
        held.write('{"offset_seconds": 864000}')
    for asker in askers:
        asker.join(60)
    assert [abs(at - system_clock() - timedelta(days=10)) < timedelta(minutes=1) for at in told] == [True, True]


def test_a_moved_clock_is_moved_at_once(tmp_path: Path) -> None:
    """Whoever moved the clock and asks another process finds it moved there."""
    path = tmp_path / "clock.json"
    clock = OffsetFileClock(path)
    for days in (1, 2, -30):
        OffsetFileClock.write(path, timedelta(days=days))
        assert abs(clock() - system_clock() - timedelta(days=days)) < timedelta(minutes=1)


def test_a_torn_file_keeps_the_last_offset(tmp_path: Path) -> None:
    """A file that cannot be read is no reason to jump to another time."""
    path = tmp_path / "clock.json"
    clock = OffsetFileClock(path)
    OffsetFileClock.write(path, timedelta(days=-3))
    assert abs(clock() - system_clock() + timedelta(days=3)) < timedelta(minutes=1)
    path.write_text("{")
    assert abs(clock() - system_clock() + timedelta(days=3)) < timedelta(minutes=1)
