"""Time is injected everywhere; these are the clocks that processes are given."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime in UTC."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Return a moment as whole microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Return the moment of `micros`."""
    return EPOCH + timedelta(microseconds=value)


def system_clock() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)


def steady() -> float:
    """Return seconds on a clock that no setting of the time moves, and that goes on while the machine sleeps."""
    return time.clock_gettime(_STEADY) if _STEADY is not None else time.monotonic()


_STEADY: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""Linux and Android stop CLOCK_MONOTONIC in sleep, Apple's systems do not."""


class OffsetFileClock:
    """The machine's time shifted by what a small file says, so that several processes of a demo share one movable clock.

    The file holds `{"offset_seconds": number}` and is replaced as a whole, so it is read again when it is another file
    than before; a missing or torn one keeps the last offset that could be read (0 at first).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta()
        self._read = (-1, -1)
        self._reading = threading.Lock()

    def __call__(self) -> datetime:
        # Whoever comes while another thread reads must wait for it: the offset of before the first reading is no time.
        with self._reading, suppress(OSError, ValueError, KeyError, TypeError):  # not there yet: the last one holds
            found = self._path.stat()
            if (found.st_ino, found.st_mtime_ns) != self._read:
                self._offset = timedelta(seconds=float(json.loads(self._path.read_text())["offset_seconds"]))
                self._read = (found.st_ino, found.st_mtime_ns)
        return system_clock() + self._offset

    @staticmethod
    def write(path: Path, offset: timedelta) -> None:
        """Set the shared offset, replacing the file in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        temporary.replace(path)
