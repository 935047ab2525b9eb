"""She put something into her cart and left it there. Talk for the brand's sender, not for a person's name."""

from datetime import datetime, timedelta, tzinfo

from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:  # noqa: ARG001
    """Propose a word from the brand some hours after the last thing went into her cart, unless she bought since, anywhere.

    Waits until the web shop has reported orders past that moment. Evidence `cart_left`: at, count (things put in since
    her last purchase, within the days that the playbook looks back), categories (codes, three at most; never items).
    """
    rules = playbook.signals.cart_left
    bought_at = max((o.at for o in facts.orders if o.at <= now), default=None)
    added = [
        w
        for w in facts.web
        if w.event is BrowseEvent.PRODUCT_ADDED
        and now - timedelta(days=rules.fresh_days) <= w.at <= now
        and (bought_at is None or w.at > bought_at)
    ]
    if not added:
        return None
    last = added[0]
    due = last.at + timedelta(hours=rules.hours)
    if now < due or not facts.reported(WEB_SHOP_ID, last.at):
        return None
    if written_since(facts, Cause.CART_LEFT, last.at - timedelta(days=rules.fresh_days)):
        return None
    return Proposal(
        cause=Cause.CART_LEFT,
        evidence=Reason(
            code="cart_left",
            params={
                "at": iso(last.at),
                "count": len(added),
                "categories": list(dict.fromkeys(w.category for w in added if w.category))[:3],
            },
        ),
        strength=0.35,
        due_at=due,
        stale_after=last.at + timedelta(days=rules.fresh_days),
        template="cart_left",
        channel=None,
        episode=f"cart_left:{last.id}",
    )
