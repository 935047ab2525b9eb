"""What a message claims, held against what lies in the shop and what she paid, in the transaction that sends it."""

from datetime import datetime, timedelta

from sync.model.catalogue import Variant
from sync.model.outreach import Message, Reason
from sync.policy.claims import PRICE_CUT_DAYS, claims_of, truth
from sync.policy.facts import CustomerFacts
from sync.server.repository.records import Records
from sync.server.repository.shelves import shelves


def untrue(records: Records, message: Message, facts: CustomerFacts, now: datetime) -> Reason | None:
    """Return why what a message says of goods and prices may not be said to her now, or None (see `sync.policy.claims`)."""
    claims = claims_of(f"{message.subject}\n{message.body}")
    if not claims:
        return None
    shown = shelves(records.conn, message.product_ids).values()
    here = [[piece.quantity for piece in each if piece.shop_id == message.shop_id] for each in shown]
    lately = (order for order in facts.orders if order.at > now - timedelta(days=PRICE_CUT_DAYS))
    bought = records.get_many(Variant, {line.variant_id for order in lately for line in order.lines})
    return truth(
        claims,
        facts,
        now=now,
        stock=max((sum(quantities) for quantities in here if quantities), default=None),
        categories={piece.category for each in shown for piece in each},
        prices={variant_id: variant.price.amount for variant_id, variant in bought.items()},
        message_id=message.id,
    )
