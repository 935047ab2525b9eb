"""Which looks stand out, by which rule, and which do not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.shop import Shift
from sync.policy.unusual import OCCASIONS, Around, Event, Flag, Thresholds, stretches, unusual
from tests.unit.policy.build import NOW

SHOP = Around("ginza")
LIMITS = Thresholds()


def look(number: int, minutes: float = 0.0, **changes: Any) -> Event:
    event = Event(number, NOW + timedelta(minutes=minutes), "view", "search", "misaki", f"c{number}")
    return event._replace(**changes)


def rules(flags: list[Flag]) -> list[str]:
    return [one.rule for one in flags]


def many(count: int, every: float = 1.0, **changes: Any) -> list[Event]:
    return [look(number, number * every, **changes) for number in range(count)]


def test_many_profiles_in_a_short_time() -> None:
    """Twenty customers opened by search within half an hour are one flag, and more of them make it longer, not two."""
    assert unusual(many(19), SHOP) == []
    [flag] = unusual(many(20), SHOP)
    assert (flag.rule, flag.staff_id, flag.customers, flag.id) == ("many_profiles", "misaki", 20, "many_profiles:0")
    [longer] = unusual(many(60), SHOP)
    assert (longer.customers, longer.id) == (60, flag.id)


def test_the_same_work_over_a_day_is_none() -> None:
    """Twenty in ten hours is a day's work; so is one customer opened twenty times."""
    assert unusual(many(20, every=30), SHOP) == []
    assert unusual([look(number, number, customer_id="c1") for number in range(40)], SHOP) == []


@pytest.mark.parametrize("purpose", sorted(OCCASIONS))
def test_an_occasion_is_reason_enough(purpose: str) -> None:
    """A busy afternoon of scans, appointments, calls or follow-ups is no flag."""
    assert unusual(many(60, every=0.2, purpose=purpose), SHOP) == []


def test_who_is_in_the_shop_is_looked_at_with_reason() -> None:
    """Customers who have come in today may be searched for by name."""
    arrivals = [look(100 + n, n, what="check_in", staff_id="x", customer_id=f"c{n}") for n in range(30)]
    assert unusual([*many(30), *arrivals], SHOP) == []
    [flag] = unusual([*many(30), *arrivals[:10]], SHOP)
    assert flag.customers == 20


def test_reveals_in_bulk() -> None:
    """Ten numbers in an hour stand out, even each with an occasion; nine do not."""
    reveals = many(10, every=5, what="reveal", purpose="scan")
    assert rules(unusual(reveals, SHOP)) == ["bulk_reveal"]
    assert unusual(reveals[:9], SHOP) == []


def shift(staff_id: str = "misaki", after: float = 0.0, hours: float = 8.0) -> Shift:
    starts = NOW + timedelta(hours=after)
    return Shift(
        id=f"s-{staff_id}-{after}", staff_id=staff_id, shop_id="ginza", starts_at=starts,
        ends_at=starts + timedelta(hours=hours),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "flagged"), [(-1.1, True), (-0.9, False), (4, False), (8.9, False), (9.1, True), (30, True)]
)
def test_off_shift(hours: float, flagged: bool) -> None:
    """A look more than an hour before or after the own shift stands out, whatever it is for."""
    around = Around("ginza", [shift(), shift("mori", 24)])
    found = unusual([look(1, 60 * hours, purpose="scan")], around)
    assert rules(found) == (["off_shift"] if flagged else [])


def test_without_a_plan_nobody_is_off_shift() -> None:
    """A shop that tells no shifts, or none near that day, holds nobody to them."""
    night = [look(1, -600)]
    assert unusual(night, SHOP) == []
    assert unusual(night, Around("ginza", [shift(after=24 * 40)])) == []
    assert rules(unusual(night, Around("ginza", [shift("mori")]))) == ["off_shift"]


def test_a_colleagues_customers() -> None:
    """Eight of a colleague's in a day without an occasion; the own ones and those in nobody's charge do not count."""
    theirs = {f"c{n}": "mori" for n in range(8)}
    assert rules(unusual(many(8, every=40), Around("ginza", in_charge=theirs))) == ["others_customers"]
    assert unusual(many(8, every=40), Around("ginza", in_charge=theirs | {"c3": "misaki"})) == []
    assert unusual(many(8, every=40), SHOP) == []


def test_customers_of_the_highest_rank() -> None:
    """Three of them without an occasion, unless they are in the own charge."""
    vips = {"c0", "c1", "c2"}
    assert rules(unusual(many(3, every=60), Around("ginza", vips=vips))) == ["vip"]
    assert unusual(many(2, every=60), Around("ginza", vips=vips)) == []
    assert unusual(many(3, every=60), Around("ginza", vips=vips, in_charge={"c1": "misaki"})) == []


def test_each_person_alone() -> None:
    """Two people who open ten each are not one who opens twenty; the newest flag comes first."""
    halves = [look(n, n, staff_id=("misaki", "mori")[n % 2]) for n in range(20)]
    assert unusual(halves, SHOP) == []
    later = [one._replace(staff_id="mori", row_id=100 + one.row_id, at=one.at + timedelta(hours=3)) for one in many(20)]
    assert [one.staff_id for one in unusual([*later, *many(20)], SHOP)] == ["mori", "misaki"]


events = st.lists(
    st.builds(
        look,
        st.integers(0, 40),
        st.floats(0, 600),
        what=st.sampled_from(["view", "reveal", "check_in", "queue_message"]),
        purpose=st.sampled_from(["search", "scan", "link"]),
        staff_id=st.sampled_from(["misaki", "mori"]),
    ),
    max_size=120,
)


@given(events, st.randoms(use_true_random=False))
def test_the_order_in_which_events_come_is_nothing(those: list[Event], random: object) -> None:
    """Offline views come late and anyhow: the flags are the same."""
    numbered = [one._replace(row_id=number) for number, one in enumerate(those)]
    mixed = list(numbered)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert unusual(mixed, SHOP) == unusual(numbered, SHOP)


@given(events)
def test_more_room_flags_no_more(those: list[Event]) -> None:
    """A higher threshold never brings an event under a rule that a lower one did not."""
    wide = Thresholds(many_profiles=6, bulk_reveal=4)
    narrow = Thresholds(many_profiles=3, bulk_reveal=2)

    def flagged(limits: Thresholds) -> set[tuple[str, Event]]:
        return {(flag.rule, one) for flag in unusual(those, SHOP, limits) for one in flag.events}

    assert flagged(wide) <= flagged(narrow)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 9)), max_size=60), st.integers(1, 5))
def test_stretches_are_what_counting_each_window_finds(those: list[tuple[int, int]], least: int) -> None:
    """Every event of a window with enough keys is in a stretch, and none besides; no event is in two."""
    made = [look(n, at, customer_id=f"c{key}") for n, (at, key) in enumerate(sorted(those))]
    within = timedelta(minutes=20)
    expected: set[int] = set()
    for one in made:
        window = [each for each in made if timedelta(0) <= one.at - each.at <= within and each.row_id <= one.row_id]
        if len({each.customer_id for each in window}) >= least:
            expected |= {each.row_id for each in window}
    found = [
        each.row_id for stretch in stretches(made, within, least, lambda each: each.customer_id) for each in stretch
    ]
    assert len(found) == len(set(found))
    assert set(found) == expected
