"""Checks staff PINs without the network, and slows down and stops whoever guesses."""

import hashlib
from datetime import timedelta

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sync.client.cache import Cache
from sync.client.device import Device
from sync.client.types import PinOutcome, PinResult
from sync.clock import Clock, micros
from sync.errors import NotAllowed
from sync.model.shop import Role, Staff

log = structlog.get_logger(__name__)

DELAY_FROM = 5
LOCK_AT = 10
"""Failures in a row (NIST SP 800-63B-4 allows at most 10 before a PIN is locked)."""
_DELAYS = (30, 60, 120, 300, 600)
"""Seconds to wait after the 5th failure, the 6th, ..."""


class Pins:
    def __init__(self, cache: Cache, device: Device, clock: Clock) -> None:
        self._cache = cache
        self._device = device
        self._clock = clock
        self._hasher = PasswordHasher()

    def check(self, staff_id: str, pin: str) -> PinResult:
        """Check a PIN. A try is counted before it is looked at, so that pulling the plug does not save one."""
        staff = self._cache.record("staff", staff_id)
        kept = self._cache.staff_pin(staff_id)
        if not isinstance(staff, Staff) or not staff.active or kept is None:
            return PinResult(PinOutcome.UNKNOWN)
        refused = self._count(staff_id, hashlib.sha256(kept.pin_hash.encode()).hexdigest())
        if refused is not None:
            return refused
        try:
            self._hasher.verify(kept.pin_hash, pin)
        except (Argon2Error, InvalidHashError, UnicodeEncodeError):
            return self._after_failure(staff_id)
        with self._device.transaction() as conn:
            conn.execute("DELETE FROM pin_counter WHERE staff_id = ?", (staff_id,))
        return PinResult(PinOutcome.OK, tries_left=LOCK_AT)

    def unlock(self, staff_id: str, manager_id: str) -> None:
        """Let a locked person try again. Raise NotAllowed unless a manager, somebody else, says so."""
        manager = self._cache.record("staff", manager_id)
        if not isinstance(manager, Staff) or manager.role is not Role.MANAGER or manager_id == staff_id:
            raise NotAllowed("Only another person, a manager, may unlock a PIN.")
        with self._device.transaction() as conn:
            conn.execute("DELETE FROM pin_counter WHERE staff_id = ?", (staff_id,))
        log.info("pin_unlocked", staff=staff_id, by=manager_id)

    def _count(self, staff_id: str, pin: str) -> PinResult | None:
        """Count a try as failed; or return why it is not even looked at. Guesses at an older PIN do not count against a
        new one: with it head office also frees the only manager of a shop."""
        now = micros(self._clock())
        with self._device.transaction() as conn:
            row = conn.execute(
                "SELECT failures, failed_at, locked FROM pin_counter WHERE staff_id = ? AND pin IN (?, '')",
                (staff_id, pin),
            ).fetchone()
            failures, failed_at, locked = row or (0, 0, 0)
            if locked:
                return PinResult(PinOutcome.LOCKED)
            left = _wait(failures) - (now - failed_at) // 1_000_000
            if failures >= DELAY_FROM and left > 0:
                # a clock that was set back would make the wait longer than it ever was
                return PinResult(PinOutcome.DELAYED, min(left, _wait(failures)), LOCK_AT - failures)
            conn.execute(
                "INSERT OR REPLACE INTO pin_counter VALUES (?, ?, ?, ?, ?)",
                (staff_id, failures + 1, now, failures + 1 >= LOCK_AT, pin),
            )
        return None

    def _after_failure(self, staff_id: str) -> PinResult:
        failures = self._device.rows("SELECT failures FROM pin_counter WHERE staff_id = ?", staff_id)[0][0]
        if failures >= LOCK_AT:
            log.warning("pin_locked", staff=staff_id)
            return PinResult(PinOutcome.LOCKED)
        return PinResult(PinOutcome.WRONG, _wait(failures), LOCK_AT - failures)


def _wait(failures: int) -> int:
    return (
        int(timedelta(seconds=_DELAYS[min(failures - DELAY_FROM, len(_DELAYS) - 1)]).total_seconds())
        if (failures >= DELAY_FROM)
        else 0
    )
