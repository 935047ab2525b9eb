"""Promises to customers, as the profile, the home screen and お約束帳 show them."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from clienteling.device import Cache
from sync.model.customer import Customer
from sync.model.promise import Promise, PromiseState


@dataclass(frozen=True)
class Given:
    """A promise that is still to be kept."""

    promise: Promise
    customer: Customer
    overdue: bool
    local: bool
    """So far only this tablet knows of it, or of what became of it."""


@dataclass(frozen=True)
class Promises:
    """Those of a shop that are still to be kept, what is due first standing first."""

    mine: tuple[Given, ...]
    """One's own, and those that are nobody's."""
    others: tuple[Given, ...]

    @property
    def overdue_of_others(self) -> tuple[Given, ...]:
        return tuple(one for one in self.others if one.overdue)


NO_PROMISES = Promises((), ())


def promises_to(cache: Cache, customer: Customer, now: datetime, zone: tzinfo) -> tuple[Given, ...]:
    """Return what a customer was promised and is still to be kept, in any shop."""
    found = [one for one in cache.customer_range(customer.id) if isinstance(one, Promise)]
    return _given(cache, [(one, customer) for one in found], now, zone)


def shop_promises(cache: Cache, *, staff_id: str | None, shop_id: str | None, now: datetime, zone: tzinfo) -> Promises:
    """Read the promises of a shop, one's own apart."""
    found = [one for one in cache.records("promise") if isinstance(one, Promise) and one.shop_id == shop_id]
    pairs = [
        (one, customer)
        for one in found
        if one.state is PromiseState.OPEN
        and isinstance(customer := cache.record("customer", one.customer_id), Customer)
    ]
    given = _given(cache, pairs, now, zone)
    mine = tuple(one for one in given if one.promise.owner_id in (None, staff_id))
    return Promises(mine, tuple(one for one in given if one.promise.owner_id not in (None, staff_id)))


def _given(cache: Cache, pairs: list[tuple[Promise, Customer]], now: datetime, zone: tzinfo) -> tuple[Given, ...]:
    today = now.astimezone(zone).date()
    pairs = [(one, customer) for one, customer in pairs if one.state is PromiseState.OPEN]
    local = {each for customer in {customer.id for _, customer in pairs} for each in cache.unanswered(customer)}
    pairs.sort(key=lambda pair: (pair[0].due_on, pair[0].at))
    return tuple(Given(one, customer, one.overdue(today), one.id in local) for one, customer in pairs)
