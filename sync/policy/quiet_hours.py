"""When a message may arrive, by the wall clock where the customer is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from sync.model.outreach import Purpose
from sync.policy.playbook import Hours, Playbook

_AHEAD = timedelta(days=4)
"""Far enough to find an opening also where a calendar skipped a whole day (Samoa, 30 December 2011)."""
_PROBE = timedelta(hours=6)


def next_allowed(now: datetime, *, zone: tzinfo, purpose: Purpose, playbook: Playbook) -> datetime:
    """Return the first moment (UTC) from `now` on at which a message of this purpose may arrive; `now` itself when now.

    Hours are half-open: at `until` it is quiet. Where clocks are put forward or back the result still is the first
    moment whose wall-clock time lies within the hours, so that a later `now` never gets an earlier answer.
    """
    hours = playbook.hours.of(purpose)
    now = now.astimezone(UTC)
    if _open(now, zone, hours):
        return now
    return min(at for at in _candidates(now, zone, hours) if at >= now and _open(at, zone, hours))


def _open(at: datetime, zone: tzinfo, hours: Hours) -> bool:
    return hours.from_ <= at.astimezone(zone).time() < hours.until


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
