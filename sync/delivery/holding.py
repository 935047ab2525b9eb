"""What keeps an attempt from asking a provider just now, although the gate lets the message go.

- A provider that answered 429 is left alone until the time it named, by every message: asking with the next one is the
  same mistake again.
- What is left of LINE's monthly quota under the reserve is for service.

Both are each process's own view, refreshed as it goes on; the claim (`Worker.send_due`) also sees the pauses that other
processes were given.
"""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from sync.clock import Clock
from sync.delivery import base
from sync.model.customer import Channel
from sync.model.outreach import Message
from sync.policy.quota import Quota, forecast, held_back, reserve
from sync.ports import Receipt

QUOTA_LIFE = timedelta(minutes=5)
"""How long a reading of the quota is good; the messages accepted meanwhile are counted on top."""
_JAPAN = ZoneInfo("Asia/Tokyo")
"""LINE counts months by Japanese time."""

log = structlog.get_logger(__name__)


class Metered(Protocol):
    """A channel whose provider sells messages by the month."""

    def quota(self) -> Quota | None:
        """Ask the provider; None where it does not answer."""


class Holding:
    """Used by several threads. `metered` may be None; `percent` of the month's limit is kept for service."""

    def __init__(self, clock: Clock, *, metered: Metered | None, percent: float) -> None:
        self._clock, self._metered, self._percent = clock, metered, percent
        self._pauses: dict[Channel, datetime] = {}
        self._quota: Quota | None = None
        self._read_at: datetime | None = None
        self._lock = threading.Lock()

    def hold(self, message: Message) -> Receipt | None:
        """Return the receipt of an attempt that must not ask now, or None where it may."""
        until, now = self.paused(message.channel), self._clock()
        if until is not None:
            return base.throttled((until - now).total_seconds())
        quota = self.quota() if message.channel is Channel.LINE else None
        if quota is None or quota.limit is None or not held_back(quota, message.purpose, self._percent):
            return None
        return base.failed(base.QUOTA_KEPT, left=quota.left, reserve=reserve(quota.limit, self._percent))

    def note(self, message: Message, receipt: Receipt) -> None:
        """Take in what a provider answered."""
        code = receipt.reason.code if receipt.reason else ""
        if code == base.THROTTLED and receipt.retry_after_seconds:
            self.pause({message.channel: self._clock() + timedelta(seconds=receipt.retry_after_seconds)})
        with self._lock:
            if message.channel is Channel.LINE and self._quota is not None:
                used = self._quota.used + (receipt.reason is None)
                if code == base.QUOTA_OUT and self._quota.limit is not None:
                    used = max(used, self._quota.limit)
                self._quota = Quota(self._quota.limit, used)

    def pause(self, until: Mapping[Channel, datetime]) -> None:
        """Leave providers alone until then; a longer pause that stands already stays."""
        with self._lock:
            for channel, at in until.items():
                self._pauses[channel] = max(at, self._pauses.get(channel, at))

    def paused(self, channel: Channel) -> datetime | None:
        """Return until when a provider is left alone, or None."""
        with self._lock:
            until = self._pauses.get(channel)
        return until if until is not None and until > self._clock() else None

    def quota(self) -> Quota | None:
        """Return LINE's quota as last read, reading it again where that is too old; None where it is not known."""
        now = self._clock()
        with self._lock:
            fresh = self._read_at is not None and abs(now - self._read_at) < QUOTA_LIFE
            if fresh or self._metered is None:
                return self._quota
            self._read_at = now  # also where it fails: an endpoint that is away is not asked at every message
        read = self._metered.quota()
        with self._lock:
            self._quota = read if read is not None else self._quota
        if read is not None:
            self._tell(read, now)
        return self._quota

    def _tell(self, quota: Quota, now: datetime) -> None:
        today = now.astimezone(_JAPAN)
        next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        days = (next_month - timedelta(days=1)).day
        said = forecast(quota, day=today.day, days=days)
        tell = log.info if said.lasts_until is None else log.warning
        tell(
            "line_quota",
            limit=quota.limit,
            used=quota.used,
            expected=said.expected,
            lasts_until_day=said.lasts_until,
        )
