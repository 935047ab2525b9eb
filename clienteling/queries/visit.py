"""A customer's visit of today in this shop, with what lies on its tray."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from clienteling.device import Cache
from clienteling.queries.contact import load_contact
from clienteling.queries.profile import visit_today
from sync.model.catalogue import Product
from sync.model.customer import Customer, OnTray, Visit
from sync.model.shop import Shop
from sync.policy.companions import with_whom_last
from sync.policy.farewell import Farewell, farewell
from sync.policy.playbook import Playbook


@dataclass(frozen=True)
class VisitView:
    customer: Customer
    visit: Visit | None
    """The open one, else the last of today; None where she has not been here today."""
    tray: tuple[tuple[OnTray, Product], ...]
    suggested: tuple[Product, ...]
    last: Visit | None
    """The visit before, where it is known with whom she came."""
    after: Farewell
    """What to come back to, as far as it is known now."""


def load_visit(
    cache: Cache, customer_id: str, shop: Shop | None, now: datetime, zone: tzinfo, playbook: Playbook
) -> VisitView | None:
    """Read a customer's visit; None where this tablet does not hold her."""
    contact = load_contact(cache, customer_id, shop, now, zone, playbook)
    if contact is None:
        return None
    visit = visit_today(contact.facts, shop, now, zone) or _ended_today(contact.facts.visits, shop, now, zone)
    tray = visit.tray if visit is not None else ()
    known = {one.id: one for one in cache.products([one.product_id for one in tray])}
    lying = tuple((one, known[one.product_id]) for one in tray if one.product_id in known)
    after = farewell(contact.facts, visit, zone=zone, playbook=playbook) if visit is not None else Farewell()
    last = with_whom_last(contact.facts.visits, visit) if visit is not None else None
    return VisitView(contact.facts.customer, visit, lying, contact.products, last, after)


def _ended_today(visits: tuple[Visit, ...], shop: Shop | None, now: datetime, zone: tzinfo) -> Visit | None:
    today = now.astimezone(zone).date()
    here = (one for one in visits if shop and one.shop_id == shop.id and one.at.astimezone(zone).date() == today)
    return max(here, key=lambda one: one.at, default=None)
