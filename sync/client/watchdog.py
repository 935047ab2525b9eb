"""Says when sync should move and does not, by a clock that nobody can set.

Being offline is no such case: there an attempt fails, and the next one is waited for. Here one neither fails nor moves.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 60.0
Monotonic = Callable[[], float]
"""Returns seconds that only ever grow; injected."""


class Activity:
    """Something that runs at times, and moves while it runs. Safe to use from several threads."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._moved_at: float | None = None
        self.stuck = False
        """It was found standing still, and has not moved since."""

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._lock:
            self._moved_at = self._monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._moved_at = None

    def moved(self) -> None:
        """Take note that it moved: rows or bytes came, or a word from the server."""
        with self._lock:
            self.stuck = False
            if self._moved_at is not None:
                self._moved_at = self._monotonic()

    def find_stuck(self, patience: float) -> bool:
        """Return whether it has stood still for too long, and give it as long again."""
        with self._lock:
            now = self._monotonic()
            if self._moved_at is None or now - self._moved_at < patience:
                return False
            self.stuck, self._moved_at = True, now
            return True


class Watchdog:
    """Over a round, which has to move rows or bytes, and the live channel, which has to be heard."""

    def __init__(self, monotonic: Monotonic, tear_down: Callable[[], None], changed: Callable[[], None]) -> None:
        self.round = Activity(monotonic)
        self.line = Activity(monotonic)
        self._tear_down = tear_down
        self._changed = changed

    @property
    def stuck(self) -> bool:
        """Whether staff should know that sync makes no progress."""
        return self.round.stuck or self.line.stuck

    def look(self) -> None:
        """Tear the connections down where something stands still: what waits on them fails and begins anew."""
        found = [name for name in ("round", "line") if getattr(self, name).find_stuck(PATIENCE_SECONDS)]
        if found:
            log.warning("no_progress", what=found)
            self._tear_down()
            self._changed()
