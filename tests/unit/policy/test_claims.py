"""What a message claims of goods and prices."""

from typing import Any

import pytest

from sync.model.outreach import Cause, MessageState
from sync.policy.claims import LAST_ONE, PRICE_CUT, claims_of, truth
from sync.policy.facts import CustomerFacts
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, ago, story

KNOWN = story(b.message(ago(20)))


def said(claim: str, facts: CustomerFacts, **given: Any) -> str | None:
    reason = truth({claim}, facts, now=NOW, **given)
    return reason.code if reason else None


@pytest.mark.parametrize(
    "text",
    [
        "残り1点でございます",
        "残り１点",
        "残り一点",
        "残りわずか1点",
        "最後の一着",
        "ラスト1足",
        "1点限り",
        "only one left",
        "The last one",
    ],
)
def test_the_last_one_is_heard(text: str) -> None:
    """However it is written."""
    assert claims_of(text) == {LAST_ONE}


@pytest.mark.parametrize(
    "text",
    [
        "お値下げいたしました",
        "２０％OFF",
        "20%オフ",
        "セールのご案内",
        "半額",
        "3割引",
        "特別価格",
        "on sale now",
        "half price",
    ],
)
def test_a_price_cut_is_heard(text: str) -> None:
    """However it is written."""
    assert claims_of(text) == {PRICE_CUT}


@pytest.mark.parametrize(
    "text", ["残り10点", "一点一点お仕立て", "残りの一日", "セーラーカラー", "割烹着", "wholesale"]
)
def test_harmless_words_claim_nothing(text: str) -> None:
    """Words that merely resemble a claim are none."""
    assert claims_of(text) == frozenset()


@pytest.mark.parametrize(
    ("stock", "code"), [(1, None), (0, "last_one_untrue"), (2, "last_one_untrue"), (None, "last_one_untrue")]
)
def test_the_last_one_has_to_be_the_last_one(stock: int | None, code: str | None) -> None:
    """残り1点 goes only where one lies in the shop at that moment; what nobody knows is not claimed."""
    assert said(LAST_ONE, KNOWN, stock=stock) == code
    reason = truth({LAST_ONE}, KNOWN, now=NOW, stock=2)
    assert reason is not None
    assert reason.params == {"quantity": 2}


def test_pressure_is_no_first_word() -> None:
    """残り1点 is never the first that she hears from us: a message under way, failed, or this one itself is none before."""
    assert said(LAST_ONE, story(), stock=1) == "last_one_first"
    failed = story(b.message(ago(3), state=MessageState.FAILED), b.her_message(ago(2)))
    assert said(LAST_ONE, failed, stock=1) == "last_one_first"
    itself = b.message(ago(0), Cause.WANTED_IN_STOCK, MessageState.UNKNOWN)
    assert said(LAST_ONE, story(itself), stock=1, message_id=itself.id) == "last_one_first"
    assert said(LAST_ONE, story(itself), stock=1) is None


@pytest.mark.parametrize(
    ("days", "code"), [(1, "price_cut_after_purchase"), (59, "price_cut_after_purchase"), (60, None), (200, None)]
)
def test_no_price_cut_where_she_paid_in_full_lately(days: int, code: str | None) -> None:
    """Within 60 days of her purchase at the full price, in that category."""
    assert said(PRICE_CUT, story(b.order(ago(days))), categories={"dress"}) == code


def test_a_price_cut_elsewhere_or_after_a_sale_is_no_offence() -> None:
    """Another category, a purchase below today's price, a return: none of these holds it back. A message without products
    may speak of everything, and one that she bought for more than today's price she bought in full."""
    bought = story(b.order(ago(10), price=42000))
    assert said(PRICE_CUT, bought, categories={"coat"}) is None
    assert said(PRICE_CUT, bought, categories={"dress"}, prices={"variant-1": 60000}) is None
    assert said(PRICE_CUT, bought, categories={"dress"}, prices={"variant-1": 30000}) == "price_cut_after_purchase"
    assert said(PRICE_CUT, story(b.order(ago(10), refunded=True))) is None
    assert said(PRICE_CUT, bought) == "price_cut_after_purchase"


def test_what_is_not_claimed_is_not_judged() -> None:
    """Without a claim there is nothing to be untrue."""
    assert truth(frozenset(), story(b.order(ago(1))), now=NOW, stock=0) is None
