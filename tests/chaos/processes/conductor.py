"""Starts everything, kills at random from a seed, starts again what is down, and at last lets it heal."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.processes.children import Child

TICK_SECONDS = 0.02
_DOWN_AT_MOST = {"tablet": 0.6, "server": 1.5, "postgresql": 2.0, "worker": 2.0, "office": 2.0}
"""Seconds for which a killed process stays down, at most."""
_AGAIN_SECONDS = 0.4
"""After how long what ended by itself (a server that found no database) is started again, as a service manager does."""

_BURSTS: tuple[tuple[str, int], ...] = (
    ("one tablet", 44),
    ("several tablets", 20),
    ("one server", 12),
    ("every server", 2),
    ("postgresql", 6),
    ("postgresql and a server", 2),
    ("every tablet", 1),
    ("worker", 2),
    ("office", 2),
)


@dataclass
class Killed:
    """How often what was killed, and what ended without being killed."""

    kills: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    """Of PostgreSQL, told to end rather than killed: not counted as kills."""
    ended: Counter[str] = field(default_factory=Counter)
    """Ends of processes by themselves, by kind and status."""

    @property
    def total(self) -> int:
        return self.kills.total()


class Conductor:
    """Holds the processes. `chaos` blocks until enough was killed; `heal` starts at once whatever is down."""

    def __init__(self, children: Sequence[Child], rng: random.Random, bursts_a_second: float) -> None:
        self._children = list(children)
        self._rng = rng
        self._bursts_a_second = bursts_a_second
        self._down: dict[str, float] = {}
        self.killed = Killed()

    def chaos(self, kills: int, done: Callable[[], float]) -> None:
        """Kill, in bursts, until `kills` were made and `done`, the share of the work, is 1.

        Kills are spread over the work, however fast the machine gets on with it: none is made ahead of it.
        """
        following = time.monotonic()
        share = 0.0
        while self.killed.total < kills or share < 1:
            self.tend()
            if time.monotonic() >= following:
                following = time.monotonic() + self._rng.expovariate(self._bursts_a_second)
                share = done()
                if self.killed.total <= kills * share:
                    self._burst()
            time.sleep(TICK_SECONDS)

    def one_of_each(self) -> None:
        """Kill a process of each kind, so that even a short run has met them all."""
        for kind in sorted({one.kind for one in self._children}):
            self._hurt(self._rng.choice([one for one in self._children if one.kind == kind]))

    def heal(self) -> None:
        self._down = dict.fromkeys(self._down, 0.0)
        self.tend()

    def tend(self) -> None:
        """Start what has been down for long enough, and what ended by itself."""
        now = time.monotonic()
        for child in self._children:
            if child.name not in self._down and not child.alive():
                self.killed.ended[f"{child.kind} {child.ended()}"] += 1
                self._down[child.name] = now + _AGAIN_SECONDS
            if self._down.get(child.name, now + 1) <= now:
                del self._down[child.name]
                child.start()

    def retire(self, child: Child) -> None:
        """Look after it no longer."""
        self._children.remove(child)
        self._down.pop(child.name, None)

    def _burst(self) -> None:
        what = self._rng.choices([name for name, _ in _BURSTS], [weight for _, weight in _BURSTS])[0]
        some = self._rng.randrange(2, 6)
        for kind, count in {
            "one tablet": [("tablet", 1)],
            "several tablets": [("tablet", some)],
            "every tablet": [("tablet", 99)],
            "one server": [("server", 1)],
            "every server": [("server", 99)],
            "postgresql and a server": [("postgresql", 1), ("server", 1)],
        }.get(what, [(what, 1)]):
            standing = [one for one in self._children if one.kind == kind and one.alive()]
            for child in self._rng.sample(standing, min(count, len(standing))):
                self._hurt(child)

    def _hurt(self, child: Child) -> None:
        how = child.hurt(self._rng)
        if how == "restart":
            self.killed.restarts += 1
        else:
            self.killed.kills[child.kind] += 1
        if how != "backend":  # PostgreSQL starts its helpers itself
            self._down[child.name] = time.monotonic() + self._rng.uniform(0, _DOWN_AT_MOST[child.kind])
