"""How far the relationship has come: what she has lived through with us, and how close she is now.

Experiences are never undone. Closeness moves both ways: it grows by what she does and how she felt, and halves every
half year without anything. It sets the tone staff see; it never decides whether we may write.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.model.customer import AppointmentKind, AppointmentState, Feeling
from sync.model.outreach import Direction
from sync.policy.facts import CustomerFacts

HALF_LIFE = timedelta(days=180)
_FULL = 3.0
"""The sum of decayed weights at which closeness is about 0.63; three purchases last week make that."""

_FEELINGS = {Feeling.HAPPY: 0.5, Feeling.UNDECIDED: 0.0, Feeling.UNEASY: -0.5, Feeling.DISPLEASED: -1.5}
_NOTE, _VISIT, _ORDER, _BOOKING, _REPLY, _WEB = 0.3, 0.5, 1.0, 0.5, 0.4, 0.02


@dataclass(frozen=True, slots=True)
class Relationship:
    experiences: tuple[str, ...]
    """Codes in the order of the way: `knew`, `visited`, `first_bought`, `consulted`, `replied`, `repeated`, `regular`."""
    closeness: float
    """0..1, as of the moment asked about."""
    label: str
    """`new`, `acquainted`, `familiar`, `close`, or `distant` for someone who once was nearer than she is now."""


def relationship(facts: CustomerFacts, now: datetime) -> Relationship:
    """Return the relationship as of `now`; later records are left out."""
    experiences = tuple(_experiences(facts, now))
    events = list(_events(facts, now))
    closeness = _closeness(sum(weight * 0.5 ** ((now - at) / HALF_LIFE) for at, weight in events))
    ever = _closeness(sum(max(weight, 0.0) for _, weight in events))
    return Relationship(experiences, closeness, _label(experiences, closeness, ever))


def _closeness(total: float) -> float:
    return 1 - math.exp(-max(total, 0.0) / _FULL)


def _experiences(facts: CustomerFacts, now: datetime) -> Iterator[str]:
    bought = sorted({order.at.date() for order in facts.orders if order.at <= now and not order.refunded})
    consulted = any(
        a.state is AppointmentState.DONE
        or (a.call is not None and a.call.ended_at is not None and a.call.ended_at <= now)
        for a in facts.appointments
        if a.at <= now and (a.appointment_kind is AppointmentKind.VIDEO or a.subject)
    )
    yield "knew"
    if facts.arrivals(now + timedelta(microseconds=1)):
        yield "visited"
    if bought:
        yield "first_bought"
    if consulted or any("consultation" in note.tags for note in facts.interactions if note.at <= now):
        yield "consulted"
    if any(m.direction is Direction.IN and m.at <= now for m in facts.messages):
        yield "replied"
    if len(bought) >= 2:
        yield "repeated"
    if len(bought) >= 5:
        yield "regular"


def _events(facts: CustomerFacts, now: datetime) -> Iterator[tuple[datetime, float]]:
    yield from ((o.at, _ORDER) for o in facts.orders if o.at <= now and not o.refunded)
    yield from ((v.at, _VISIT) for v in facts.visits if v.at <= now)
    yield from ((a.booked_at, _BOOKING) for a in facts.appointments if a.booked_at <= now)
    yield from ((m.at, _REPLY) for m in facts.messages if m.direction is Direction.IN and m.at <= now)
    yield from ((w.at, _WEB) for w in facts.web if w.at <= now)
    for note in facts.interactions:
        if note.at <= now:
            yield note.at, _FEELINGS[note.feeling] if note.feeling is not None else _NOTE


def _label(experiences: tuple[str, ...], closeness: float, ever: float) -> str:
    if closeness >= 0.6:
        return "close"
    if closeness >= 0.3:
        return "familiar"
    if ever >= 0.6 and "first_bought" in experiences:
        return "distant"
    if "visited" in experiences or "first_bought" in experiences:
        return "acquainted"
    return "new"
