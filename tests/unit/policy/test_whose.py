"""In whose name a message goes, and when somebody is there to answer for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.outreach import Cause, Purpose, Voice
from sync.model.shop import Shift, Staff
from sync.policy.playbook import load_playbook
from sync.policy.quiet_hours import next_allowed
from sync.policy.whose import answering, next_duty, on_duty, plan_known, speaking_time, voices
from tests.unit.policy.build import GINZA, NOW, TOKYO, customer

MISAKI = Staff(id="misaki", code="1", family_name="髙橋", given_name="美咲", shop_id=GINZA)
SUZUKI = Staff(id="suzuki", code="2", family_name="鈴木", given_name="葵", shop_id=GINZA)
TANAKA = Staff(id="tanaka", code="3", family_name="田中", given_name="凛", shop_id=GINZA)
ZONES = [ZoneInfo(name) for name in ("Asia/Tokyo", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC")]
PLAYBOOK = load_playbook()


def shift(staff: Staff, begins: datetime, hours: float = 8.5, shop_id: str = GINZA) -> Shift:
    ends = begins + timedelta(hours=hours)
    return Shift(id=f"{staff.id}{begins:%d%H%M}", staff_id=staff.id, shop_id=shop_id, starts_at=begins, ends_at=ends)


def tokyo(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=TOKYO)


TODAY = shift(MISAKI, tokyo(10, 30))
"""Until 19:00."""


@pytest.mark.parametrize(
    ("at", "there"),
    [
        (tokyo(7, 29), False),
        (tokyo(7, 30), True),
        (tokyo(10, 30), True),
        (tokyo(18, 59), True),
        (tokyo(19), False),
        (tokyo(9, day=21), False),
    ],
)
def test_three_hours_before_a_shift_count(at: datetime, there: bool) -> None:
    """From three hours before the shift begins until it ends, and not a minute longer."""
    assert on_duty([TODAY], MISAKI.id, at) is there
    assert not on_duty([TODAY], SUZUKI.id, at)


@pytest.mark.parametrize(
    ("after", "next_one"),
    [
        (tokyo(6), tokyo(7, 30)),
        (tokyo(8), tokyo(8)),
        (tokyo(12), tokyo(12)),
        (tokyo(19), tokyo(10, day=22)),
        (tokyo(22, day=22), None),
    ],
)
def test_the_next_duty(after: datetime, next_one: datetime | None) -> None:
    """Now, where she is on duty; else three hours before the next shift; None behind the last one."""
    shifts = [shift(MISAKI, tokyo(13, day=22), hours=6), TODAY, shift(SUZUKI, tokyo(20))]
    assert next_duty(shifts, MISAKI.id, after) == next_one


plans = st.lists(
    st.tuples(
        st.sampled_from([MISAKI, SUZUKI]),
        st.dates(date(2026, 3, 20), date(2026, 4, 10)),
        st.times().map(lambda t: t.replace(microsecond=0)),
        st.floats(0.5, 12),
    ),
    max_size=8,
)
moments = st.datetimes(datetime(2026, 3, 18), datetime(2026, 4, 12), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(ZONES)


def planned(plan: list[tuple[Staff, date, time, float]], zone: ZoneInfo) -> list[Shift]:
    return [shift(who, datetime.combine(day, at, zone).astimezone(UTC), hours) for who, day, at, hours in plan]


@given(plans, moments, zones)
def test_the_next_duty_is_the_first_one(
    plan: list[tuple[Staff, date, time, float]], after: datetime, zone: ZoneInfo
) -> None:
    """It is not before the question, she is on duty then, was not in between, and the zone of the question is nothing."""
    shifts = planned(plan, zone)
    at = next_duty(shifts, MISAKI.id, after)
    assert at == next_duty(shifts, MISAKI.id, after.astimezone(zone))
    quarters = (after + timedelta(minutes=15 * n) for n in range(35 * 96))
    first_seen = next((one for one in quarters if on_duty(shifts, MISAKI.id, one)), None)
    if at is None:
        assert first_seen is None
        return
    assert at >= after
    assert on_duty(shifts, MISAKI.id, at)
    assert first_seen is not None
    assert at <= first_seen < at + timedelta(minutes=15)


def daytime(zone: ZoneInfo) -> Callable[[datetime], datetime]:
    return lambda at: next_allowed(at, zone=zone, purpose=Purpose.RELATIONSHIP, playbook=PLAYBOOK)


@given(plans, moments, zones, zones)
def test_a_speaking_time_is_open_and_somebody_is_there(
    plan: list[tuple[Staff, date, time, float]], after: datetime, shop_zone: ZoneInfo, her_zone: ZoneInfo
) -> None:
    """Never in quiet hours where the customer is, never with nobody on duty, and None only where no quarter would do."""
    shifts, opens, ids = planned(plan, shop_zone), daytime(her_zone), (MISAKI.id, SUZUKI.id)
    at = speaking_time(shifts, ids, after, opens)
    quarters = (after + timedelta(minutes=15 * n) for n in range(35 * 96))
    fitting = (one for one in quarters if any(on_duty(shifts, who, one) for who in ids) and opens(one) == one)
    if at is None:
        assert next(fitting, None) is None
        return
    assert at >= after
    assert opens(at) == at
    assert any(on_duty(shifts, who, at) for who in ids)
    assert next(fitting, at) >= at


def test_a_shift_inside_the_quiet_hours_is_passed_over() -> None:
    """Who only works before nine is never the one to answer at nine; the time goes on to the next who is."""
    early, late = shift(MISAKI, tokyo(6), hours=2.5), shift(MISAKI, tokyo(13, day=23))
    assert speaking_time([early, late], [MISAKI.id], tokyo(5), daytime(TOKYO)) == tokyo(10, day=23)
    assert speaking_time([early], [MISAKI.id], tokyo(5), daytime(TOKYO)) is None


def test_a_plan_is_known_by_shifts_of_the_shop_near_by() -> None:
    """Shifts of another shop, and those of last month, say nothing."""
    assert plan_known([TODAY], GINZA, NOW)
    assert not plan_known([TODAY], "shop-umeda", NOW)
    assert not plan_known([TODAY], GINZA, NOW + timedelta(days=15))
    assert not plan_known([], GINZA, NOW)


def test_who_answers_for_a_person() -> None:
    """The named stand-in, else who wrote it for her; neither when working elsewhere, or gone."""
    everybody = (MISAKI, SUZUKI, TANAKA)
    named = MISAKI.model_copy(update={"stand_in_id": TANAKA.id})
    assert answering(MISAKI, SUZUKI.id, everybody, GINZA) == (MISAKI.id, SUZUKI.id)
    assert answering(named, SUZUKI.id, everybody, GINZA) == (MISAKI.id, TANAKA.id)
    assert answering(MISAKI, MISAKI.id, everybody, GINZA) == (MISAKI.id,)
    assert answering(MISAKI, None, everybody, GINZA) == (MISAKI.id,)
    assert answering(MISAKI, SUZUKI.id, (MISAKI, TANAKA), GINZA) == (MISAKI.id,)
    elsewhere = SUZUKI.model_copy(update={"shop_id": "shop-umeda"})
    assert answering(MISAKI, SUZUKI.id, (MISAKI, elsewhere), GINZA) == (MISAKI.id,)
    gone = TANAKA.model_copy(update={"active": False})
    assert answering(named, None, (MISAKI, gone), GINZA) == (MISAKI.id,)


HERS = customer(person_in_charge_id=MISAKI.id)
SELF, CHARGE, SHOP = Voice.SELF, Voice.CHARGE, Voice.SHOP


@pytest.mark.parametrize(
    ("me", "charge", "cause", "offered"),
    [
        (SUZUKI, MISAKI.id, Cause.AFTER_VISIT, [SELF, CHARGE, SHOP]),
        (MISAKI, MISAKI.id, Cause.AFTER_VISIT, [SELF, SHOP]),
        (SUZUKI, None, Cause.AFTER_VISIT, [SELF, SHOP]),
        (SUZUKI, "gone", Cause.AFTER_VISIT, [SELF, SHOP]),
        (SUZUKI, "elsewhere", Cause.AFTER_VISIT, [SELF, SHOP]),
        (SUZUKI, MISAKI.id, Cause.REPLY, [SELF, CHARGE, SHOP]),
        (SUZUKI, MISAKI.id, Cause.CART_LEFT, [SHOP]),
        (SUZUKI, MISAKI.id, Cause.RANK, [SHOP]),
        (SUZUKI, MISAKI.id, Cause.POINTS_EXPIRE, [SHOP]),
        (SUZUKI, MISAKI.id, Cause.CAMPAIGN, [SHOP]),
    ],
)
def test_the_choice(me: Staff, charge: str | None, cause: Cause, offered: list[Voice]) -> None:
    """As herself, through the person in charge if there is one here and it is somebody else, or from the shop; the
    shop's own causes only from the shop."""
    gone = Staff(id="gone", code="9", family_name="林", given_name="梓", shop_id=GINZA, active=False)
    elsewhere = Staff(id="elsewhere", code="8", family_name="森", given_name="海", shop_id="shop-umeda")
    her = customer(person_in_charge_id=charge)
    found = voices(her, me, [MISAKI, SUZUKI, gone, elsewhere], [TODAY], NOW, cause, GINZA)
    assert [one.voice for one in found] == offered
    assert [one.staff for one in found if one.voice is CHARGE] == ([MISAKI] if CHARGE in offered else [])
    assert found[-1].staff is None


def test_the_choice_says_from_when() -> None:
    """Who is not there writes later; through the person in charge a colleague who is there stands in; the shop at once."""
    late = shift(SUZUKI, tokyo(12, day=22))
    self_, charge, shop = voices(HERS, SUZUKI, [MISAKI, SUZUKI], [TODAY, late], tokyo(20), Cause.AFTER_VISIT, GINZA)
    assert (self_.from_, charge.from_, shop.from_) == (tokyo(9, day=22), tokyo(9, day=22), tokyo(20))
    _, charge, _ = voices(HERS, SUZUKI, [MISAKI, SUZUKI], [TODAY, late], tokyo(12, day=22), Cause.AFTER_VISIT, GINZA)
    assert charge.from_ == tokyo(12, day=22)
    self_, _, _ = voices(HERS, TANAKA, [MISAKI, TANAKA], [TODAY], NOW, Cause.AFTER_VISIT, GINZA)
    assert self_.from_ is None, "no shift to come is known"


def test_without_shifts_everybody_may_write_at_once() -> None:
    """A retailer that tells no shifts is held to none."""
    found = voices(HERS, SUZUKI, [MISAKI, SUZUKI], [], NOW, Cause.AFTER_VISIT, GINZA)
    assert [one.from_ for one in found] == [NOW] * 3
