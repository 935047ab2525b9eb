"""LINE's monthly quota: the forecast and the reserve for service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.outreach import Purpose
from sync.policy.quota import Forecast, Quota, forecast, held_back


@pytest.mark.parametrize(
    ("used", "limit", "day", "expected"),
    [
        (0, 1000, 1, Forecast(0, None)),
        (100, 1000, 3, Forecast(1000, None)),
        (101, 1000, 3, Forecast(1010, 29)),
        (500, 1000, 10, Forecast(1500, 20)),
        (1000, 1000, 12, Forecast(2500, 12)),
        (1200, 1000, 12, Forecast(3000, 10)),
        (900, None, 9, Forecast(3000, None)),
        (0, 0, 5, Forecast(0, None)),
    ],
)
def test_the_forecast_carries_the_months_pace_on(used: int, limit: int | None, day: int, expected: Forecast) -> None:
    """In a month of 30 days: what will be used, and until which day the quota suffices."""
    assert forecast(Quota(limit, used), day=day, days=30) == expected


def test_a_day_that_the_month_does_not_have() -> None:
    """A mistake of the caller is said, not computed with."""
    with pytest.raises(ValueError, match="day 31 of 30"):
        forecast(Quota(10, 1), day=31, days=30)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 30))
def test_a_forecast_that_is_short_names_a_day_of_this_month(used: int, limit: int, day: int) -> None:
    """It suffices for the whole month, or until a day before its end."""
    said = forecast(Quota(limit, used), day=day, days=30)
    assert said.expected >= used
    assert (said.lasts_until is None) == (said.expected <= limit)
    assert said.lasts_until is None or 0 <= said.lasts_until < 30


def test_the_reserve_is_kept_for_service() -> None:
    """With a tenth kept, relationship and campaign stop at the last hundred of a thousand; service and replies go on."""
    for used, stopped in ((899, False), (900, True), (1000, True), (1500, True)):
        for purpose in Purpose:
            wanted = stopped and purpose in (Purpose.RELATIONSHIP, Purpose.CAMPAIGN)
            assert held_back(Quota(1000, used), purpose, 10) is wanted
    assert not held_back(Quota(None, 10**6), Purpose.CAMPAIGN, 10)
