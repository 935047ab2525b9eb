"""The simulator over the first seeds: `make chaos SEEDS=20000` goes on from here, `make chaos SEED=n` replays one."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest

from sync.model.commands import AnyCommand
from tests.chaos.server import Disk
from tests.chaos.simulation import simulate
from tests.chaos.staff import KINDS, LEFT_OUT
from tests.memory_disk import memory_disk

SEEDS, AT_ONCE = int(os.environ.get("CHAOS_SEEDS", "300")), 25


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    """A disk in memory where there is one, for the server of one run after another."""
    with TemporaryDirectory(prefix="chaos-", dir=memory_disk()) as folder:
        yield Disk(Path(folder) / "server.db")


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_nothing_is_lost_doubled_or_left_behind(disk: Disk, first: int) -> None:
    """Whatever fails and whoever dies, each of these runs ends with tablets, server and providers agreeing."""
    runs = [simulate(seed, disk) for seed in range(first, min(first + AT_ONCE, SEEDS))]
    failed = [run for run in runs if run.violations]
    for run in failed[:1]:
        print("\n".join(run.trace))
    assert [f"make chaos SEED={run.seed}: {each}" for run in failed for each in run.violations] == []
    assert sum(sum(run.seen.values()) for run in runs) > 30 * len(runs), "these runs do next to nothing"


def test_staff_give_every_command() -> None:
    """Whoever adds a command adds it here as well: nothing that staff can do escapes the faults unnoticed."""
    given = {name for kind in KINDS for name in kind.__code__.co_names}
    there = {one.__name__ for one in get_args(get_args(AnyCommand)[0])}
    assert there - given == {one.__name__ for one in LEFT_OUT}


def test_the_same_seed_makes_the_same_run(disk: Disk) -> None:
    """A failing seed can be looked at again: every step of it comes back."""
    first, second = simulate(7, disk), simulate(7, disk)
    assert first.trace == second.trace
    assert first.trace != simulate(8, disk).trace
