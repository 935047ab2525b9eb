"""The contrary signal: leave her alone."""

from datetime import datetime

from sync.model.customer import Channel, ConsentPurpose, ConsentState
from sync.model.outreach import Reason
from sync.policy.consent import standing
from sync.policy.contact import frequency, restraint
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook


def leave_alone(facts: CustomerFacts, *, now: datetime, playbook: Playbook) -> Reason | None:
    """Return the weightiest reason not to approach her of our own accord, or None.

    In this order: `opted_out` of every channel, an `open_complaint`, `displeased` lately, `pace_quiet`, two messages
    `unanswered`, contacted enough (`cap`, `pace_gap`). The parameters are those of the gate's reasons.
    """
    if all(standing(facts.consents, c, ConsentPurpose.ALL) is ConsentState.REFUSED for c in Channel):
        return Reason(code="opted_out", params={"channels": [c.value for c in Channel]})
    order = ("open_complaint", "displeased", "pace_quiet", "unanswered")
    held = sorted(restraint(facts, now, playbook.contact), key=lambda reason: order.index(reason.code))
    return next(iter((*held, *frequency(facts, now, playbook.contact))), None)
