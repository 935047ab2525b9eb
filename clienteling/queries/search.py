"""Customers by what was typed, on this tablet; and likely duplicates of somebody about to be registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Device
from sync.model.base import Record
from sync.model.customer import Customer, Order, Visit
from sync.model.slip import Slip
from sync.policy.slips import complaint_in_hand

LIMIT = 20


@dataclass(frozen=True)
class Hit:
    """Enough to tell homonyms apart."""

    customer_id: str
    name: str
    kana: str
    member_number: str
    rank: str
    home_shop_id: str | None
    last_visit_at: datetime | None
    complaint_with: str | None = None
    """Who sees to a complaint of theirs that is open; that is all that a list says of it."""


def search(device: Device, text: str) -> tuple[Hit, ...]:
    """Return the customers on this tablet that match, best first; nothing for nothing."""
    if not text.strip():
        return ()
    return tuple(_hit(device, customer) for customer in device.cache.search_customers(text, LIMIT))


def alike(device: Device, *, name: str, phone: str) -> tuple[Hit, ...]:
    """Return who may be the same person: the same telephone number, or the same full name."""
    found: dict[str, Customer] = {}
    if len(phone) >= 10:
        found |= {one.id: one for one in device.cache.search_customers(phone, 5)}
    if len(name.split()) > 1:
        same = "".join(name.split())
        found |= {one.id: one for one in device.cache.search_customers(name, 5) if "".join(one.name.split()) == same}
    return tuple(_hit(device, customer) for customer in found.values())


def _hit(device: Device, customer: Customer) -> Hit:
    records = device.cache.customer_range(customer.id)
    return Hit(
        customer.id,
        customer.name,
        customer.kana,
        customer.member_number,
        customer.rank,
        customer.home_shop_id,
        _last_here(records),
        complaint_in_hand(one for one in records if isinstance(one, Slip)),
    )


def _last_here(records: Sequence[Record]) -> datetime | None:
    return max((one.at for one in records if isinstance(one, Visit | Order)), default=None)
