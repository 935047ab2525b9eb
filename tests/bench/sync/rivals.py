"""Turns the peers into measures of the workloads they take part in."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from tests.bench.sync import workload
from tests.bench.sync.measure import Figures, Measure, Run
from tests.bench.sync.peers.anki import Anki
from tests.bench.sync.peers.base import Peer, PeerFailed, running
from tests.bench.sync.peers.libsql import Libsql
from tests.bench.sync.peers.pouchdb import PouchDb
from tests.bench.sync.peers.zero import Zero

PEERS: tuple[Callable[[], Peer], ...] = (Anki, Libsql, PouchDb, Zero)
CATCH_UP_RECORDS = 50_000
"""Customers that are there before a catch-up."""
ROUNDS = 200
"""Single rows of W3 in one repetition."""
COMMANDS, BATCH = 2_000, 100
"""Commands of W5, and how many go in one request."""
_LARGEST = {"pouchdb": 50_000}
"""Customers at which a peer is left out of W1, where a repetition would take minutes."""


def install(cache_dir: Path) -> tuple[list[Peer], dict[str, str]]:
    """Install all peers; return those that are there, and of each its version or why it is not."""
    there, words = [], {}
    for make in PEERS:
        peer = make()
        failed = peer.install(cache_dir)
        words[peer.name] = f"not installed: {failed}" if failed else peer.version
        if not failed:
            there.append(peer)
    return there, words


@contextmanager
def rivals(run: Run, name: str, peers: Sequence[Peer], figures: Figures) -> Iterator[list[Measure]]:
    """Start the peers of one workload and give their measures. Which does not start is noted as failed."""
    with ExitStack() as stack:
        measures: list[Measure] = []
        for peer in peers:
            if name not in peer.workloads:
                continue
            try:
                stack.enter_context(running(peer, Path(mkdtemp(prefix=f"{peer.name}-", dir=run.folder))))
            except (PeerFailed, OSError) as error:
                figures.failed[name, peer.name] = str(error)
                continue
            measures += (Measure(name, peer.name, once) for once in _works(run, name, peer))
        yield measures


def _works(run: Run, name: str, peer: Peer) -> list[Callable[[], Mapping[str, float]]]:
    match name:
        case "W1":
            sizes = [size for size in run.sizes if size <= _LARGEST.get(peer.name, size)]
            return [partial(_timed, str(size), partial(peer.snapshot, size)) for size in sizes]
        case "W1b":
            return [partial(_timed, "50000", partial(peer.snapshot_cold, 50_000))]
        case "W2":
            changed = workload.CHANGED
            return [partial(_timed, str(changed), partial(peer.catch_up, CATCH_UP_RECORDS, changed))]
        case "W3":
            return [partial(_one_row, peer)]
        case "W5":
            return [partial(_timed, "push", partial(peer.push, COMMANDS, BATCH))]
    return []


def _timed(case: str, work: Callable[[], float]) -> dict[str, float]:
    return {case: work()}


def _one_row(peer: Peer) -> dict[str, float]:
    return percentiles(peer.one_row(ROUNDS))


def percentiles(samples: Sequence[float]) -> dict[str, float]:
    """Return the 50th and 99th of a hundred cuts."""
    cuts = statistics.quantiles(samples, n=100, method="inclusive")
    return {"p50": cuts[49], "p99": cuts[98]}
