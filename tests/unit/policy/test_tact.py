"""What staff may see of what she looked at online."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import BrowseEvent, Channel
from sync.policy.tact import web_interest
from tests.unit.policy.build import NOW, ago, granted, look, refused, story

HISTORY = granted(None, "online_history")
LOOKS = (
    look(ago(1), product_id="coat-1", category="coat", size="M", variant_id="coat-1-navy"),
    look(ago(2), product_id="dress-1", category="dress", size="38"),
    look(ago(3), BrowseEvent.PRODUCT_ADDED_TO_WISHLIST, product_id="dress-1", category="dress", size="38"),
    look(ago(29.9), product_id="dress-2", category="dress", size="36"),
    look(ago(30.1), product_id="bag-1", category="bag", size="F"),
    look(ago(4), BrowseEvent.MY_PAGE_VIEWED, product_id=None, category=""),
)


def test_categories_and_sizes_are_always_shown() -> None:
    """Without consent and without a scan staff still see what kinds of things and which sizes, most looked at first."""
    found = web_interest(story(*LOOKS), now=NOW, code_scanned=False)
    assert [(c.category, c.count) for c in found.categories] == [("dress", 3), ("coat", 1)]
    assert found.sizes[0] == "38"
    assert found.last_at == ago(1)
    assert found.items == ()


@pytest.mark.parametrize(
    ("consents", "scanned", "withheld"),
    [
        ([], True, "no_consent"),
        ([HISTORY], False, "not_scanned"),
        ([HISTORY], True, None),
        ([granted(None, "all")], True, "no_consent"),
        ([HISTORY, refused(None, "online_history")], True, "refused"),
        ([HISTORY, refused(None, "all")], True, "refused"),
        ([HISTORY, refused(Channel.LINE, "all")], True, None),
    ],
)
def test_items_need_her_scan_and_her_consent(consents: list[object], scanned: bool, withheld: str | None) -> None:
    """Single items are shown once she has scanned her own code in this visit and under a consent that covers it."""
    found = web_interest(story(*LOOKS, *consents), now=NOW, code_scanned=scanned)
    assert (found.withheld.code if found.withheld else None) == withheld
    assert bool(found.items) is (withheld is None)


def test_items_latest_first_with_the_variant_and_the_wish() -> None:
    """Each item once: how often, when last, which variant, and whether it is on her wish list."""
    items = web_interest(story(*LOOKS, HISTORY), now=NOW, code_scanned=True).items
    assert [(i.product_id, i.variant_id, i.count, i.wished) for i in items] == [
        ("coat-1", "coat-1-navy", 1, False),
        ("dress-1", None, 2, True),
        ("dress-2", None, 1, False),
    ]


@given(st.lists(st.integers(-24 * 5, 24 * 90), max_size=12), st.booleans())
def test_nothing_older_than_thirty_days(hours: list[int], scanned: bool) -> None:
    """Whatever is on file, only the last 30 days are spoken of."""
    facts = story(*(look(NOW - timedelta(hours=h)) for h in hours), HISTORY)
    found = web_interest(facts, now=NOW, code_scanned=scanned)
    kept = sum(0 <= h <= 24 * 30 for h in hours)
    assert sum(c.count for c in found.categories) == kept
    assert sum(i.count for i in found.items) == (kept if scanned else 0)
