"""The counts on the places of the rail and of a handheld's bar."""

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.ui.bar_names import NARROW_ITEM, badge
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, INOUE, MISAKI, NOW


@given(st.integers(1, 5000), st.sampled_from([NARROW_ITEM, 66]), st.floats(1.0, 2.0))
def test_a_count_covers_no_icon_and_leaves_no_place(count: int, width: int, letters: float) -> None:
    """With any number of digits and letters up to twice as large: something of the icon is left below it, of two digits a
    quarter of its width beside it, and all of it lies within its place."""
    at = badge(count, width, letters)
    assert at.icon_left >= 0
    assert at.icon_left + at.icon <= width
    assert 1.2 * at.size * letters + 2 <= at.icon * 0.7
    assert at.left - at.icon_left >= at.icon / 4 or count > 99
    assert at.left + len(at.words) * 0.62 * at.size * letters + 10 <= width + 1


@pytest.mark.parametrize(("more", "shown"), [(47, "50"), (117, "99+")])
@pytest.mark.parametrize("size", [(1180, 820), (412, 915)])
def test_more_than_99_is_said_to_be_more(more: int, shown: str, size: tuple[int, int]) -> None:
    """What is not counted out does not look as if it were."""
    device = FakeDevice()
    for number in range(more):
        device.cache.put(
            FollowUp(
                id=f"more-{number}", customer_id=INOUE, shop_id=GINZA, assignee_id=MISAKI, cause=Cause.AFTER_PURCHASE,
                evidence=Reason(code="after_purchase", params={"days": 21, "category": "coat"}), due_at=NOW,
                state=FollowUpState.OPEN, created_at=NOW,
            )
        )  # fmt: skip

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/slips")
        await screen.until(
            lambda: any(isinstance(one, ft.Text) and one.value == shown for one in screen.controls), shown
        )

    drive(steps, device, size=size)
