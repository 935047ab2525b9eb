"""Compares what this device holds with what the server says it must hold, and says when the cache has to be built anew."""

from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from sync.client.cache_store import CacheStore
from sync.client.device import Device
from sync.clock import micros, moment
from sync.protocol import Page

log = structlog.get_logger(__name__)

EVERY = timedelta(hours=1)
"""How often a cache that took in nothing is compared, and how often at most it is built anew for this reason: a fault of
the server must not keep tablets busy."""


class Verdict(Enum):
    FINE = auto()
    AGAIN = auto()
    """They differ. Something may have come in by another way meanwhile: pull once more before believing it."""
    REBUILD = auto()


class Convergence:
    """When the cache was last built anew it remembers across restarts, in `device.db`."""

    def __init__(self, cache: CacheStore, device: Device) -> None:
        self._cache = cache
        self._device = device
        self._compared_at: datetime | None = None
        self._doubted = False

    def judge(self, page: Page, came: int, now: datetime) -> Verdict:
        """Compare after the last page of a pull that brought `came` rows."""
        if page.digests is None or not self._due(came, now) or self._cache.damaged:
            self._doubted = False
            return Verdict.FINE
        held = self._cache.to_compare()
        differ = sorted(kind for kind in held.keys() | page.digests.keys() if held.get(kind) != page.digests.get(kind))
        doubted, self._doubted = self._doubted, bool(differ) and not self._doubted
        if differ and not doubted:
            return Verdict.AGAIN
        self._compared_at = now
        if not differ:
            return Verdict.FINE
        log.error("cache_differs", kinds=differ, may_rebuild=self._may_rebuild(now))
        if not self._may_rebuild(now):
            return Verdict.FINE
        self._device.put(rebuilt_at=str(micros(now)))
        return Verdict.REBUILD

    def _due(self, came: int, now: datetime) -> bool:
        if came or self._doubted or self._compared_at is None:
            return True
        return abs(now - self._compared_at) >= EVERY

    def _may_rebuild(self, now: datetime) -> bool:
        last = self._device.get("rebuilt_at")
        return last is None or abs(now - moment(int(last))) >= EVERY
