"""W8: what a sync costs: CPU of the server for a tablet whose snapshot is cached, memory of the process that syncs.

python -m tests.bench.sync.ours_cost FOLDER URL CODE     # one tablet's first sync; prints its peak memory in MB
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psutil

from sync.clock import system_clock
from sync.server.enrolment import create_enrolment_code
from tests.bench.sync.house import House, house
from tests.bench.sync.measure import Measure, Run

_CUSTOMERS = 50_000
_SYNCS = 10


@contextmanager
def cost(run: Run) -> Iterator[Sequence[Measure]]:
    """Ten tablets one after the other sync for the first time, from a snapshot that is there."""
    with house(run.folder / "house", _CUSTOMERS) as place:
        _tablet(place, 0)  # builds the snapshot

        def ours() -> Mapping[str, float]:
            server = psutil.Process(place.process.pid)
            before = server.cpu_times()
            peaks = [_tablet(place, number) for number in range(_SYNCS)]
            after = server.cpu_times()
            spent = (after.user + after.system) - (before.user + before.system)
            return {"CPU s a sync": spent / _SYNCS, "RSS MB": max(peaks)}

        yield [Measure("W8", "ours", ours)]


def _tablet(place: House, number: int) -> float:
    """Sync a new tablet in a process of its own; return its peak memory in MB."""
    folder = place.folder / f"process-{number}-{os.urandom(4).hex()}"
    code = create_enrolment_code(place.engine, "bench", system_clock)
    command = [sys.executable, "-m", "tests.bench.sync.tablet", str(folder), place.url, code]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(said.stdout.strip().splitlines()[-1])


WORKLOADS = {"W8": cost}
