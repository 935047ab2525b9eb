"""How other systems write what is in a fact: moments, days, numbers, time zones, pictures. What is not so written is refused with
how it should be."""

import re
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from sync.model.base import Instant
from sync.model.pin_rules import hash_problem, pin_problem


def _check_digit(jan: str) -> str:
    if jan and (len(jan) != 13 or not jan.isdigit() or (sum(map(int, jan[::2])) + 3 * sum(map(int, jan[1::2]))) % 10):
        raise ValueError("is not a 13-digit JAN with a valid check digit")
    return jan


Jan = Annotated[str, AfterValidator(_check_digit)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise ValueError("is no time zone, such as Asia/Tokyo") from error
    return name


def _inside(path: str) -> str:
    if path.startswith("https://"):
        return path
    if path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/"):
        raise ValueError("is neither a path inside the media folder nor an https address")
    return path


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


Zone = Annotated[str, AfterValidator(_known_zone)]
Pattern = Annotated[str, AfterValidator(_compiles)]
Picture = Annotated[str, AfterValidator(_inside)]
"""A path below the media folder, or an https address."""


_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _plausible(at: datetime) -> datetime:
    if not _EARLIEST <= at < _LATEST:
        raise ValueError("is not between the years 1900 and 2100")
    return at


def _written_moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise ValueError(
        "is not a date and time: write it as 2026-11-22T10:30:00+09:00"
    )  # a bare number could mean anything


def _written_day(value: object) -> object:
    if value is None or isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("is not a date: write it as 2026-11-22")


_MOMENT, _DAY = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}"), re.compile(r"\d{4}-\d{2}-\d{2}")

When = Annotated[Instant, BeforeValidator(_written_moment), AfterValidator(_plausible)]
"""A moment in another system's data, in ISO 8601: what lies outside 1900-2100 was never meant."""
Day = Annotated[date, BeforeValidator(_written_day)]
Number = Annotated[str, Field(min_length=1, max_length=120)]
"""Another system's number of a record."""


def fit_pin(pin: str) -> str:
    if pin and (problem := pin_problem(pin)):
        raise ValueError(problem)
    return pin


def strong_hash(pin_hash: str) -> str:
    if pin_hash and (problem := hash_problem(pin_hash)):
        raise ValueError(problem)
    return pin_hash
