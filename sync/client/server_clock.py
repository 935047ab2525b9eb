"""The server's time as well as this device can know it: its own clock, corrected by what the server last said."""

import threading
from datetime import datetime, timedelta

from sync.client.device import Device
from sync.clock import Clock, micros, moment

WARN_AFTER = timedelta(seconds=5)
"""Membership codes allow the next step 5 s early and the last one 15 s late; past this, good codes may be turned away."""
_CLEAR_ANSWER = timedelta(seconds=2)
"""A round trip this short tells the server's time to a second."""
_USABLE_ANSWER = timedelta(seconds=10)
_ESTIMATE_AGES = timedelta(minutes=10)
_DRIFT = 50e-6
"""A tablet's quartz strays by up to some 50 millionths."""


class ServerClock:
    """A clock: call it for the present moment by the server's time.

    It never tells a time before the last one the server said, so that setting the device's clock back gains nothing
    while it is offline. Safe to use from several threads.
    """

    def __init__(self, clock: Clock, device: Device) -> None:
        self._clock = clock
        self._device = device
        self._lock = threading.Lock()
        self._offset = timedelta(microseconds=int(device.get("clock_offset") or 0))
        last = device.get("server_time")
        self._last = moment(int(last)) if last else None
        self._estimated_at: datetime | None = None
        self._kept = (self._offset, self._last)

    def __call__(self) -> datetime:
        with self._lock:
            now = self._clock() + self._offset
            return now if self._last is None else max(now, self._last)

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead of this device's."""
        with self._lock:
            return self._offset

    def local(self) -> datetime:
        """Return the device's own, uncorrected time."""
        return self._clock()

    def may_have_drifted(self) -> bool:
        """Say whether the server has not been heard for so long that the correction may be out by more than 5 s."""
        with self._lock:
            if self._last is None:
                return False
            return (self._clock() + self._offset - self._last) * _DRIFT > WARN_AFTER

    def observe(self, server_time: datetime, sent_at: datetime, received_at: datetime) -> None:
        """Learn from an answer: the server said `server_time` between two moments of this device's own clock."""
        round_trip = received_at - sent_at
        with self._lock:
            self._last = server_time
            stale = self._estimated_at is None or not timedelta() <= received_at - self._estimated_at < _ESTIMATE_AGES
            if timedelta() <= round_trip <= (_USABLE_ANSWER if stale else _CLEAR_ANSWER):
                self._offset = server_time - (sent_at + round_trip / 2)
                self._estimated_at = received_at
            self._keep()

    def adopt(self, server_time: datetime) -> None:
        """Take the server's time as it refused a proof for its age: this device's clock is far out."""
        with self._lock:
            self._last = server_time
            self._offset = server_time - self._clock()
            self._keep()

    def _keep(self) -> None:
        offset, last = self._kept
        assert self._last is not None
        if (
            last is not None
            and abs(self._offset - offset) < timedelta(seconds=0.5)
            and (timedelta() <= self._last - last < timedelta(minutes=1))
        ):
            return  # not worth a flush to the disk at every answer
        highest = max(int(self._device.get("highest_server_time") or 0), micros(self._last))
        self._device.put(
            clock_offset=str(self._offset // timedelta(microseconds=1)),
            server_time=str(micros(self._last)),
            highest_server_time=str(highest),
        )
        self._kept = (self._offset, self._last)
