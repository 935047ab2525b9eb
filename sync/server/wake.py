"""Wakes a process when another one has numbered changes (PostgreSQL). On SQLite nothing can: there one has to look.

NOTIFY only wakes: one that is lost (the connection broke, or a pooler in transaction mode stands between) costs the time until
the next look, and nothing else.
"""

import random
import threading
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import Engine, text

from sync.server.feed import CHANNEL

log = structlog.get_logger(__name__)

_CHECK_SECONDS = 1.0
_QUIET_CHECKS = 30
"""After so many checks without a word the connection is tried: a dead one would be silent for ever."""
_MOST_BACK_OFF = 30.0


class Listener:
    """A thread with a connection of its own, made anew whenever it breaks.

    `heard` is called from that thread with the head of the feed, and with 0 after a connection: what was said before went by.
    """

    def __init__(self, engine: Engine, heard: Callable[[int], object], *, jitter: Callable[[], float] = random.random):
        self._engine = engine
        self._heard = heard
        self._jitter = jitter
        self._stopping = threading.Event()

    def start(self) -> None:
        """Listen until `stop`; nothing on SQLite."""
        if self._engine.dialect.name == "postgresql":
            threading.Thread(target=self._run, name="clienteling-listen", daemon=True).start()

    def stop(self) -> None:
        """End within a moment, without waiting for it."""
        self._stopping.set()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                self._listen()
                failures = 0
            except Exception as error:  # whatever it is, the look goes on without us until it is over
                if self._stopping.is_set():
                    return
                failures += 1
                log.warning("listening_failed", error=type(error).__name__, failures=failures)
                most = min(_MOST_BACK_OFF, 0.5 * 2 ** min(failures - 1, 10))
                self._stopping.wait(most * (0.5 + 0.5 * self._jitter()))

    def _listen(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.detach()  # it must not go back to the pool while it listens
            conn.execute(text(f"LISTEN {CHANNEL}"))
            connection: Any = conn.connection.dbapi_connection
            self._heard(0)
            quiet = 0
            while not self._stopping.is_set():
                quiet += 1
                for notice in connection.notifies(timeout=_CHECK_SECONDS, stop_after=1):
                    quiet = 0
                    self._heard(int(notice.payload) if notice.payload.isdigit() else 0)
                if quiet >= _QUIET_CHECKS:
                    conn.execute(text("SELECT 1"))
                    quiet = 0
