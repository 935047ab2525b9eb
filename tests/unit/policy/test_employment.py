"""From when until when somebody works here."""

from datetime import UTC, date, datetime, timedelta

import pytest

from sync.model.shop import Shop, Staff
from sync.policy.employment import employed, left

TOKYO = Shop(id="s", code="s", name="銀座", brand="b", controller="c")
PARIS = TOKYO.model_copy(update={"time_zone": "Europe/Paris"})
LAST = date(2026, 11, 30)


def person(**fields: object) -> Staff:
    return Staff.model_validate(
        {"id": "p", "code": "p", "family_name": "佐藤", "given_name": "", "shop_id": "s", **fields}
    )


@pytest.mark.parametrize(("shop", "midnight"), [
    (TOKYO, datetime(2026, 11, 30, 15, tzinfo=UTC)),
    (PARIS, datetime(2026, 11, 30, 23, tzinfo=UTC)),
    (None, datetime(2026, 12, 1, tzinfo=UTC)),
    (TOKYO.model_copy(update={"time_zone": "No/Where"}), datetime(2026, 12, 1, tzinfo=UTC)),
])  # fmt: skip
def test_a_leaver_is_out_at_the_midnight_of_the_own_shop(shop: Shop | None, midnight: datetime) -> None:
    """The last day is worked through; with its midnight, by the shop's clock, it is over."""
    leaver = person(ends_on=LAST)
    assert employed(leaver, midnight - timedelta(microseconds=1), shop)
    assert not left(leaver, midnight - timedelta(microseconds=1), shop)
    assert not employed(leaver, midnight, shop)
    assert left(leaver, midnight, shop)


def test_a_contract_begins_with_its_first_day() -> None:
    """At the midnight that begins it; before that the person has not left either."""
    temporary = person(starts_on=LAST, ends_on=LAST)
    begins = datetime(2026, 11, 29, 15, tzinfo=UTC)
    assert not employed(temporary, begins - timedelta(microseconds=1), TOKYO)
    assert not left(temporary, begins - timedelta(microseconds=1), TOKYO)
    assert employed(temporary, begins, TOKYO)


def test_who_is_not_active_is_out_whatever_the_days_say() -> None:
    """Cut at once, for the day itself too."""
    assert not employed(person(active=False, ends_on=LAST), datetime(2026, 11, 1, tzinfo=UTC), TOKYO)
    assert employed(person(), datetime(2026, 11, 1, tzinfo=UTC), TOKYO)


def test_records_without_days_stay_as_they_were() -> None:
    """Nothing new is on the wire for who has no contract's days."""
    assert {"starts_on", "ends_on"}.isdisjoint(person().to_wire())
