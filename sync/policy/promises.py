"""To whom a promise goes whose owner works here no more: a customer was told something, and somebody must keep it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sync.model.customer import Customer
from sync.model.promise import Promise
from sync.model.shop import Role, Shop, Staff
from sync.policy.employment import employed
from sync.policy.whose import works_in


def heir(
    promise: Promise, customer: Customer, staff: Iterable[Staff], shop_of: Callable[[str], Shop | None], at: datetime
) -> Staff | None:
    """Return who keeps the promise from now on: the owner's stand-in, who made it, the person in charge of her, a manager
    of the shop, each where still employed and at work in the shop; None where nobody is, and then it is everybody's there."""
    everyone = {one.id: one for one in staff}
    owner = everyone.get(promise.owner_id or "")
    here = [
        one
        for one in sorted(everyone.values(), key=lambda one: one.id)
        if employed(one, at, shop_of(one.shop_id)) and works_in(one, promise.shop_id)
    ]
    by_id = {one.id: one for one in here}

    def asked() -> Iterator[str | None]:
        yield owner.stand_in_id if owner is not None else None
        yield promise.made_by
        yield customer.person_in_charge_id
        yield from (one.id for one in here if one.role is Role.MANAGER)

    return next((by_id[one] for one in asked() if one in by_id), None)
