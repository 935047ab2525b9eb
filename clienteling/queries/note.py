"""What is needed to note a meeting with a customer, with what a colleague began of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from clienteling.device import Cache
from clienteling.queries.contact import Contact, load_contact
from clienteling.queries.profile import visit_today
from sync.model.catalogue import Product
from sync.model.customer import Visit, VisitDraft
from sync.model.shop import Shop
from sync.policy.playbook import Playbook
from sync.policy.visits import draft_of


@dataclass(frozen=True)
class Given:
    """What came with a visit to whoever looks after her now."""

    visit: Visit
    draft: VisitDraft
    things: tuple[Product, ...]


@dataclass(frozen=True)
class NoteView:
    contact: Contact
    given: Given | None


def load_note(
    cache: Cache, customer_id: str, shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook, staff_id: str
) -> NoteView | None:
    """Read a customer for a note of somebody; None where this tablet does not hold her."""
    contact = load_contact(cache, customer_id, shop, now, zone, playbook)
    if contact is None:
        return None
    visit = visit_today(contact.facts, shop, now, zone)
    if visit is None or shop is None or visit.staff_id != staff_id:
        return NoteView(contact, None)
    draft = draft_of(visit, shop.closes, zone, now)
    return NoteView(contact, Given(visit, draft, _things(cache, draft)) if draft is not None else None)


def _things(cache: Cache, draft: VisitDraft) -> tuple[Product, ...]:
    found: Sequence[Product] = cache.products(draft.product_ids)
    by_id = {one.id: one for one in found}
    return tuple(by_id[one] for one in draft.product_ids if one in by_id)
