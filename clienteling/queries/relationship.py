"""The path of a customer with us, on two axes: what she has lived through, to the right, and how close she is, up and down."""

from dataclasses import dataclass
from datetime import datetime

from clienteling.device import Cache
from sync.model.customer import Customer
from sync.policy.facts import facts_from
from sync.policy.playbook import Playbook
from sync.policy.playbook_rules import Experience
from sync.policy.stage import WAY, Move, Relationship, moves, present

FELT = 0.03
"""A smaller change of closeness is not drawn; it adds up in the next that is."""
MOST = 60
"""Steps that are drawn: the first of each experience, and the latest of the others."""


@dataclass(frozen=True)
class Step:
    move: Move
    column: int
    """Index on the way (`sync.policy.stage.WAY`) of the furthest that she had lived through by then."""
    across: float
    """0..1 of the chart's width: never less than the step before."""
    up: float
    """Closeness after it, 0..1."""
    before: float
    """Closeness just before it: what fading left of the step before."""


@dataclass(frozen=True)
class Path:
    customer: Customer
    relationship: Relationship
    steps: tuple[Step, ...]
    """Oldest first."""


def load_path(cache: Cache, customer_id: str, now: datetime, playbook: Playbook) -> Path | None:
    """Read a customer's path up to now; None where this tablet does not hold her. Blocks for milliseconds."""
    records = cache.customer_range(customer_id)
    if not any(isinstance(one, Customer) for one in records):
        return None
    facts = facts_from(records)
    told = moves(facts, now, playbook.stage)
    return Path(facts.customer, present(told, now, playbook.stage), path_of(told))


def path_of(told: list[Move]) -> tuple[Step, ...]:
    """Place the moves (of `stage.moves`): an experience moves to its column and is never undone; within a column time goes
    to the right. What she lived through earlier than what she has already leaves her where she is."""
    placed: list[tuple[Move, int]] = []
    furthest = 0
    for move in _told(told):
        furthest = max([furthest, *(WAY.index(one) for one in move.gained)])
        placed.append((move, furthest))
    steps = []
    for number, (move, column) in enumerate(placed):
        there = [at for at, (_, of) in enumerate(placed) if of == column]
        within = (there.index(number) + 1) / (len(there) + 1)
        steps.append(Step(move, column, (column + within) / len(WAY), move.after, move.before))
    return tuple(steps)


def gained(move: Move) -> tuple[Experience, ...]:
    """Return what was new in a step, in the order of the way."""
    return tuple(one for one in WAY if one in move.gained)


def _told(told: list[Move]) -> list[Move]:
    weighty = [move for move in told if move.gained or abs(move.after - move.before) >= FELT]
    first = [move for move in weighty if move.gained]
    late = [move for move in weighty if not move.gained][-max(MOST - len(first), 0) :]
    kept = {id(move) for move in (*first, *late)}
    return [move for move in weighty if id(move) in kept]
