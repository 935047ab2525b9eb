"""Her birthday, only where she gave it for being congratulated."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import near, start_of_day
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to congratulate: shown some days ahead, due on the day. 29 February is kept on the 28th in other years.

    Evidence `birthday`: day (ISO date of this year's), in_days (0 on the day, negative after).
    """
    if not facts.customer.birthday:
        return None
    rules = playbook.signals.birthday
    today = now.astimezone(zone).date()
    day = near(facts.customer.birthday, today, ahead=rules.ahead_days, after=rules.fresh_days)
    if day is None or written_since(facts, Cause.BIRTHDAY, now - timedelta(days=180)):
        return None
    return Proposal(
        cause=Cause.BIRTHDAY,
        evidence=Reason(code="birthday", params={"day": day.isoformat(), "in_days": (day - today).days}),
        strength=0.65,
        due_at=start_of_day(day, zone),
        stale_after=start_of_day(day + timedelta(days=rules.fresh_days + 1), zone),
        template="birthday",
        channel=None,
        episode=f"birthday:{day.year}",
    )
