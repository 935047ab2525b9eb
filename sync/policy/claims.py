"""What a message claims of goods and prices, and whether that is true at the moment of sending.

`claims_of` reads the claims out of the words; `truth` judges them with the facts at hand, on the tablet beforehand and in
the transaction that claims the message. Codes of its reasons, with their parameters:

    last_one_untrue             quantity: what lies in the shop; left out where nobody knows
    last_one_first              she has had no message from us yet: pressure is no first word
    price_cut_after_purchase    category, at, days, until: she paid the full price there lately

Full price is what a variant costs today or more. Records hold no list price: what she bought in an earlier sale counts as
bought at the full price once the price has fallen further, which holds back rather than hurts.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sync.model.outreach import MessageState, Reason
from sync.policy.contact import iso, outgoing
from sync.policy.facts import CustomerFacts

LAST_ONE = "last_one"
PRICE_CUT = "price_cut"
PRICE_CUT_DAYS = 60
"""Days after her purchase in which no message speaks of a lower price in that category."""

_CLAIMS = {
    LAST_ONE: re.compile(
        r"(残り?|のこり|ラスト)\s?(あと)?\s?(わずか\s?)?(1|一|ひと)\s?(点|着|足|枚|個|つ|本)(?!\d)"
        r"|(最後|ラスト)の?\s?(1|一|ひと)\s?(点|着|足|枚|個|つ|本)|(1|一)(点|着|足)(のみ|限り|だけ)"
        r"|\b(the last|only) one\b|\bonly (1|one) left\b|\blast (piece|pair) (left|in)\b"
    ),
    PRICE_CUT: re.compile(
        r"値下|値引|割引|半額|セール|\bsale\b|プライスダウン|アウトレット|特別価格|(優待|特別ご優待)価格|お買い?得"
        r"|\d+\s?%\s?(off|オフ|引)|\d割\s?引|\b(discount(ed|s)?|reduced|half price|price cut|mark(ed)? ?down)\b"
    ),
}
_REACHED = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})


def claims_of(body: str) -> frozenset[str]:
    """Return the codes of what a text claims: `last_one`, `price_cut`."""
    plain = unicodedata.normalize("NFKC", body).casefold()
    return frozenset(code for code, pattern in _CLAIMS.items() if pattern.search(plain))


def truth(
    claims: Collection[str],
    facts: CustomerFacts,
    *,
    now: datetime,
    stock: int | None = None,
    categories: Collection[str] = (),
    prices: Mapping[str, int] | None = None,
    message_id: str | None = None,
    price_cut_days: int = PRICE_CUT_DAYS,
) -> Reason | None:
    """Return the first reason why what is claimed may not be said to her, or None.

    `stock`: pieces in the message's shop of what it shows, the most plentiful of several products; None where nobody
    knows. `categories`: of what it shows; none means that it may speak of all. `prices`: today's price by variant id, in
    minor units; a variant without one counts as bought at the full price. `message_id` is the message itself, where it
    is among the facts already.
    """
    if LAST_ONE in claims:
        if stock != 1:
            return Reason(code="last_one_untrue", params={} if stock is None else {"quantity": stock})
        if not any(message.state in _REACHED for message in outgoing(facts, message_id)):
            return Reason(code="last_one_first")
    if PRICE_CUT in claims:
        return _paid_in_full(facts, now, categories, prices or {}, price_cut_days)
    return None


def _paid_in_full(
    facts: CustomerFacts, now: datetime, categories: Collection[str], prices: Mapping[str, int], days: int
) -> Reason | None:
    since = now - timedelta(days=days)
    for order in facts.orders:
        if order.refunded or not since < order.at <= now:
            continue
        for line in order.lines:
            if categories and line.category not in categories:
                continue
            if line.price.amount >= prices.get(line.variant_id, 0):
                until = order.at + timedelta(days=days)
                params = {"category": line.category, "at": iso(order.at), "days": days, "until": iso(until)}
                return Reason(code="price_cut_after_purchase", params=params)
    return None
