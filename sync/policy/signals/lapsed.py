"""A regular who stopped coming, by her own rhythm and by how long it is. Never answered by a welcome-back."""

from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from sync.model.outreach import Cause, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.days import start_of_day
from sync.policy.signals.proposal import Proposal, tills_reported, written_since


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to ask after a regular who is away longer than twice her usual gap, and 60 days at least.

    Rhythm alone misleads (who came three days running is not lost after a week), so recency bounds it on both sides; a
    booking ahead means that she has not stopped at all. Waits until the tills of the shop she was in last have reported
    past the end of our patience: silence of the tills is none of hers. Evidence `lapsed`: last_at (a day), away_days, rhythm_days (her
    median gap), days_with_us.
    """
    rules = playbook.signals.lapsed
    days = facts.contact_days(now, zone)
    if len(days) < rules.history_days or facts.booked(now):
        return None
    rhythm = median((later - earlier).days for later, earlier in pairwise(days))
    away = (now.astimezone(zone).date() - days[0]).days
    patience = max(rules.least_days, round(rhythm * rules.rhythm_factor))
    if not patience <= away <= rules.most_days:
        return None
    since = start_of_day(days[0], zone)
    if written_since(facts, Cause.LAPSED, since) or not tills_reported(facts, now, since + timedelta(days=patience)):
        return None
    return Proposal(
        cause=Cause.LAPSED,
        evidence=Reason(
            code="lapsed",
            params={
                "last_at": days[0].isoformat(),
                "away_days": away,
                "rhythm_days": round(rhythm),
                "days_with_us": len(days),
            },
        ),
        # Strongest when just noticed and of somebody who came often: that is when asking still helps.
        strength=round(0.4 + 0.02 * min(len(days), 10) + 0.2 * patience / away, 3),
        due_at=start_of_day(now.astimezone(zone).date(), zone),
        stale_after=max(since + timedelta(days=patience), now) + timedelta(days=rules.fresh_days),
        template="lapsed",
        channel=None,
        episode=f"lapsed:{days[0].isoformat()}",
    )
