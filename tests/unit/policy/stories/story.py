"""What a story is."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook, load_playbook
from tests.unit.policy.build import NOW, TOKYO


@dataclass(frozen=True)
class Heard:
    """The proposal that follows, in the words in which staff read it."""

    ja: str
    en: str
    params: dict[str, Any] = field(default_factory=dict)
    """Some of the evidence."""
    due: str = ""
    """The day on which it is due, in the customer's zone."""
    template: str = ""
    """Where it is not named after its cause."""


@dataclass(frozen=True)
class Story:
    ja: str
    en: str
    facts: CustomerFacts
    heard: Heard | None = None
    """None: silence."""
    now: datetime = NOW
    zone: tzinfo = TOKYO
    playbook: Playbook = field(default_factory=load_playbook)


def on(day: str, hour: int = 13, minute: int = 0, zone: tzinfo = TOKYO) -> datetime:
    """A moment of a day (ISO) in a zone."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=zone)
