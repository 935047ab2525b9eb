"""Dates, money, spans and names as Japanese and English shops write them.

Moments come in as aware datetimes (or ISO 8601 text, as they travel in a reason's parameters) and are shown in the
shop's zone. Nothing here reads a clock: `now` is given.
"""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_decimal

from clienteling.i18n import code_text, gettext
from sync.model.catalogue import Money

_WEEKDAYS: Final = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_ERAS: Final = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))
"""The eras that papers of today still name, by their first day, newest first."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Frame:
    """What wording needs besides the language: the shop's zone, the present moment, and names of staff and shops."""

    zone: tzinfo = UTC
    now: datetime | None = None
    name_of: Callable[[str], str] = str
    """Turns an id of a member of staff, a shop or a product into a name; an unknown id into itself."""


def zone_of(name: str | None) -> tzinfo:
    """Return the zone of a name such as `Asia/Tokyo`; UTC where it is empty or unknown."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError):
        return UTC


def moment(value: Any) -> datetime | None:
    """Return an aware datetime from one, or from ISO 8601 text; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return None


def money(value: Money, language: str) -> str:
    """Return e.g. `¥32,000`. Yen have no minor unit; other currencies are shown with their two."""
    minor = 1 if value.currency in {"JPY", "KRW"} else 100
    if value.currency == "JPY":
        return f"¥{value.amount:,}"
    return str(format_currency(value.amount / minor, value.currency, locale=language))


def number(value: float, language: str) -> str:
    """Return a figure with the language's separators."""
    return str(format_decimal(value, locale=language))


def clock_time(value: datetime, zone: tzinfo) -> str:
    """Return e.g. `10:32`."""
    return f"{value.astimezone(zone):%H:%M}"


def short_date(value: datetime | date, language: str, zone: tzinfo, now: datetime | None = None) -> str:
    """Return `今日`, `昨日`, `明日`, else `6月3日(水)`, with the year where it is not this one."""
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    today = now.astimezone(zone).date() if now else None
    if today is not None:
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
        if near is not None:
            return code_text("day", near, language) or near
    other_year = today is not None and day.year != today.year
    weekday = _WEEKDAYS[language][day.weekday()]
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日" if other_year else f"{day.month}月{day.day}日({weekday})"
    return (
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        if other_year
        else f"{weekday} {day.day} {_MONTHS[day.month - 1]}"
    )


def full_date(value: datetime | date, language: str, zone: tzinfo) -> str:
    """Return e.g. `2026年11月20日（令和8年）` or `20 Nov 2026`. The first year of an era is 元年."""
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    if language != "ja":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    written = f"{day.year}年{day.month}月{day.day}日"
    for since, era in _ERAS:
        if day >= since:
            year = day.year - since.year + 1
            return f"{written}（{era}{'元' if year == 1 else year}年）"
    return written


def tiny_date(value: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """Return a date for a narrow place: `今日`, `昨日`, `10/20`, or `2025/10/20` of another year."""
    day, year = column_date(value, language, zone, now)
    if not year:
        return day
    return f"{year}/{day}" if language == "ja" else f"{day} {year[2:]}"


def column_date(value: datetime, language: str, zone: tzinfo, now: datetime) -> tuple[str, str]:
    """Return a date for a column of dates in two lines: `今日`, `昨日` or `10/20`, and the year where it is another."""
    day, today = value.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: "today", -1: "yesterday"}.get((day - today).days)
    if near is not None:
        return code_text("day", near, language) or near, ""
    short = f"{day.month}/{day.day}" if language == "ja" else f"{day.day} {_MONTHS[day.month - 1]}"
    return short, "" if day.year == today.year else str(day.year)


def date_time(value: datetime, language: str, zone: tzinfo, now: datetime | None = None) -> str:
    """Return e.g. `昨日 18:05`."""
    return f"{short_date(value, language, zone, now)} {clock_time(value, zone)}"


def span(days: float, language: str) -> str:
    """Return a number of days as people say it: `5日`, `3週間`, `約7か月`, `約2年`."""
    whole = round(days)
    if whole < 14:
        count, unit = whole, "days"
    elif whole < 60:
        count, unit = round(whole / 7), "weeks"
    elif whole < 700:
        count, unit = round(whole / 30.44), "months"
    else:
        count, unit = round(whole / 365.25), "years"
    pattern = code_text("span", unit if count != 1 else f"{unit}_one", language) or "{n}"
    return pattern.format(n=count)


def ago(value: datetime, now: datetime, language: str) -> str:
    """Return how long since: `たった今`, `25分前`, `3時間前`, then days, weeks, months and years."""
    seconds = max(0.0, (now - value).total_seconds())
    if seconds < 60:
        return gettext("just now", language)
    if seconds < 3600:
        return gettext("{n} min ago", language).format(n=int(seconds // 60))
    if seconds < 86400:
        return gettext("{n} h ago", language).format(n=int(seconds // 3600))
    return gettext("{span} ago", language).format(span=span(seconds / 86400, language))


class _Filler(string.Formatter):
    """Fills `{name:form}`; what is missing is shown as an ellipsis rather than failing a screen."""

    def __init__(self, language: str, frame: Frame) -> None:
        self._language, self._frame = language, frame

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return "…"
        return self._form(value, format_spec)

    def _form(self, value: Any, form: str) -> str:
        language, frame = self._language, self._frame
        if form == "date" and isinstance(value, str) and len(value) == 10:
            return short_date(date.fromisoformat(value), language, frame.zone, frame.now)
        at = moment(value)
        if form == "date" and at:
            return short_date(at, language, frame.zone, frame.now)
        if form == "time" and at:
            return clock_time(at, frame.zone)
        if form == "datetime" and at:
            return date_time(at, language, frame.zone, frame.now)
        if form == "ago" and at and frame.now:
            return ago(at, frame.now, language)
        if form == "span":
            return span(float(value), language)
        if form == "money":
            return money(value if isinstance(value, Money) else Money(amount=int(value)), language)
        if form == "name":
            return frame.name_of(str(value))
        if form == "list" and isinstance(value, list | tuple):
            return ("・" if language == "ja" else ", ").join(str(item) for item in value)
        if form and form not in {"date", "time", "datetime", "ago"}:
            items = value if isinstance(value, list | tuple) else [value]
            words = [code_text(form, str(item), language) or str(item) for item in items]
            return ("・" if language == "ja" else ", ").join(words)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return number(value, language)
        return str(value)


def fill(pattern: str, params: Mapping[str, Any], language: str, frame: Frame | None = None) -> str:
    """Fill a sentence. Forms: date, time, datetime, ago, span (days), money, name (an id), list, or a kind of codes."""
    return _Filler(language, frame or Frame()).vformat(pattern, (), params)
