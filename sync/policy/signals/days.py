"""Days on the calendar where the customer is."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the first moment (UTC) of a day."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def days_after(at: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the first moment of the day that is `days` days after that of `at`, as the calendar counts."""
    return start_of_day(at.astimezone(zone).date() + timedelta(days=days), zone)


def in_year(month_day: str, year: int) -> date | None:
    """Return the day of a year that `MM-DD` names; 29 February is kept on the 28th in other years. None for what is on
    no calendar (the field takes any two pairs of digits)."""
    month, day = map(int, month_day.split("-"))
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def near(month_day: str, today: date, *, ahead: int, after: int) -> date | None:
    """Return the yearly day that lies at most `ahead` days ahead or `after` days back, or None. At the turn of the year
    it may belong to the next or the last one."""
    days = (in_year(month_day, today.year + n) for n in (-1, 0, 1))
    return next((day for day in days if day and -after <= (day - today).days <= ahead), None)
