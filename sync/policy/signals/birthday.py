"""Her birthday, only where she gave it for being congratulated."""

from datetime import datetime, tzinfo

from sync.model.outreach import Cause
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.proposal import Proposal
from sync.policy.signals.yearly import remember

STRENGTH = 0.65


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to congratulate. Evidence `birthday` (see `remember`)."""
    rules, day = playbook.signals.birthday, facts.customer.birthday
    return remember(facts, day, rules, Cause.BIRTHDAY, STRENGTH, now, zone)
