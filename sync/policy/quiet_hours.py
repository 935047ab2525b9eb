"""When a message may arrive, by the wall clock and the calendar where the customer is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from sync.model.outreach import Purpose
from sync.policy.closing_days import WAITING
from sync.policy.playbook import Hours, Playbook

_AHEAD = timedelta(days=4)
"""Far enough to find an opening also where a calendar skipped a whole day (Samoa, 30 December 2011)."""
_STEPS = 50
"""How often to look so far ahead again. No calendar closes that many days in a row (see `closing_days.CLOSED_MOST`)."""
_PROBE = timedelta(hours=6)


def next_allowed(now: datetime, *, zone: tzinfo, purpose: Purpose, playbook: Playbook) -> datetime:
    """Return the first moment (UTC) from `now` on at which a message of this purpose may arrive; `now` itself when now.

    Hours are half-open: at `until` it is quiet. Closing days are those of her zone. Where clocks are put forward or back
    the result still is the first moment whose wall-clock time lies within the hours, so that a later `now` never gets
    an earlier answer.
    """
    hours = playbook.hours.of(purpose)
    now = now.astimezone(UTC)

    def is_open(at: datetime) -> bool:
        there = at.astimezone(zone)
        if not hours.from_ <= there.time() < hours.until:
            return False
        return purpose not in WAITING or not playbook.calendar.rests(there.date())

    if is_open(now):
        return now
    return _first_opening(now, zone, hours, is_open)


def _first_opening(now: datetime, zone: tzinfo, hours: Hours, is_open: Callable[[datetime], bool]) -> datetime:
    for step in range(_STEPS):
        found = [at for at in _candidates(now + step * _AHEAD, zone, hours) if at >= now and is_open(at)]
        if found:
            return min(found)
    raise ValueError("no message may ever arrive by this calendar")


def _candidates(now: datetime, zone: tzinfo, hours: Hours) -> Iterator[datetime]:
    """The wall clock enters the hours only at their start, or by a jump of the clock."""
    today = now.astimezone(zone).date()
    for days in range(_AHEAD.days + 1):
        start = datetime.combine(today + timedelta(days=days), hours.from_, tzinfo=zone)
        yield start.astimezone(UTC)
        yield start.replace(fold=1).astimezone(UTC)
    probes = [now + _PROBE * n for n in range(_AHEAD // _PROBE + 1)]
    for before, after in pairwise(probes):
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield _jump(before, after, zone)


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the first whole second after the clock's jump between two moments."""
    offset = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp()) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)
