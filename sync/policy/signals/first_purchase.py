"""Her first purchase: thank her the day after."""

from datetime import datetime, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts, main_line
from sync.policy.playbook import Playbook
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose thanks for the first order of all, where it was not taken back.

    Evidence `first_purchase`: order_id, shop_id, at, category, name.
    """
    rules = playbook.signals.first_purchase
    past = [order for order in facts.orders if order.at <= now]
    if not past:
        return None
    order, line = past[-1], main_line(past[-1])
    if order.refunded or line is None:
        return None
    due, stale = days_after(order.at, rules.days, zone), days_after(order.at, rules.days + rules.fresh_days, zone)
    if not due <= now < stale or written_since(facts, Cause.FIRST_PURCHASE, order.at):
        return None
    return Proposal(
        cause=Cause.FIRST_PURCHASE,
        evidence=Reason(
            code="first_purchase",
            params={
                "order_id": order.id,
                "shop_id": order.shop_id,
                "at": iso(order.at),
                "category": line.category,
                "name": line.name,
            },
        ),
        strength=0.75,
        due_at=due,
        stale_after=stale,
        template="first_purchase",
        channel=None,
        episode=f"first_purchase:{order.id}",
    )
