"""What a message is checked against before it goes: homonyms, and what lies in the shop of what it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache
from clienteling.queries.contact import Contact, load_contact
from clienteling.queries.shelf import free_levels
from sync.model.catalogue import Variant
from sync.model.customer import Customer
from sync.model.shop import Shop
from sync.policy.claims import PRICE_CUT_DAYS
from sync.policy.facts import facts_from
from sync.policy.playbook import Playbook
from sync.sealed.names import fold

_MOST_ALIKE = 20


@dataclass(frozen=True)
class Namesake:
    """Enough to tell two people of one name apart."""

    name: str
    kana: str
    member_number: str
    last_visit_at: datetime | None


@dataclass(frozen=True)
class Letter:
    contact: Contact
    herself: Namesake
    namesakes: tuple[Namesake, ...]
    """Others on this tablet with the same written or spoken name; where there are any, staff confirm whom they mean."""
    stock: dict[str, int]
    """Pieces in the own shop, by product id; a product whose stock nobody told is left out."""
    prices: dict[str, int]
    """Today's price in minor units by variant id, of what she bought lately."""


def load_letter(
    cache: Cache,
    customer_id: str,
    shop: Shop | None,
    now: datetime,
    zone: tzinfo,
    playbook: Playbook,
    product_ids: Iterable[str],
) -> Letter | None:
    """Read what a message to her needs; None where this tablet does not hold her. `product_ids` are those chosen."""
    contact = load_contact(cache, customer_id, shop, now, zone, playbook)
    if contact is None:
        return None
    customer = contact.facts.customer
    wanted = dict.fromkeys([*product_ids, *(one.id for one in contact.products)])
    stock = {one: pieces for one in wanted if (pieces := _pieces(cache, one, shop)) is not None}
    lately = (o for o in contact.facts.orders if o.at > now - timedelta(days=PRICE_CUT_DAYS))
    bought = {line.variant_id for order in lately for line in order.lines}
    variants = (cache.record("variant", one) for one in bought)
    prices = {one.id: one.price.amount for one in variants if isinstance(one, Variant)}
    others = tuple(_namesake(cache, one, now) for one in _alike(cache, customer))
    return Letter(contact, _namesake(cache, customer, now), others, stock, prices)


def _alike(cache: Cache, customer: Customer) -> list[Customer]:
    written, spoken = fold(customer.name), fold(customer.kana)
    hers = {customer.id, *customer.aliases}
    found: dict[str, Customer] = {}
    for text in filter(None, (customer.name, customer.kana)):
        for one in cache.search_customers(text, _MOST_ALIKE):
            same = fold(one.name) == written or (spoken and fold(one.kana) == spoken)
            if same and one.id not in hers:
                found[one.id] = one
    return list(found.values())


def _namesake(cache: Cache, customer: Customer, now: datetime) -> Namesake:
    arrivals = facts_from([customer, *cache.customer_range(customer.id)]).arrivals(now)
    return Namesake(customer.name, customer.kana, customer.member_number, arrivals[0] if arrivals else None)


def _pieces(cache: Cache, product_id: str, shop: Shop | None) -> int | None:
    levels = free_levels(cache, [one.id for one in cache.variants_of(product_id)])
    here = [one.quantity for one in levels if shop is not None and one.shop_id == shop.id]
    return sum(here) if here else None
