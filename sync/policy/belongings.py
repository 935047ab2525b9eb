"""What a customer owns: bought here, less what went back and what was for somebody else, and what she told us of."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync.ids import derived_id
from sync.model.base import Id
from sync.model.belonging import Belonging
from sync.model.customer import Order, OrderLine
from sync.model.slip import SlipKind, SlipState
from sync.policy.facts import CustomerFacts, own_lines
from sync.policy.visits import GIFT_WITHIN

GIFT_TAG = "gift"


@dataclass(frozen=True, slots=True)
class Owned:
    """One piece."""

    id: Id
    """Of its `Belonging` record, whether there is one yet or not."""
    name: str
    category: str
    at: datetime
    """When it was bought here, or told."""
    bought: OrderLine | None
    order: Order | None
    told: Belonging | None

    @property
    def variant_id(self) -> Id | None:
        return self.bought.variant_id if self.bought else self.told.variant_id if self.told else None


def piece_id(order_id: Id, variant_id: Id) -> Id:
    """Return the id under which staff write down more about a piece that was bought here: two tablets make one."""
    return derived_id("belonging", order_id, variant_id)


def owned(facts: CustomerFacts, product_of: Callable[[Id], Id | None]) -> tuple[Owned, ...]:
    """Return what she owns, the newest first. `product_of` gives the product of a variant, where it is known.

    Left out: orders that were refunded, lines of which as many went back on settled return slips as were bought, what staff
    flagged as a gift, what a note about a gift or the tray of a visit calls one within a day, and what she says she has no more.
    """
    told = {one.id: one for one in facts.belongings}
    back = Counter(
        (slip.order_id, slip.variant_id)
        for slip in facts.slips
        if slip.slip_kind is SlipKind.RETURN and slip.state is SlipState.DONE
    )
    found = []
    for order in facts.orders:
        if order.refunded:
            continue
        for line in own_lines(order):
            piece = piece_id(order.id, line.variant_id)
            more = told.pop(piece, None)
            kept = line.quantity - back[order.id, line.variant_id] > 0
            if (
                kept
                and not _gift(facts, order, line.variant_id, product_of(line.variant_id))
                and not (more and more.gone)
            ):
                name = more.name if more else line.name
                found.append(Owned(piece, name, line.category, order.at, line, order, more))
    # what names an order names one that went back, or one that this tablet does not hold: it is not a piece by itself
    loose = (one for one in told.values() if not one.gone and one.order_id is None)
    found += [Owned(one.id, one.name, one.category, one.at, None, None, one) for one in loose]
    return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True))


def _gift(facts: CustomerFacts, order: Order, variant_id: Id, product_id: Id | None) -> bool:
    def near(at: datetime) -> bool:
        return abs(at - order.at) < GIFT_WITHIN

    on_trays = (thing for visit in facts.visits if near(visit.at) for thing in visit.tray if thing.gift)
    if any(
        thing.variant_id == variant_id or (not thing.variant_id and thing.product_id == product_id)
        for thing in on_trays
    ):
        return True
    return product_id is not None and any(
        product_id in note.product_ids and GIFT_TAG in note.tags and near(note.at) for note in facts.interactions
    )
