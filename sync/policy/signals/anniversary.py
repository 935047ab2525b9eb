"""A day that she asked us to remember with her."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import near, start_of_day
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to think of her anniversary: shown some days ahead, so that something can be prepared, due on the day.

    Which day it is, she knows; we never guess. Evidence `anniversary`: day (ISO date of this year's), in_days (0 on the
    day, negative after).
    """
    if not facts.customer.anniversary:
        return None
    rules = playbook.signals.anniversary
    today = now.astimezone(zone).date()
    day = near(facts.customer.anniversary, today, ahead=rules.ahead_days, after=rules.fresh_days)
    if day is None or written_since(facts, Cause.ANNIVERSARY, now - timedelta(days=180)):
        return None
    return Proposal(
        cause=Cause.ANNIVERSARY,
        evidence=Reason(code="anniversary", params={"day": day.isoformat(), "in_days": (day - today).days}),
        strength=0.64,
        due_at=start_of_day(day, zone),
        stale_after=start_of_day(day + timedelta(days=rules.fresh_days + 1), zone),
        template="anniversary",
        channel=None,
        episode=f"anniversary:{day.year}",
    )
