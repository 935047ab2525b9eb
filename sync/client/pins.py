"""Checks staff PINs without the network, and slows down and stops whoever guesses.

Waits are measured by a steady clock, which no setting of the time moves; after a restart, where that clock begins anew,
a wait does too. The lock at the tenth failure asks no clock at all.
"""

import hashlib
import hmac
import math
from collections.abc import Callable

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sync.client.cache import Cache
from sync.client.device import Device
from sync.client.staffing import leads_here, works_here
from sync.client.types import PinOutcome, PinResult
from sync.clock import Clock, micros, steady
from sync.errors import NotAllowed
from sync.model.shop import Staff
from sync.policy.badge import badge_digest

log = structlog.get_logger(__name__)

DELAY_FROM = 5
LOCK_AT = 10
"""Failures in a row (NIST SP 800-63B-4 allows at most 10 before a PIN is locked)."""
_DELAYS = (30, 60, 120, 300, 600)
"""Seconds to wait after the 5th failure, the 6th, ..."""


class Pins:
    def __init__(self, cache: Cache, device: Device, clock: Clock, monotonic: Callable[[], float] = steady) -> None:
        self._cache = cache
        self._device = device
        self._clock = clock
        self._hasher = PasswordHasher()
        self._monotonic = monotonic
        self._began = monotonic()
        self._failed: dict[str, float] = {}
        """When each person's last failure was, by the steady clock; since the start for those of before it."""

    def check(self, staff_id: str, pin: str) -> PinResult:
        """Check a PIN. A try is counted before it is looked at, so that pulling the plug does not save one."""
        staff = self._cache.record("staff", staff_id)
        kept = self._cache.staff_pin(staff_id)
        if not isinstance(staff, Staff) or kept is None or not works_here(self._cache, self._clock, staff):
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

    def badge_fits(self, staff_id: str, code: str) -> bool:
        """Return whether a scanned badge is this person's, who still works here."""
        staff = self._cache.record("staff", staff_id)
        kept = self._cache.staff_pin(staff_id)
        if (
            not isinstance(staff, Staff)
            or kept is None
            or not kept.badge
            or not works_here(self._cache, self._clock, staff)
        ):
            return False
        return hmac.compare_digest(kept.badge, badge_digest(code))

    def unlock(self, staff_id: str, manager_id: str, shop_id: str | None) -> None:
        """Let a locked person try again. Raise NotAllowed unless a manager of the shop, somebody else, says so."""
        if manager_id == staff_id or not leads_here(self._cache, self._clock, manager_id, shop_id):
            raise NotAllowed("Only another person, a manager, may unlock a PIN.")
        with self._device.transaction() as conn:
            conn.execute("DELETE FROM pin_counter WHERE staff_id = ?", (staff_id,))
        log.info("pin_unlocked", staff=staff_id, by=manager_id)

    def _count(self, staff_id: str, pin: str) -> PinResult | None:
        """Count a try as failed; or return why it is not even looked at. Guesses at an older PIN do not count against a
        new one: with it head office also frees the only manager of a shop."""
        now, steady = micros(self._clock()), self._monotonic()
        with self._device.transaction() as conn:
            row = conn.execute(
                "SELECT failures, locked FROM pin_counter WHERE staff_id = ? AND pin IN (?, '')",
                (staff_id, pin),
            ).fetchone()
            failures, locked = row or (0, 0)
            if locked:
                return PinResult(PinOutcome.LOCKED)
            left = _wait(failures) - (steady - self._failed.get(staff_id, self._began))
            if failures >= DELAY_FROM and left > 0:
                return PinResult(PinOutcome.DELAYED, math.ceil(left), LOCK_AT - failures)
            conn.execute(
                "INSERT OR REPLACE INTO pin_counter VALUES (?, ?, ?, ?, ?)",
                (staff_id, failures + 1, now, failures + 1 >= LOCK_AT, pin),
            )
        self._failed[staff_id] = steady
        return None

    def _after_failure(self, staff_id: str) -> PinResult:
        failures = self._device.rows("SELECT failures FROM pin_counter WHERE staff_id = ?", staff_id)[0][0]
        if failures >= LOCK_AT:
            log.warning("pin_locked", staff=staff_id)
            return PinResult(PinOutcome.LOCKED)
        return PinResult(PinOutcome.WRONG, _wait(failures), LOCK_AT - failures)


def _wait(failures: int) -> int:
    return _DELAYS[min(failures - DELAY_FROM, len(_DELAYS) - 1)] if failures >= DELAY_FROM else 0
