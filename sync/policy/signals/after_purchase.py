"""How does it feel, now that she has worn it? Some days after a purchase, by what she bought."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts, main_line
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to ask how the dearest thing of an order is, on the day that the playbook gives its category.

    Orders taken back are left alone. Evidence `after_purchase`: order_id, shop_id, at, category, name, variant_id, days.
    """
    return max(_open(facts, now, zone, playbook), key=lambda p: (p.strength, p.due_at), default=None)


def _open(facts: CustomerFacts, now: datetime, zone: tzinfo, playbook: Playbook) -> Iterator[Proposal]:
    rules = playbook.signals.after_purchase
    for order in facts.orders:
        line = main_line(order)
        if order.refunded or order.at > now or line is None:
            continue
        days = rules.by_category.get(line.category, rules.days)
        due, stale = days_after(order.at, days, zone), days_after(order.at, days + rules.fresh_days, zone)
        if not due <= now < stale or written_since(facts, Cause.AFTER_PURCHASE, order.at):
            continue
        yield Proposal(
            cause=Cause.AFTER_PURCHASE,
            evidence=Reason(
                code="after_purchase",
                params={
                    "order_id": order.id,
                    "shop_id": order.shop_id,
                    "at": iso(order.at),
                    "category": line.category,
                    "name": line.name,
                    "variant_id": line.variant_id,
                    "days": (now.astimezone(zone).date() - order.at.astimezone(zone).date()).days,
                },
            ),
            strength=0.6,
            due_at=due,
            stale_after=stale,
            template="after_purchase",
            channel=None,
            episode=f"after_purchase:{order.id}",
        )
