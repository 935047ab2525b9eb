"""`make chaos`: many seeds over all cores, or one seed again with everything that happened in it."""

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import structlog

from tests.chaos.server import Disk
from tests.chaos.simulation import Run, simulate

_CHUNK = 25
FAST = Path("/dev/shm")  # memory: what is proven here is not that the disk keeps what it was told to


@lru_cache
def disk() -> Disk:
    """Return this process's disk."""
    quiet()
    return Disk(Path(mkdtemp(prefix="chaos-", dir=FAST if FAST.is_dir() else None)) / "server.db")


def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def several(seeds: list[int]) -> list[Run]:
    runs = [simulate(seed, disk()) for seed in seeds]
    return [run if run.violations else Run(run.seed, run.seconds, seen=run.seen) for run in runs]


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    ask.add_argument("--seeds", type=int, default=300, help="how many seeds, beginning with --first")
    ask.add_argument("--first", type=int, default=0)
    ask.add_argument("--seed", type=int, help="replay this one and print its trace")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = ask.parse_args()
    if asked.seed is not None:
        run = simulate(asked.seed, disk())
        print("\n".join(run.trace))
        _tell(run)
        print(f"1 seeds, {len(run.violations)} violations")
        return int(bool(run.violations))
    seeds = list(range(asked.first, asked.first + asked.seeds))
    began, done, violations, seen = time.monotonic(), 0, 0, Counter[str]()
    for run in _all(seeds, asked.jobs):
        done += 1
        seen += run.seen
        if run.violations:
            violations += len(run.violations)
            print("\n".join(run.trace[-400:]))
            _tell(run)
        if done % 100 == 0:
            each = (time.monotonic() - began) / done
            print(f"{done} of {len(seeds)} seeds, {violations} violations, {each:.2f} s a seed", flush=True)
    for what, times in sorted(seen.items()):
        print(f"  {times:9,} x {what}")
    print(f"{done} seeds, {violations} violations")
    return int(violations > 0)


def _all(seeds: list[int], jobs: int) -> Iterator[Run]:
    chunks = [seeds[start : start + _CHUNK] for start in range(0, len(seeds), _CHUNK)]
    with ProcessPoolExecutor(jobs) as pool:
        for runs in pool.map(several, chunks):
            yield from runs


def _tell(run: Run) -> None:
    for each in run.violations:
        print(f"seed {run.seed}: {each}")
    if run.violations:
        print(f"replay it with: make chaos SEED={run.seed}")


if __name__ == "__main__":
    sys.exit(main())
