"""`make bench-sync`: the sync layer beside its limits and its peers, all in one run.

`QUICK=1` runs each workload once, at 50,000 customers and without peers. Names of workloads as arguments run only those.
"""

import argparse
import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from sync import rubbish
from tests.bench.sync.measure import Figures, Measure, Run, collect
from tests.bench.sync.ours import OURS
from tests.bench.sync.peers.base import Peer
from tests.bench.sync.report import write
from tests.bench.sync.rivals import install, rivals
from tests.bench.sync.targets import WORKLOADS

OUT = Path("build/bench")

log = structlog.get_logger(__name__)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sync", description=__doc__)
    parser.add_argument("workload", nargs="*", help=f"of {', '.join(WORKLOADS)}; all where none is named")
    parser.add_argument("--quick", action="store_true", default=os.environ.get("QUICK") == "1")
    asked = parser.parse_args(arguments)
    rubbish.look_seldom()  # as a tablet's program does: both ours and the limits run here
    OUT.mkdir(parents=True, exist_ok=True)
    peers: list[Peer] = []
    words: dict[str, str] = {}
    if not asked.quick:
        peers, words = install((OUT / "peers").resolve())
    figures = Figures()
    for name in asked.workload or WORKLOADS:
        with TemporaryDirectory(prefix="sync-", dir=OUT) as folder:
            measure(Run(Path(folder).resolve(), quick=asked.quick), name, peers, figures)
    write(figures, words, OUT, quick=asked.quick)


def measure(run: Run, name: str, peers: Sequence[Peer], figures: Figures) -> None:
    """Measure one workload, all its sides in turns."""
    none: Sequence[Measure] = ()
    ours = OURS[name](run) if name in OURS else nullcontext(none)
    with ours as own, rivals(run, name, peers, figures) as others:
        log.info("bench.workload", workload=name, sides=[one.side for one in (*own, *others)])
        collect(figures, name, [*own, *others], run.repeats)


if __name__ == "__main__":
    main()
