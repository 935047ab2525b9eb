"""The demo's clock: shop hours in Japan, and how it is moved. The offset lies in a file that all processes read."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sync.errors import BadField

JAPAN = ZoneInfo("Asia/Tokyo")
OPENS, CLOSES = time(11), time(19)
AFTERNOON = time(14)


def in_shop_hours(now: datetime) -> bool:
    return OPENS <= now.astimezone(JAPAN).time() < CLOSES


def first_offset(real: datetime) -> timedelta:
    """Return the shift a fresh demo starts with: none in shop hours, else to 14:00 of the same day in Japan."""
    if in_shop_hours(real):
        return timedelta()
    return datetime.combine(real.astimezone(JAPAN).date(), AFTERNOON, JAPAN) - real


def next_offset(real: datetime, offset: timedelta) -> timedelta:
    """Return the shift with which a demo goes on: the one it had, or on to the next 14:00. Its time never runs back."""
    now = real + offset
    return offset if in_shop_hours(now) else next_time(now, AFTERNOON) - real


def next_time(now: datetime, at: time) -> datetime:
    """Return the next moment after `now` when the clock in Japan shows `at`."""
    local = now.astimezone(JAPAN)
    moment = datetime.combine(local.date(), at, JAPAN)
    return (moment if moment > local else moment + timedelta(days=1)).astimezone(UTC)


def read_time(text: str) -> time:
    """Read "21:30"; raise BadField for anything else."""
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text):
        raise BadField(f"at is {text[:20]!r}; allowed is a time of day such as 21:30.", field="at")
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def read_offset(path: Path) -> timedelta:
    """Return the shift that the demo's clock file holds; none where there is no file yet."""
    try:
        return timedelta(seconds=float(json.loads(path.read_text())["offset_seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return timedelta()
