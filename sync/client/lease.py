"""How long this device may hold the key of its scope: until some hours after the last contact, by no clock that was set back.

What time it is, as far as a lease is concerned, only ever goes on: the latest moment that was seen is kept on the disk, and
while the program runs the machine's own count of seconds goes on from there. Where the clock stands before that moment
when the program starts, nobody can tell how long it was off: then the lease is over. Only the server's word sets it right.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from sync.client.device import Device
from sync.client.server_clock import ServerClock
from sync.clock import micros, moment
from sync.sealed.lease import LEASE, WIPE_AFTER

Monotonic = Callable[[], float]
TOLERANCE = timedelta(minutes=5)
"""Clocks of tablets are put right by so much now and then."""
_WORTH_KEEPING = timedelta(minutes=1)
"""Less is not worth a flush to the disk at every round."""


class Standing(Enum):
    """What the lease allows at this moment."""

    HELD = "held"
    OVER = "over"
    """The key goes; the sealed cache stays shut until the next contact."""
    LONG_OVER = "long over"
    """The sealed cache goes too."""


class LeaseClock:
    """Counts a lease. Used by one thread at a time."""

    def __init__(self, device: Device, clock: ServerClock, monotonic: Monotonic) -> None:
        self._device, self._clock, self._monotonic = device, clock, monotonic
        self._ticked = monotonic()
        self._kept_until = self._until = self._read("lease_until")
        self._contact = self._read("lease_contact")
        self._kept_seen = self._seen = self._read("lease_seen")
        self._unsure = self._seen is not None and self._shown() < self._seen - TOLERANCE

    def standing(self) -> Standing:
        """Say what may be held now."""
        if self._until is None or self._contact is None:  # a device of before leases begins one
            self.renew(self._clock(), LEASE)
            return Standing.HELD
        now = self._now()
        if now >= self._contact + WIPE_AFTER:
            return Standing.LONG_OVER
        return Standing.OVER if self._unsure or now >= self._until else Standing.HELD

    def renew(self, server_time: datetime, length: timedelta) -> None:
        """Begin it anew: the server was reached, and it was `server_time` there."""
        self._unsure = False
        self._contact = self._seen = server_time
        self._ticked = self._monotonic()
        self._until = server_time + length
        if not _near(self._until, self._kept_until) or not _near(self._seen, self._kept_seen):
            self._keep()

    def _now(self) -> datetime:
        assert self._seen is not None
        tick = self._monotonic()
        passed = timedelta(seconds=max(0.0, tick - self._ticked))
        self._seen, self._ticked = max(self._shown(), self._seen + passed), tick
        if not _near(self._seen, self._kept_seen):
            self._keep()
        return self._seen

    def _shown(self) -> datetime:
        """Return what the clock shows, corrected by what the server said last, without taking it to be too early."""
        return self._clock.local() + self._clock.skew

    def _keep(self) -> None:
        assert self._until is not None
        assert self._contact is not None
        assert self._seen is not None
        until, contact, seen = (str(micros(one)) for one in (self._until, self._contact, self._seen))
        self._device.put(lease_until=until, lease_contact=contact, lease_seen=seen)
        self._kept_until, self._kept_seen = self._until, self._seen

    def _read(self, name: str) -> datetime | None:
        kept = self._device.get(name)
        return moment(int(kept)) if kept else None


def _near(now: datetime, kept: datetime | None) -> bool:
    return kept is not None and timedelta() <= now - kept < _WORTH_KEEPING
