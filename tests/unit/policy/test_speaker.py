"""Who may say a thing."""

from sync.model.outreach import Cause
from sync.policy.speaker import Speaker, speaks_for


def test_basket_points_and_ranks_are_no_talk_in_a_persons_name() -> None:
    """Only these three are the shop's alone; everything else a person may write."""
    shops = {cause for cause in Cause if speaks_for(cause) is Speaker.SHOP}
    assert shops == {Cause.CART_LEFT, Cause.RANK, Cause.POINTS_EXPIRE}
