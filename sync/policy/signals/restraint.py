"""The contrary signal: leave her alone."""

from datetime import datetime, timedelta

from sync.model.customer import ConsentPurpose, ConsentState
from sync.model.outreach import Reason
from sync.policy.consent import standing
from sync.policy.contact import contact_time, contacts, frequency, iso, restraint
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook
from sync.policy.stage import relationship

_ORDER = ("open_complaint", "return_open", "displeased", "pace_quiet", "unanswered")


def leave_alone(facts: CustomerFacts, *, now: datetime, playbook: Playbook) -> Reason | None:
    """Return the weightiest reason not to approach her of our own accord, or None.

    In this order: `opted_out` of every channel, an `open_complaint`, `return_open` (at), `displeased` lately,
    `pace_quiet`, two messages `unanswered`, contacted enough (`cap`, `pace_gap`), too soon for how near she is
    (`stage_gap`: stage, days, next_at). The parameters of the others are those of the gate's reasons.
    """
    hers = facts.customer.channels
    if all(standing(facts.consents, c, ConsentPurpose.ALL) is ConsentState.REFUSED for c in hers):
        return Reason(code="opted_out", params={"channels": [c.value for c in hers]})
    held = list(restraint(facts, now, playbook))
    held.sort(key=lambda reason: _ORDER.index(reason.code) if reason.code in _ORDER else len(_ORDER))
    held += frequency(facts, now, playbook.contact)
    return held[0] if held else _stage_gap(facts, now, playbook)


def _stage_gap(facts: CustomerFacts, now: datetime, playbook: Playbook) -> Reason | None:
    last = next((contact_time(m) for m in contacts(facts) if contact_time(m) <= now), None)
    widest = max(branch.gap_days for branch in playbook.stage.branches)
    if last is None or now >= last + timedelta(days=widest):
        return None
    stage = relationship(facts, now, playbook.stage)
    free_at = last + timedelta(days=stage.gap_days)
    if now >= free_at:
        return None
    return Reason(code="stage_gap", params={"stage": stage.label, "days": stage.gap_days, "next_at": iso(free_at)})
