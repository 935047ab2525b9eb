"""She came and did not buy: thank her for coming."""

from datetime import datetime, tzinfo

from sync.model.customer import VisitSource
from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.after_appointment import appointments_on
from sync.policy.signals.days import days_after
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to thank for the latest visit without a purchase on the same day, from the day after.

    Silent where an appointment took place on that day (`after_appointment` speaks of it), and until the tills of the
    shop have reported past the visit. Evidence `after_visit`: visit_id, shop_id, at, and interaction_id and product_ids where staff noted that day what
    they showed her.
    """
    rules = playbook.signals.after_visit
    visit = next((v for v in facts.visits if v.at <= now and v.source is not VisitSource.TILL), None)
    if visit is None:
        return None
    day = visit.at.astimezone(zone).date()
    due, stale = days_after(visit.at, rules.days, zone), days_after(visit.at, rules.days + rules.fresh_days, zone)
    bought = any(o.at.astimezone(zone).date() == day for o in facts.orders)
    if bought or not due <= now < stale or written_since(facts, Cause.AFTER_VISIT, visit.at):
        return None
    if appointments_on(facts, day, now, zone) or not facts.reported(visit.shop_id, visit.ended_at or visit.at):
        return None
    params: dict[str, object] = {"visit_id": visit.id, "shop_id": visit.shop_id, "at": iso(visit.at)}
    note = next((n for n in facts.interactions if n.at.astimezone(zone).date() == day), None)
    if note is not None:
        params |= {"interaction_id": note.id, "product_ids": list(note.product_ids)}
    return Proposal(
        cause=Cause.AFTER_VISIT,
        evidence=Reason(code="after_visit", params=params),
        strength=0.55 if note is not None else 0.4,
        due_at=due,
        stale_after=stale,
        template="after_visit",
        channel=None,
        episode=f"after_visit:{visit.id}",
    )
