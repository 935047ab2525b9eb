"""What staff may see of what she looked at online. That is hers: categories and sizes first, single items only with her
there and with her consent, and nothing older than 30 days."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.model.base import Id
from sync.model.customer import BrowseEvent, ConsentPurpose, ConsentState, WebActivity
from sync.model.outreach import Reason
from sync.policy.consent import standing
from sync.policy.facts import CustomerFacts

KEPT = timedelta(days=30)
"""No tablet keeps what she did online for longer."""

_WANTED = frozenset({BrowseEvent.PRODUCT_ADDED_TO_WISHLIST})


@dataclass(frozen=True, slots=True)
class CategoryInterest:
    category: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ItemInterest:
    product_id: Id
    variant_id: Id | None
    """The variant she looked at last, where one was named."""
    count: int
    last_at: datetime
    wished: bool
    """She put it on her wish list."""


@dataclass(frozen=True, slots=True)
class WebInterest:
    categories: tuple[CategoryInterest, ...]
    """Most looked at first."""
    sizes: tuple[str, ...]
    """Most looked at first."""
    items: tuple[ItemInterest, ...]
    """Latest first; empty where `withheld` says why."""
    withheld: Reason | None
    """Why single items are not shown: `no_consent` (she was not asked), `refused`, or `not_scanned` (her code was not
    scanned in this visit and she did not join the call). None where they are."""
    last_at: datetime | None
    """Her latest activity of the last 30 days."""


def web_interest(facts: CustomerFacts, *, now: datetime, code_scanned: bool) -> WebInterest:
    """Return what may be shown at `now`. `code_scanned`: her own code was scanned in this visit, or she joined the
    consultation. Single items need that and her standing consent to `online_history`."""
    recent = [w for w in facts.web if now - KEPT <= w.at <= now]
    withheld = _withheld(facts, code_scanned)
    return WebInterest(
        categories=_categories(recent),
        sizes=tuple(size for size, _ in Counter(w.size for w in recent if w.size).most_common()),
        items=() if withheld else _items(recent),
        withheld=withheld,
        last_at=max((w.at for w in recent), default=None),
    )


def _withheld(facts: CustomerFacts, code_scanned: bool) -> Reason | None:
    consent = standing(facts.consents, None, ConsentPurpose.ONLINE_HISTORY)
    if consent is None:
        return Reason(code="no_consent", params={"purpose": ConsentPurpose.ONLINE_HISTORY.value})
    if consent is ConsentState.REFUSED:
        return Reason(code="refused", params={"purpose": ConsentPurpose.ONLINE_HISTORY.value})
    return None if code_scanned else Reason(code="not_scanned")


def _categories(recent: Iterable[WebActivity]) -> tuple[CategoryInterest, ...]:
    found: dict[str, CategoryInterest] = {}
    for web in recent:
        if web.category:
            old = found.get(web.category)
            last_at = max(old.last_at, web.at) if old else web.at
            found[web.category] = CategoryInterest(web.category, (old.count if old else 0) + 1, last_at)
    return tuple(sorted(found.values(), key=lambda c: (-c.count, -c.last_at.timestamp(), c.category)))


def _items(recent: Iterable[WebActivity]) -> tuple[ItemInterest, ...]:
    by_product: dict[Id, list[WebActivity]] = {}
    for web in recent:
        if web.product_id:
            by_product.setdefault(web.product_id, []).append(web)
    items = []
    for product_id, events in by_product.items():
        events.sort(key=lambda w: w.at, reverse=True)
        variant = next((w.variant_id for w in events if w.variant_id), None)
        wished = any(w.event in _WANTED for w in events)
        items.append(ItemInterest(product_id, variant, len(events), events[0].at, wished))
    return tuple(sorted(items, key=lambda i: (i.last_at, i.product_id), reverse=True))
