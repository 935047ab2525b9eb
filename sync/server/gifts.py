"""What lay as a gift on the tray of a visit is one in the purchase that came of it, whichever of the two is known first.

It is written into the purchase, once: there the rules for one customer and those for everybody find it alike, and what staff
say of a piece later (`flag_gift`) stands.
"""

from collections.abc import Iterable

from sqlalchemy import Text, cast, select

from sync.model.base import Id
from sync.model.catalogue import Variant
from sync.model.customer import OnTray, Order, Visit
from sync.policy.visits import GIFT_WITHIN, marked, near
from sync.server.repository.records import Records
from sync.server.tables import visits


def told_by_trays(records: Records, arrived: Iterable[Order]) -> list[Order]:
    """Return those of these purchases, of which nobody has heard before, that hold gifts, with these flagged."""
    orders = list(arrived)
    if not orders:
        return []
    query = select(visits.c.data).where(
        visits.c.customer_id.in_({order.customer_id for order in orders}),
        visits.c.at > min(order.at for order in orders) - GIFT_WITHIN,
        visits.c.at < max(order.at for order in orders) + GIFT_WITHIN,
        cast(visits.c.data, Text).contains('"gift"'),
    )
    found = [Visit.model_validate(data) for data in records.conn.scalars(query)]
    told = []
    for order in orders:
        hers = (visit for visit in found if visit.customer_id == order.customer_id and near(visit, order))
        things = [thing for visit in hers for thing in visit.tray if thing.gift]
        after = marked(order, things, gift=True, product_of=_products(records, [order], things))
        if after != order:
            told.append(after)
    return told


def told_by_change(records: Records, before: Visit, after: Visit) -> list[Order]:
    """Return the purchases of a visit in which a piece is a gift, or none after all, since its tray says so."""
    was, now = ({thing.key: thing for thing in visit.tray if thing.gift} for visit in (before, after))
    no_more = [thing for key, thing in was.items() if key not in now]
    from_now = [thing for key, thing in now.items() if key not in was]
    if not no_more and not from_now:
        return []
    orders = [one for one in records.find(Order, customer_id=after.customer_id) if near(after, one)]
    told = []
    for order in orders:
        product_of = _products(records, [order], [*no_more, *from_now])
        changed = marked(
            marked(order, no_more, gift=False, product_of=product_of), from_now, gift=True, product_of=product_of
        )
        if changed != order:
            told.append(changed)
    return told


def _products(records: Records, orders: Iterable[Order], things: Iterable[OnTray]) -> dict[Id, Id]:
    """Return the products of what was bought, as far as some thing is known by its product only."""
    if all(thing.variant_id for thing in things):
        return {}
    bought = {line.variant_id for order in orders for line in order.lines}
    return {one.id: one.product_id for one in records.get_many(Variant, bought).values()}
