"""A day that she asked us to remember with her. Which day it is, she knows; we never guess."""

from datetime import datetime, tzinfo

from sync.model.outreach import Cause
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.signals.proposal import Proposal
from sync.policy.signals.yearly import remember

STRENGTH = 0.64


def propose(facts: CustomerFacts, *, now: datetime, zone: tzinfo, playbook: Playbook) -> Proposal | None:
    """Propose to think of it with her. Evidence `anniversary` (see `remember`)."""
    rules, day = playbook.signals.anniversary, facts.customer.anniversary
    return remember(facts, day, rules, Cause.ANNIVERSARY, STRENGTH, now, zone)
