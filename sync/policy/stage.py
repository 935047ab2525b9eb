"""How far the relationship has come: what she has lived through with us, and how close she is now.

Experiences are never undone. Closeness moves both ways: by what she does and by how she felt, and it fades. Both are told
as moves, each with its cause. The stage sets tone and pace of what we propose; it never decides whether we may write.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

from sync.model.customer import CAME, AppointmentKind, Feeling
from sync.model.outreach import Direction, Reason
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts
from sync.policy.playbook_rules import Branch, Experience, Stage

WAY: tuple[Experience, ...] = get_args(Experience)


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a relationship."""

    at: datetime
    cause: Reason
    """`order` (order_id, shop_id), `visit` (visit_id, shop_id), `booking`, `consultation` (appointment_id, shop_id),
    `reply` (message_id, channel), `look` (category), `note` and `recommended` (interaction_id, shop_id), `feeling`
    (interaction_id, shop_id, feeling)."""
    weight: float
    """What it adds to the sum of decayed weights."""
    before: float
    after: float
    """Closeness just before and just after it, 0..1. Between two moves it only fades."""
    gained: tuple[Experience, ...]
    """Experiences that she had for the first time."""


@dataclass(frozen=True, slots=True)
class Relationship:
    experiences: tuple[Experience, ...]
    """In the order of the way."""
    closeness: float
    """0..1, as of the moment asked about."""
    label: str
    """The name of her branch: `new`, `acquainted`, `familiar`, `close`, `distant`, or what the playbook names."""
    tone: str = "polite"
    """`formal`, `polite` or `warm`: how she is spoken to."""
    gap_days: int = 0
    """Fewest days between two approaches of our own accord."""


def relationship(facts: CustomerFacts, now: datetime, rules: Stage) -> Relationship:
    """Return the relationship as of `now`; later records are left out."""
    return present(moves(facts, now, rules), now, rules)


def present(told: list[Move], now: datetime, rules: Stage) -> Relationship:
    """Return what moves (of `moves`) add up to at `now`."""
    total = sum(move.weight * _faded(now - move.at, rules) for move in told)
    closeness, once = _closeness(total, rules), max((move.after for move in told), default=0.0)
    gained: set[Experience] = {"knew", *(experience for move in told for experience in move.gained)}
    branch = next(b for b in rules.branches if _fits(b, closeness, once, gained))
    experiences = tuple(one for one in WAY if one in gained)
    return Relationship(experiences, closeness, branch.name, branch.tone, branch.gap_days)


def moves(facts: CustomerFacts, now: datetime, rules: Stage) -> list[Move]:
    """Return every move up to `now`, the oldest first: the story that a chart draws."""
    told: list[Move] = []
    had: set[Experience] = set()
    bought_on: set[date] = set()
    total, last = 0.0, now
    steps = sorted((step for step in _steps(facts, rules) if step.at <= now), key=lambda step: (step.at, step.code))
    for step in steps:
        total *= _faded(step.at - last, rules) if told else 1.0
        before, total, last = _closeness(total, rules), total + step.weight, step.at
        lived = list(step.lived)
        if "first_bought" in lived:
            bought_on.add(step.at.date())
            lived += ["repeated"] if len(bought_on) >= 2 else []
            lived += ["regular"] if len(bought_on) >= rules.regular_days else []
        gained = tuple(one for one in lived if one not in had)
        had.update(gained)
        cause = Reason(code=step.code, params=step.params)
        told.append(Move(step.at, cause, step.weight, before, _closeness(total, rules), gained))
    return told


class _Step(NamedTuple):
    at: datetime
    weight: float
    code: str
    params: dict[str, Any]
    lived: tuple[Experience, ...] = ()


def _steps(facts: CustomerFacts, rules: Stage) -> Iterator[_Step]:
    """What moved her, in any order. What she brought back she has bought all the same, but it brings her no nearer."""
    w = rules.weights
    for o in facts.orders:
        lived: tuple[Experience, ...] = ("first_bought",) if o.shop_id == WEB_SHOP_ID else ("visited", "first_bought")
        yield _Step(o.at, 0.0 if o.refunded else w.order, "order", {"order_id": o.id, "shop_id": o.shop_id}, lived)
    for v in facts.visits:
        yield _Step(v.at, w.visit, "visit", {"visit_id": v.id, "shop_id": v.shop_id}, ("visited",))
    for m in facts.messages:
        if m.direction is Direction.IN:
            yield _Step(m.at, w.reply, "reply", {"message_id": m.id, "channel": m.channel.value}, ("replied",))
    for look in facts.web:
        yield _Step(look.at, w.look, "look", {"category": look.category})
    yield from _meetings(facts, rules)
    yield from _notes(facts, rules)


def _meetings(facts: CustomerFacts, rules: Stage) -> Iterator[_Step]:
    for a in facts.appointments:
        about = {"appointment_id": a.id, "shop_id": a.shop_id}
        yield _Step(a.booked_at, rules.weights.booking, "booking", about)
        consulted = a.appointment_kind is AppointmentKind.VIDEO or bool(a.subject)
        ended_at = a.call.ended_at if a.call else None
        if a.state in CAME:
            yield _Step(a.at, 0.0, "consultation", about, ("visited", "consulted") if consulted else ("visited",))
        elif consulted and ended_at is not None:
            yield _Step(max(a.at, ended_at), 0.0, "consultation", about, ("consulted",))


def _notes(facts: CustomerFacts, rules: Stage) -> Iterator[_Step]:
    feelings = {
        Feeling.HAPPY: rules.weights.happy,
        Feeling.UNDECIDED: rules.weights.undecided,
        Feeling.UNEASY: rules.weights.uneasy,
        Feeling.DISPLEASED: rules.weights.displeased,
    }
    for note in facts.interactions:
        about: dict[str, Any] = {"interaction_id": note.id, "shop_id": note.shop_id}
        lived: tuple[Experience, ...] = () if set(note.tags).isdisjoint(rules.consulted_tags) else ("consulted",)
        if note.feeling is None:
            yield _Step(note.at, rules.weights.note, "note", about, lived)
        else:
            felt = {**about, "feeling": note.feeling.value}
            yield _Step(note.at, feelings[note.feeling], "feeling", felt, lived)
        if not set(note.tags).isdisjoint(rules.recommended_tags):
            yield _Step(note.at, rules.weights.recommended, "recommended", about, ("recommended",))


def _faded(time: timedelta, rules: Stage) -> float:
    return math.exp2(-(time / timedelta(days=rules.half_life_days)))


def _closeness(total: float, rules: Stage) -> float:
    return 1 - math.exp(-max(total, 0.0) / rules.scale)


def _fits(branch: Branch, closeness: float, once: float, gained: set[Experience]) -> bool:
    near = closeness >= branch.closeness and once >= branch.once
    return near and (not branch.any_of or not gained.isdisjoint(branch.any_of))
