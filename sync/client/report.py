"""What this device tells of itself with its requests; see `sync.model.fleet.DeviceReport`."""

import sqlite3
from importlib.metadata import PackageNotFoundError, version

from sync.client.cache import Cache
from sync.client.outbox import Outbox
from sync.clock import Clock
from sync.model.fleet import DeviceReport


def app_version() -> str:
    """Return the version of the app that runs here; empty where it was not installed as a package."""
    try:
        return version("clienteling")[:40]
    except PackageNotFoundError:
        return ""


class Reporter:
    """Called for each request: what is true at that moment, as a header; empty where the files cannot be read just now."""

    def __init__(self, cache: Cache, outbox: Outbox, clock: Clock) -> None:
        self._cache, self._outbox, self._clock = cache, outbox, clock
        self._version = app_version()
        self.battery: int | None = None
        """Percent, as last heard from the platform."""

    def __call__(self) -> str:
        try:
            counts = self._outbox.counts(self._clock())
            synced_at = self._cache.position().synced_at
        except sqlite3.Error:
            return ""
        report = DeviceReport(
            version=self._version,
            unsent=counts.waiting + counts.held,
            oldest_unsent_at=counts.oldest,
            battery=self.battery,
            synced_at=synced_at,
        )
        return report.to_header()
