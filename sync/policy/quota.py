"""LINE's monthly quota: how far it will last, and what still goes when little of it is left."""

import math
from dataclasses import dataclass

from sync.model.outreach import Purpose

HELD_BACK = frozenset({Purpose.RELATIONSHIP, Purpose.CAMPAIGN})
"""Purposes that stop at the reserve. What she asked for and answers to her words go on until nothing is left."""


@dataclass(frozen=True, slots=True)
class Quota:
    """Messages of this month. `limit` is None where the plan has none."""

    limit: int | None
    used: int

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the month comes to if it goes on as it began."""

    expected: int
    """Messages by the end of the month."""
    lasts_until: int | None
    """The last day of the month on which the quota still suffices; None where it suffices for the whole month."""


def forecast(quota: Quota, *, day: int, days: int) -> Forecast:
    """Carry the month's pace on. `day` is today (1 on the first), `days` how many the month has.

    Today counts as whole, so the forecast of a morning is a little low rather than wildly high.
    """
    if not 1 <= day <= days:
        raise ValueError(f"day {day} of {days}")
    expected = math.ceil(quota.used * days / day)
    if quota.limit is None or expected <= quota.limit:
        return Forecast(expected, None)
    return Forecast(expected, max(min(quota.limit * day // max(1, quota.used), days - 1), 0))


def reserve(limit: int, percent: float) -> int:
    """Return how many messages of a month are kept for service: `percent` of the limit, rounded up."""
    return math.ceil(limit * percent / 100)


def held_back(quota: Quota, purpose: Purpose, percent: float) -> bool:
    """Say whether a message of this purpose must leave what is left of the quota to service."""
    if quota.limit is None or quota.left is None or purpose not in HELD_BACK:
        return False
    return quota.left <= reserve(quota.limit, percent)
