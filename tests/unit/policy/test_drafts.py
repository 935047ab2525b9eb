"""What somebody has begun to write ends with the visit it was begun in, and with the customer."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import Customer, Visit
from sync.policy.drafts import ended_with

DAY = datetime(2026, 11, 20, tzinfo=UTC)
MINUTES = st.integers(0, 24 * 60).map(lambda n: DAY + timedelta(minutes=n))
HER = Customer(id="customer-1", member_number="1", family_name="佐々木", given_name="葵")


def _visit(at: datetime, ended_at: datetime | None, shop_id: str) -> Visit:
    return Visit(id=f"visit-{at}-{shop_id}", customer_id=HER.id, shop_id=shop_id, at=at, ended_at=ended_at)


VISITS = st.lists(
    st.builds(
        lambda a, b, still, shop: _visit(min(a, b), None if still else max(a, b), shop),
        MINUTES,
        MINUTES,
        st.booleans(),
        st.sampled_from(["shop-1", "shop-2"]),
    ),
    max_size=6,
)


@given(MINUTES, VISITS)
def test_only_the_visit_it_was_begun_in_ends_it(begun_at: datetime, visits: list[Visit]) -> None:
    """One that goes on, was over before, began later or was to another shop ends nothing."""
    of_it = [
        one
        for one in visits
        if one.shop_id == "shop-1" and one.ended_at is not None and not (begun_at < one.at or begun_at > one.ended_at)
    ]
    assert ended_with(begun_at, "shop-1", [*visits, HER]) == bool(of_it)
    assert ended_with(begun_at, "shop-1", [HER, *visits]) == bool(of_it)


@given(MINUTES, VISITS)
def test_nobody_writes_about_somebody_who_is_gone(begun_at: datetime, visits: list[Visit]) -> None:
    """Without the customer herself it is over, whatever else is there."""
    assert ended_with(begun_at, "shop-1", visits)
