"""Points of hers are about to expire."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import start_of_day
from sync.policy.signals.proposal import Proposal, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to tell her, some days ahead and up to the last day, where there are enough points to be worth a word.

    Evidence `points_expire`: points, day (the last on which they can be used), in_days (0 on that day).
    """
    rules, last = playbook.signals.points_expire, facts.customer.points_expire_on
    if last is None or facts.customer.points < rules.least_points:
        return None
    left = (last - now.astimezone(zone).date()).days
    due = start_of_day(last - timedelta(days=rules.ahead_days), zone)
    if not 0 <= left <= rules.ahead_days or written_since(facts, Cause.POINTS_EXPIRE, due):
        return None
    return Proposal(
        cause=Cause.POINTS_EXPIRE,
        evidence=Reason(
            code="points_expire",
            params={"points": facts.customer.points, "day": last.isoformat(), "in_days": left},
        ),
        strength=0.5,
        due_at=due,
        stale_after=start_of_day(last + timedelta(days=1), zone),
        template="points_expire",
        channel=None,
        episode=f"points_expire:{last.isoformat()}",
    )
