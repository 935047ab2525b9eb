"""`make chaos`: many seeds over all cores and a thousand spoiled caches, or one seed again with all that happened in it."""

import argparse
import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import structlog

from tests.chaos.corruption import Opened, Workshop
from tests.chaos.server import Disk
from tests.chaos.simulation import Run, simulate
from tests.memory_disk import memory_disk

_CHUNK = 25
_SHOWN = 400
"""Lines of a failing run's trace, the last ones."""

T = TypeVar("T")
Failed = tuple[int, str]
"""Which spoiled cache, and why it did not do."""


@lru_cache
def _disk(folder: Path) -> Disk:
    _quiet()
    return Disk(folder / str(os.getpid()) / "server.db")


@lru_cache
def _workshop(folder: Path) -> Workshop:
    _quiet()
    return Workshop(folder / f"workshop-{os.getpid()}")


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _runs(folder: Path, seeds: Sequence[int]) -> list[Run]:
    runs = [simulate(seed, _disk(folder)) for seed in seeds]
    return [run if run.violations else Run(run.seed, run.seconds, seen=run.seen) for run in runs]


def _spoiled(folder: Path, numbers: Sequence[int]) -> list[Opened | Failed]:
    found: list[Opened | Failed] = []
    for number in numbers:
        try:
            found.append(_workshop(folder).spoil(number))
        except Exception as error:
            found.append((number, f"{type(error).__name__}: {error}"))
    return found


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    ask.add_argument("--seeds", type=int, default=300, help="how many seeds, beginning with --first")
    ask.add_argument("--first", type=int, default=0)
    ask.add_argument("--seed", type=int, help="replay this one and print its trace")
    ask.add_argument("--spoiled", type=int, default=1000, help="how many spoiled caches")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = ask.parse_args()
    with TemporaryDirectory(prefix="chaos-", dir=memory_disk()) as name:
        folder = Path(name)
        if asked.seed is not None:
            run = simulate(asked.seed, _disk(folder))
            print("\n".join(run.trace))
            _tell(run)
            print(f"1 seeds, {len(run.violations)} violations")
            return int(bool(run.violations))
        with ProcessPoolExecutor(asked.jobs) as pool:
            violations = _spoil(pool, folder, asked.spoiled)
            violations += _simulate(pool, folder, range(asked.first, asked.first + asked.seeds))
    print(f"{asked.seeds} seeds, {violations} violations")
    return int(violations > 0)


def _simulate(pool: ProcessPoolExecutor, folder: Path, seeds: range) -> int:
    """Run the seeds; return how many violations there were."""
    began, violations, seen = time.monotonic(), 0, Counter[str]()
    for done, run in enumerate(_spread(pool, _runs, folder, seeds), 1):
        seen += run.seen
        if run.violations:
            violations += len(run.violations)
            print("\n".join(run.trace[-_SHOWN:]))
            _tell(run)
        if done % 100 == 0:
            each = (time.monotonic() - began) / done
            print(f"{done} of {len(seeds)} seeds, {violations} violations, {each:.2f} s a seed", flush=True)
    for what, times in sorted(seen.items()):
        print(f"  {times:9,} x {what}")
    return violations


def _spoil(pool: ProcessPoolExecutor, folder: Path, many: int) -> int:
    """Spoil so many caches; return how many of these tablets did not open, or lost something."""
    longest, silent, failed = 0.0, 0, 0
    for one in _spread(pool, _spoiled, folder, range(many)):
        if isinstance(one, Opened):
            longest, silent = max(longest, one.seconds), silent + (one.silent > 0)
        else:
            failed += 1
            print(f"spoiled cache {one[0]}: {one[1]}")
    print(
        f"{many} spoiled caches: {failed} did not open or lost unsent work; the slowest opened in {longest:.2f} s; "
        f"{silent} still showed something wrong after two syncs",
        flush=True,
    )
    return failed


def _spread(
    pool: ProcessPoolExecutor, work: Callable[[Path, Sequence[int]], list[T]], folder: Path, numbers: range
) -> Iterator[T]:
    chunks = [numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK)]
    for found in pool.map(work, [folder] * len(chunks), chunks):
        yield from found


def _tell(run: Run) -> None:
    for each in run.violations:
        print(f"seed {run.seed}: {each}")
    if run.violations:
        print(f"replay it with: make chaos SEED={run.seed}")


if __name__ == "__main__":
    sys.exit(main())
