"""Days on the calendar where the customer is."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def start_of_day(day: date, zone: tzinfo) -> datetime:
    """Return the first moment (UTC) of a day."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def days_after(at: datetime, days: int, zone: tzinfo) -> datetime:
    """Return the first moment of the day that is `days` days after that of `at`, as the calendar counts."""
    return start_of_day(at.astimezone(zone).date() + timedelta(days=days), zone)
