"""A day of hers that comes every year: the shape that birthday and anniversary share."""

from datetime import datetime, timedelta, tzinfo

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook_rules import YearlyDay
from sync.policy.signals.days import near, start_of_day
from sync.policy.signals.proposal import Proposal, written_since

ONCE = timedelta(days=180)
"""Within which one word about such a day is enough."""


def remember(
    facts: CustomerFacts, month_day: str, rules: YearlyDay, cause: Cause, strength: float, now: datetime, zone: tzinfo
) -> Proposal | None:
    """Propose to think of the day `MM-DD` (nothing where it is empty or on no calendar): shown some days ahead, so that
    something can be prepared, due on the day. 29 February is kept on the 28th in other years.

    The evidence's code, the template and the episode are named after the cause. Parameters: day (ISO date of this year's),
    in_days (0 on the day, negative after).
    """
    if not month_day:
        return None
    today = now.astimezone(zone).date()
    day = near(month_day, today, ahead=rules.ahead_days, after=rules.fresh_days)
    if day is None or written_since(facts, cause, now - ONCE):
        return None
    return Proposal(
        cause=cause,
        evidence=Reason(code=cause.value, params={"day": day.isoformat(), "in_days": (day - today).days}),
        strength=strength,
        due_at=start_of_day(day, zone),
        stale_after=start_of_day(day + timedelta(days=rules.fresh_days + 1), zone),
        template=cause.value,
        channel=None,
        episode=f"{cause.value}:{day.year}",
    )
