"""She mourns: for a while nobody congratulates her. Asked by the signals and by the gate."""

from datetime import datetime, timedelta

from sync.model.outreach import Cause, Reason
from sync.policy.contact import iso
from sync.policy.facts import CustomerFacts
from sync.policy.playbook_rules import Restraint

CONGRATULATIONS = frozenset({Cause.BIRTHDAY, Cause.ANNIVERSARY})
"""What would hurt. Everything else is decided by tact of staff, who see the note."""


def bereaved(facts: CustomerFacts, when: datetime, rules: Restraint) -> Reason | None:
    """Return that she mourns at `when`, by the latest note of staff with such a tag: `bereaved` (at, until)."""
    notes = (n for n in facts.interactions if n.at <= when and not set(n.tags).isdisjoint(rules.bereavement_tags))
    at = max((note.at for note in notes), default=None)
    if at is None:
        return None
    until = at + timedelta(days=rules.bereavement_days)
    return Reason(code="bereaved", params={"at": iso(at), "until": iso(until)}) if when < until else None
