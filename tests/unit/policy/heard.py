"""What the rules propose for a customer, as tests ask them."""

from datetime import datetime
from typing import Any

from sync.policy.facts import CustomerFacts
from sync.policy.playbook import load_playbook
from sync.policy.signals import (
    Proposal,
    proposals,
)
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, TOKYO, ago

PLAYBOOK = load_playbook()
LONG_AGO = (b.order(ago(300)), b.visit(ago(340)), b.order(ago(420)))


def heard(signal: Any, facts: CustomerFacts, now: datetime = NOW) -> Proposal | None:
    found: Proposal | None = signal.propose(facts, now=now, zone=TOKYO, playbook=PLAYBOOK)
    return found


def all_heard(facts: CustomerFacts, now: datetime = NOW) -> list[Proposal]:
    return proposals(facts, now=now, zone=TOKYO, playbook=PLAYBOOK)


def causes(facts: CustomerFacts, now: datetime = NOW) -> list[str]:
    return [p.cause.value for p in all_heard(facts, now)]
