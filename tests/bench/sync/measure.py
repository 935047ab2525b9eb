"""Runs the measures of a workload side by side: round by round, so that what else the machine does hits all alike."""

import os
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import structlog

from tests.bench.sync.peers.base import PeerFailed
from tests.bench.sync.targets import Key

log = structlog.get_logger(__name__)

REPEATS = 5
REST = 0.25
"""Processors that may be busy while nothing is measured: servers that wait are not quite idle."""
REST_SECONDS = 180.0
"""How long a side may go on after its answer before the next is measured all the same."""


@dataclass(frozen=True)
class Run:
    """One run of the benchmark."""

    folder: Path
    """Where everything that is measured lies; on the disk that is measured."""
    quick: bool = False
    """Once, at 50,000 customers, without peers."""

    @property
    def repeats(self) -> int:
        return 1 if self.quick else REPEATS

    @property
    def sizes(self) -> tuple[int, ...]:
        return (50_000,) if self.quick else (10_000, 50_000, 200_000)


@dataclass(frozen=True)
class Measure:
    """One side of a workload. `once` does it once and returns a figure for each case, seconds where not said otherwise."""

    workload: str
    side: str
    once: Callable[[], Mapping[str, float]]


Workload = Callable[[Run], AbstractContextManager[Sequence[Measure]]]
"""Sets up what a workload needs, gives our measures and the limits', and takes it down again."""


@dataclass
class Figures:
    """What was measured, every repetition of it."""

    samples: dict[Key, list[float]] = field(default_factory=dict)
    failed: dict[tuple[str, str], str] = field(default_factory=dict)
    """Why a side has no figure for a workload."""
    load: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Load average over a minute before and after each workload."""

    def median(self, key: Key) -> float | None:
        found = self.samples.get(key)
        return statistics.median(found) if found else None


def rest() -> None:
    """Wait until what was measured before is really done, and the disk has it: nobody pays for another. Zero's server writes
    for a while what its client holds already."""
    os.sync()
    until = time.monotonic() + REST_SECONDS
    while (busy := psutil.cpu_percent(1.0) / 100 * (os.cpu_count() or 1)) > REST:
        if time.monotonic() > until:
            log.warning("bench.no_rest", busy=round(busy, 2))
            return
    os.sync()


def collect(
    figures: Figures,
    workload: str,
    measures: Iterable[Measure],
    repeats: int,
    pause: Callable[[], None] = rest,
) -> None:
    """Repeat all measures of a workload in turns, with a pause before each. A side that fails is named, and left out from then on."""
    before = os.getloadavg()[0]
    going = list(measures)
    for _round in range(repeats):
        for one in tuple(going):
            pause()
            try:
                found = one.once()
            except PeerFailed as error:
                log.warning("bench.failed", workload=workload, side=one.side, why=str(error))
                figures.failed[workload, one.side] = str(error)
                going.remove(one)
                continue
            for case, value in found.items():
                figures.samples.setdefault(Key(workload, case, one.side), []).append(value)
            log.info("bench.measured", workload=workload, side=one.side, **{k: round(v, 5) for k, v in found.items()})
    figures.load[workload] = (before, os.getloadavg()[0])
