"""Quiet hours: never inside, never earlier for a later question, whatever the clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sync.model.outreach import Purpose
from sync.policy.closing_days import CLOSED_MOST, Calendar
from sync.policy.playbook import Hours, HoursByPurpose, Playbook, load_playbook
from sync.policy.quiet_hours import next_allowed
from tests.unit.policy.build import TOKYO

ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Tokyo",
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",  # half an hour forward
        "Pacific/Apia",  # skipped a whole day in 2011
        "America/Sao_Paulo",  # used to put the clock forward at midnight
        "Asia/Kathmandu",
        "UTC",
    )
]
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
clock_times = st.times().map(lambda t: t.replace(tzinfo=None, microsecond=0))
windows = st.tuples(clock_times, clock_times).filter(lambda w: w[0] < w[1])


def playbook(opens: time, closes: time) -> Playbook:
    hours = Hours(from_=opens, until=closes)
    every = HoursByPurpose(reply=hours, service=hours, relationship=hours, campaign=hours)
    return load_playbook().model_copy(update={"hours": every})


def allowed_at(now: datetime, zone: ZoneInfo, window: tuple[time, time]) -> datetime:
    return next_allowed(now, zone=zone, purpose=Purpose.SERVICE, playbook=playbook(*window))


def jumps(zone: ZoneInfo, year: int) -> list[datetime]:
    """The moments (UTC, to the half hour) at which the clock jumps in a year."""
    halves = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(366 * 48)]
    offsets = [at.astimezone(zone).utcoffset() for at in halves]
    return [halves[i] for i in range(1, len(halves)) if offsets[i] != offsets[i - 1]]


JUMPY = [(zone, jump) for zone in ZONES[1:6] for jump in jumps(zone, 2011)]


@given(moments, zones, windows)
def test_result_is_never_inside_quiet_hours(now: datetime, zone: ZoneInfo, window: tuple[time, time]) -> None:
    """What comes back is not before the question, and its wall clock lies in the hours."""
    try:
        at = allowed_at(now, zone, window)
    except ValueError:
        pytest.fail("an opening must be found within days")
    assert at >= now
    assert window[0] <= at.astimezone(zone).time() < window[1]


@given(moments, zones, windows, st.timedeltas(timedelta(), timedelta(days=2)))
def test_monotone(now: datetime, zone: ZoneInfo, window: tuple[time, time], later: timedelta) -> None:
    """Asking later never gets an earlier answer, and what is allowed is answered with itself."""
    first, second = allowed_at(now, zone, window), allowed_at(now + later, zone, window)
    assert first <= second
    assert allowed_at(first, zone, window) == first


@settings(max_examples=400)
@given(st.sampled_from(JUMPY), st.integers(-300, 300), st.tuples(st.integers(-8, 8), st.integers(1, 12)), st.booleans())
def test_the_first_moment_around_jumps_of_the_clock(
    case: tuple[ZoneInfo, datetime], minutes: int, quarters: tuple[int, int], before: bool
) -> None:
    """Around every change of summer time, with hours that begin or end near it, no earlier minute would have done."""
    zone, jump = case
    wall = (jump - timedelta(seconds=before)).astimezone(zone)
    opens = wall.hour * 60 + (wall.minute + before) + quarters[0] * 15
    closes = opens + quarters[1] * 15
    assume(0 <= opens < closes < 24 * 60)
    window = (time(opens // 60, opens % 60), time(closes // 60, closes % 60))
    now = jump + timedelta(minutes=minutes)
    at = allowed_at(now, zone, window)
    assert window[0] <= at.astimezone(zone).time() < window[1]
    minute = now
    while minute < at:
        assert not window[0] <= minute.astimezone(zone).time() < window[1]
        minute += timedelta(minutes=1)


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("window", "now", "expected"),
    [
        # 29 March 2026: at 01:00 UTC the clock goes from 01:00 to 02:00, so 01:30 does not exist.
        ((time(1, 30), time(5)), "2026-03-29T00:30Z", "2026-03-29T01:00Z"),
        # 25 October 2026: at 01:00 UTC it goes from 02:00 back to 01:00, so 01:30 comes twice.
        ((time(1, 30), time(5)), "2026-10-24T23:00Z", "2026-10-25T00:30Z"),
        ((time(1, 30), time(5)), "2026-10-25T01:10Z", "2026-10-25T01:30Z"),
        ((time(0, 30), time(1, 30)), "2026-10-25T00:45Z", "2026-10-25T01:00Z"),
    ],
)
def test_hours_that_begin_or_end_in_a_jump(window: tuple[time, time], now: str, expected: str) -> None:
    """An opening that the clock skips is at the jump; one that it repeats opens both times."""
    assert allowed_at(datetime.fromisoformat(now), LONDON, window) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("purpose", "now", "expected"),
    [
        (Purpose.RELATIONSHIP, "2026-11-20T08:59:59", "2026-11-20T09:00:00"),
        (Purpose.RELATIONSHIP, "2026-11-20T09:00:00", "2026-11-20T09:00:00"),
        (Purpose.RELATIONSHIP, "2026-11-20T19:59:59", "2026-11-20T19:59:59"),
        (Purpose.RELATIONSHIP, "2026-11-20T20:00:00", "2026-11-21T09:00:00"),
        (Purpose.CAMPAIGN, "2026-11-20T23:30:00", "2026-11-21T09:00:00"),
        (Purpose.SERVICE, "2026-12-31T21:00:00", "2027-01-01T09:00:00"),
        (Purpose.RELATIONSHIP, "2026-12-31T19:59:00", "2026-12-31T19:59:00"),
        (Purpose.RELATIONSHIP, "2026-12-31T21:00:00", "2027-01-04T09:00:00"),
        (Purpose.CAMPAIGN, "2028-01-02T12:00:00", "2028-01-04T09:00:00"),
        (Purpose.REPLY, "2027-01-01T12:00:00", "2027-01-01T12:00:00"),
        (Purpose.REPLY, "2026-11-20T20:59:00", "2026-11-20T20:59:00"),
        (Purpose.REPLY, "2026-11-20T21:00:00", "2026-11-21T07:00:00"),
    ],
)
def test_shipped_hours_in_tokyo(purpose: Purpose, now: str, expected: str) -> None:
    """As shipped: answers from 7 to 21 o'clock, everything else from 9 to 20; the end itself is quiet.
    What we write of our own accord waits for the end of the new year days."""
    asked, answer = (datetime.fromisoformat(text).replace(tzinfo=TOKYO) for text in (now, expected))
    assert next_allowed(asked, zone=TOKYO, purpose=purpose, playbook=load_playbook()) == answer


def test_the_zone_is_hers() -> None:
    """The same moment is day in Tokyo and night in New York."""
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
    there = ZoneInfo("America/New_York")
    answer = next_allowed(noon, zone=there, purpose=Purpose.SERVICE, playbook=load_playbook())
    assert answer == datetime(2026, 11, 20, 9, 0, tzinfo=there)


def closing(*closed: str, holidays: bool = False, country: str = "JP") -> Playbook:
    calendar = Calendar(country=country, holidays_quiet=holidays, closed=closed)
    return load_playbook().model_copy(update={"calendar": calendar})


@pytest.mark.parametrize(
    ("playbook", "now", "expected"),
    [
        (closing("2026-11-20", "11-21"), "2026-11-20T12:00:00", "2026-11-22T09:00:00"),
        (closing("2027-11-20"), "2026-11-20T12:00:00", "2026-11-20T12:00:00"),
        (closing("2026-11-21"), "2026-11-20T20:00:00", "2026-11-22T09:00:00"),
        # 3 November is 文化の日; 4 to 6 May 2026 are みどりの日, こどもの日 and one in lieu of 3 May, a Sunday.
        (closing(holidays=True), "2026-11-03T12:00:00", "2026-11-04T09:00:00"),
        (closing(), "2026-11-03T12:00:00", "2026-11-03T12:00:00"),
        (closing("05-02", holidays=True), "2026-05-02T12:00:00", "2026-05-07T09:00:00"),
        (closing(holidays=True, country="US"), "2026-11-26T12:00:00", "2026-11-27T09:00:00"),
    ],
)
def test_days_on_which_the_house_rests(playbook: Playbook, now: str, expected: str) -> None:
    """On closing days, and on public holidays where the house wants it, our own words wait for the next day; what she
    asked for does not."""
    asked, answer = (datetime.fromisoformat(text).replace(tzinfo=TOKYO) for text in (now, expected))
    assert next_allowed(asked, zone=TOKYO, purpose=Purpose.RELATIONSHIP, playbook=playbook) == answer
    assert next_allowed(asked, zone=TOKYO, purpose=Purpose.SERVICE, playbook=playbook) <= answer


def test_every_day_that_may_be_closed_still_opens() -> None:
    """A calendar that closes as many days in a row as it may, holidays beside them, has an opening after them."""
    first = datetime(2026, 3, 10, 12, 0, tzinfo=TOKYO)
    days = [(first + timedelta(days=n)).date().isoformat() for n in range(CLOSED_MOST)]
    playbook = closing(*days, holidays=True)
    at = next_allowed(first, zone=TOKYO, purpose=Purpose.CAMPAIGN, playbook=playbook)
    assert at == datetime(2026, 5, 9, 9, 0, tzinfo=TOKYO)


@given(
    st.datetimes(datetime(2011, 12, 20), datetime(2012, 1, 10), timezones=st.just(UTC)),  # noqa: DTZ001
    zones,
    st.sets(st.integers(0, 25), max_size=20),
)
def test_the_first_moment_beside_closing_days(now: datetime, zone: ZoneInfo, closed: set[int]) -> None:
    """Whatever days are closed, also where a day was skipped, no earlier quarter of an hour would have done."""
    days = [(datetime(2011, 12, 20, tzinfo=UTC) + timedelta(days=n)).date() for n in closed]
    playbook = closing(*(day.isoformat() for day in days))
    at = next_allowed(now, zone=zone, purpose=Purpose.CAMPAIGN, playbook=playbook)

    def may(moment: datetime) -> bool:
        there = moment.astimezone(zone)
        return 9 <= there.hour < 20 and there.date() not in days

    assert at >= now
    assert may(at)
    quarter = now
    while quarter < at:
        assert not may(quarter)
        quarter += timedelta(minutes=15)
