"""Threads around the synchronous core: they only wait, wake and back off."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog

from sync.client.loop import SyncReport, is_final
from sync.client.watchdog import Monotonic, Watchdog
from sync.clock import Clock
from sync.errors import ClientelingError
from sync.protocol import Changed

log = structlog.get_logger(__name__)

POLL_SECONDS = 45.0
"""A round happens this often even when the live channel says nothing: it may be dead without knowing, and a revoked device
has to hear of it within a minute."""
AGAIN_SECONDS = 0.5
"""After a round that found the server building a snapshot."""
WATCH_SECONDS = 5.0
STEADY_SECONDS = 10.0
"""A connection that lasted less has not worked: who lets us in and hangs up at once must not have us back at once."""
_FIRST_BACK_OFF, _MOST_BACK_OFF, _FINAL_BACK_OFF = 1.0, 30.0, 120.0

Pause = Callable[[threading.Event, float], object]
"""Waits for an event, for so many seconds at most; injected."""
Jitter = Callable[[], float]
"""Returns a number from 0 to 1; injected."""


def back_off(failures: int, jitter: Jitter, *, final: bool = False) -> float:
    """Return how many seconds to wait after so many failures in a row: doubling, capped, spread by half."""
    most = _FINAL_BACK_OFF if final else min(_MOST_BACK_OFF, _FIRST_BACK_OFF * 2 ** min(failures - 1, 10))
    return most * (0.5 + 0.5 * jitter())


class Live:
    """Four threads: one syncs, one listens to the server, one fetches pictures, one watches that the others move.

    One that dies of an error of ours is begun anew.
    """

    def __init__(
        self,
        *,
        sync_once: Callable[[], SyncReport],
        events: Callable[[], Iterator[Changed]],
        heard: Callable[[Changed], bool],
        next_release: Callable[[], datetime | None],
        fetch_pictures: Callable[[Callable[[], bool]], None],
        clock: Clock,
        watchdog: Watchdog,
        jitter: Jitter = random.random,
        monotonic: Monotonic = time.monotonic,
        pause: Pause = threading.Event.wait,
    ) -> None:
        self._sync_once = sync_once
        self._events = events
        self._heard = heard
        self._next_release = next_release
        self._fetch_pictures = fetch_pictures
        self._clock = clock
        self._watchdog = watchdog
        self._jitter = jitter
        self._monotonic = monotonic
        self._pause = pause
        self._wake = threading.Event()
        self._pictures = threading.Event()
        self._listen_again = threading.Event()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        parts = {"sync": self._sync, "live": self._listen, "pictures": self._picture, "watch": self._watch}
        for name, run in parts.items():
            thread = threading.Thread(target=self._keep, args=(run,), name=f"clienteling-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 5.0) -> None:
        """End the threads. The caller has closed the network before, so that none of them waits for it."""
        self.stopping()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout)
        self._threads.clear()

    def stopping(self) -> None:
        """Tell the threads to end, without waiting."""
        self._stop.set()
        self._wake.set()
        self._pictures.set()
        self._listen_again.set()

    def enrolled(self) -> None:
        """What was pointless before may work now: neither thread waits out its back-off."""
        self._wake.set()
        self._listen_again.set()

    def wake(self) -> None:
        """There is something to do: sync now."""
        self._wake.set()

    def want_pictures(self) -> None:
        """A screen asked for a picture that is not here."""
        self._pictures.set()

    def _keep(self, run: Callable[[], None]) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                run()
            except Exception:
                log.exception("sync_thread_failed", thread=threading.current_thread().name)
                failures += 1
                self._stop.wait(back_off(failures, self._jitter))

    def _watch(self) -> None:
        while not self._stop.wait(WATCH_SECONDS):
            self._watchdog.look()

    def _sync(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._wake.clear()
            report = SyncReport()
            try:
                report = self._sync_once()
                error = report.error
            except Exception:
                log.exception("sync_round_failed")  # a fault of ours: the shop goes on, the next round tries again
                error = ClientelingError()
            if error is None:
                if failures:
                    self._listen_again.set()  # the server is there again: the other thread need not wait to find out
                failures, wait = 0, AGAIN_SECONDS if report.again_soon else POLL_SECONDS
                self._pictures.set()
            else:
                failures += 1
                wait = back_off(failures, self._jitter, final=is_final(error))
            release = self._next_release()
            if release is not None and error is None:
                wait = min(wait, max(0.05, (release - self._clock()).total_seconds()))
            self._wake.wait(wait)

    def _listen(self) -> None:
        failures = 0
        while not self._stop.is_set():
            error: ClientelingError | None = None
            began = self._monotonic()
            try:
                with self._watchdog.line.running():
                    back = failures > 0
                    for changed in self._events():
                        self._watchdog.line.moved()
                        if self._stop.is_set():
                            return
                        if self._heard(changed) or back:
                            self._wake.set()  # also when nothing is new: what waits here may go
                        back = False
            except ClientelingError as caught:
                error = caught
            except Exception:
                log.exception("live_channel_failed")
            if self._stop.is_set():
                return
            self._listen_again.clear()
            self._wake.set()  # the line broke: a round finds out whether we are offline
            failures = 1 if self._monotonic() - began >= STEADY_SECONDS else failures + 1
            if not self._stop.is_set():
                final = error is not None and is_final(error)
                self._pause(self._listen_again, back_off(failures, self._jitter, final=final))

    def _picture(self) -> None:
        while not self._stop.is_set():
            self._pictures.wait()
            self._pictures.clear()
            if self._stop.is_set():
                return
            try:
                self._fetch_pictures(self._stop.is_set)
            except Exception:
                log.exception("pictures_failed")
