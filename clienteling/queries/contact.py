"""What is needed to note a meeting with a customer or to write to her."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from clienteling.device import Cache
from clienteling.queries.around import facts_here
from clienteling.queries.pauses import pauses_here
from clienteling.queries.profile import is_present
from sync.model.catalogue import Product, Variant
from sync.model.customer import Customer
from sync.model.outreach import Direction, FollowUpState, Message, MessageState
from sync.model.shop import Pause, RetailerSettings, Shop, Staff
from sync.policy.facts import CustomerFacts
from sync.policy.naming import colleagues_in
from sync.policy.playbook import Playbook
from sync.policy.signals import wanted_in_stock
from sync.policy.tact import web_interest

MOST_SUGGESTED = 6
_UNTOLD = (FollowUpState.OPEN, FollowUpState.RETURNED)


@dataclass(frozen=True)
class Contact:
    facts: CustomerFacts
    retailer: RetailerSettings
    colleagues: tuple[Staff, ...]
    products: tuple[Product, ...]
    """What may be suggested: items of a message that was sent back, what waits to be fetched, what she wants and lies in her shop (which she agreed
    that we see), items shown in the last meeting, then those of her interests that tact allows."""

    ready: Mapping[str, Variant] = field(default_factory=dict)
    """What waits for her, by the open follow-up that is to tell her so; a slip in words alone has none."""

    pauses: tuple[Pause, ...] = ()
    """What holds up sending here."""

    @property
    def last_reply(self) -> Message | None:
        """Her latest message."""
        return next((one for one in self.facts.messages if one.direction is Direction.IN), None)


def load_contact(
    cache: Cache, customer_id: str, shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook
) -> Contact | None:
    """Read a customer for a note or a message; None where this tablet does not hold her."""
    records, retailer = cache.customer_range(customer_id), cache.retailer()
    if retailer is None or not any(isinstance(one, Customer) for one in records):
        return None
    facts = facts_here(cache, records, now, playbook)
    shown = [product for note in facts.interactions[:1] for product in note.product_ids]
    interest = web_interest(facts, now=now, code_scanned=is_present(facts, shop, now, zone))
    kept = [product for one in facts.messages if one.state is MessageState.RETURNED for product in one.product_ids]
    reason = wanted_in_stock.propose(facts, now=now, zone=zone, playbook=playbook)
    ready = _ready(cache, facts)
    waited_for = [str(reason.evidence.params["product_id"])] if reason is not None else []
    wanted = dict.fromkeys(
        [
            *kept,
            *(one.product_id for one in ready.values()),
            *waited_for,
            *shown,
            *(one.product_id for one in interest.items),
        ]
    )
    by_id = {product.id: product for product in cache.products(list(wanted))}
    products = [by_id[one] for one in wanted if one in by_id][:MOST_SUGGESTED]
    colleagues = colleagues_in(shop.id, cache.staff()) if shop is not None else ()
    return Contact(facts, retailer, colleagues, tuple(products), ready, pauses_here(cache, shop, now))


def _ready(cache: Cache, facts: CustomerFacts) -> dict[str, Variant]:
    """Of a hold the follow-up names the piece itself, of a slip by the slip."""
    of_slip = {slip.id: slip.variant_id for slip in facts.slips}
    found = {}
    for one in facts.follow_ups:
        told = one.evidence
        if told.code not in ("hold_ready", "slip_ready") or one.state not in _UNTOLD:
            continue
        variant_id = told.params.get("variant_id") or of_slip.get(str(told.params.get("slip_id")))
        variant = cache.record("variant", str(variant_id)) if variant_id else None
        if isinstance(variant, Variant):
            found[one.id] = variant
    return found
