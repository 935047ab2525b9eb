"""What everybody in one run shares: the dice, true time, the clocks that stray from it, and the trace of what happened."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.chaos.house import START


class Strayed:
    """A clock that shows true time, moved by however much somebody set it wrong."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.off = timedelta()

    def __call__(self) -> datetime:
        return self._world.true + self.off


@dataclass
class Late:
    """A request that the network still holds."""

    due: int
    what: str
    deliver: Callable[[], object]


@dataclass
class Faults:
    """How likely each kind of trouble is in this run: each seed mixes its own, and some have none of a kind."""

    lost: float = 0.0
    late: float = 0.0
    twice: float = 0.0
    slow: float = 0.0
    tablet_dies: float = 0.0
    server_dies: float = 0.0
    disk_full: float = 0.0
    damage: float = 0.0
    clocks: float = 0.0
    restore: float = 0.0
    revoke: float = 0.0
    versions: float = 0.0
    no_answer: float = 0.0

    @classmethod
    def drawn(cls, chance: random.Random) -> "Faults":
        return cls(
            **{name: chance.choice((0.0, 0.5, 1.0, 2.0)) * most for name, most in _MOST.items()},
        )


_MOST = {
    "lost": 0.12,
    "late": 0.08,
    "twice": 0.08,
    "slow": 0.15,
    "tablet_dies": 0.08,
    "server_dies": 0.06,
    "disk_full": 0.03,
    "damage": 0.02,
    "clocks": 0.02,
    "restore": 0.008,
    "revoke": 0.008,
    "versions": 0.015,
    "no_answer": 0.1,
}


@dataclass
class World:
    """One run."""

    seed: int
    chance: random.Random
    faults: Faults
    true: datetime = START
    step: int = 0
    calm: bool = True
    """No trouble is made: before the work begins and while everything heals."""
    late: list[Late] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    """What happened how often, to tell whether a run is worth anything."""
    _ids: int = 0

    def new_id(self, prefix: str = "id") -> str:
        self._ids += 1
        return f"{prefix}-{self._ids:05d}"

    def pass_by(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)

    def strikes(self, likelihood: float) -> bool:
        """Say whether trouble of this likelihood strikes now."""
        return not self.calm and self.chance.random() < likelihood

    def note(self, what: str) -> None:
        self.trace.append(f"{self.step:03d} {self.true:%d %H:%M:%S} {what}")

    def violated(self, what: str) -> None:
        """Something must never be, and is."""
        self.violations.append(what)
        self.note(f"VIOLATION {what}")

    def deliver_late(self, *, all_of_them: bool = False) -> None:
        """Hand over requests that have been on the way for long enough, in any order."""
        due = [one for one in self.late if all_of_them or one.due <= self.step]
        self.late = [one for one in self.late if one not in due]
        self.chance.shuffle(due)
        for one in due:
            self.note(f"late: {one.what}")
            self.seen["late request"] += 1
            one.deliver()
