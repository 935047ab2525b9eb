"""What a run of `make bench-sync` leaves: a table, one verdict a workload, `sync.json` and a chart."""

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.bench.sync.chart import chart
from tests.bench.sync.measure import Figures
from tests.bench.sync.targets import TARGETS, WORKLOADS, Key, Target


class Judged(NamedTuple):
    """One target beside what was measured; `ratio` is None where a side of it has no figure."""

    target: Target
    ratio: float | None

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not measured"
        return "met" if self.target.met(self.ratio) else "missed"


def judge(figures: Figures, targets: Sequence[Target] = TARGETS) -> list[Judged]:
    """Set each target beside the medians."""
    judged = []
    for target in targets:
        over = figures.median(target.over)
        under = figures.median(target.under) if target.under else None
        missing = over is None or (target.under is not None and not under)
        judged.append(Judged(target, None if missing or over is None else target.ratio(over, under)))
    return judged


def verdicts(judged: Sequence[Judged]) -> Iterator[str]:
    """Give one line a workload, `W1 ratio target met|missed`: of its targets the one that is farthest from being met."""
    for workload in WORKLOADS:
        ours = [one for one in judged if one.target.workload == workload]
        known = [(one.target.margin(one.ratio), one) for one in ours if one.ratio is not None]
        if not known:
            yield f"{workload} - - not measured"
            continue
        worst = min(known, key=lambda pair: pair[0])[1]
        target = f"{worst.target.sense}{worst.target.bound:g}"
        unknown = len(ours) - len(known)
        note = f"; {unknown} of {len(ours)} not measured" if unknown else ""
        yield f"{workload} {worst.ratio:.3g} {target} {worst.verdict} ({worst.target.words}{note})"


def table(figures: Figures, judged: Sequence[Judged], peers: Mapping[str, str]) -> Iterator[str]:
    """Give the lines of the whole table, in Markdown. `peers` says of each its version, or why it is not there."""
    yield "| workload | case | side | median | fastest | slowest | n |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: |"
    for key, samples in sorted(figures.samples.items(), key=lambda item: (_place(item[0].workload), item[0])):
        numbers = (figures.median(key) or 0.0, min(samples), max(samples))
        cells = " | ".join(f"{number:.4g}" for number in numbers)
        yield f"| {key.workload} | {key.case} | {key.side} | {cells} | {len(samples)} |"
    yield ""
    yield "| target | ratio | bound | |"
    yield "| --- | ---: | ---: | --- |"
    for one in judged:
        if one.target.workload not in figures.load:
            continue
        ratio = "-" if one.ratio is None else f"{one.ratio:.3g}"
        bound = f"{one.target.sense} {one.target.bound:g}"
        yield f"| {one.target.workload} {one.target.words} | {ratio} | {bound} | {one.verdict} |"
    yield ""
    yield from (f"{name}: {words}" for name, words in peers.items())
    yield from (f"{side} has no figure for {workload}: {why}" for (workload, side), why in figures.failed.items())
    loads = (f"{workload} {before:.1f}-{after:.1f}" for workload, (before, after) in figures.load.items())
    yield f"load average: {', '.join(loads)}"


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def write(figures: Figures, peers: Mapping[str, str], folder: Path, *, quick: bool) -> None:
    """Print everything, and write `sync.json` and `sync.svg` into the folder."""
    judged, facts = judge(figures), machine()
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    print(*table(figures, judged, peers), sep="\n")
    print(*verdicts(judged), sep="\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sync.svg").write_text(chart(figures), encoding="utf-8")
    document = {
        "machine": facts,
        "quick": quick,
        "peers": dict(peers),
        "load": figures.load,
        "figures": [
            key._asdict() | {"median": figures.median(key), "samples": samples}
            for key, samples in figures.samples.items()
        ],
        "targets": [
            one.target._asdict() | {"ratio": one.ratio, "verdict": one.verdict, "workload": one.target.workload}
            for one in judged
        ],
        "failed": [
            {"workload": workload, "side": side, "why": why} for (workload, side), why in figures.failed.items()
        ],
        "verdicts": list(verdicts(judged)),
    }
    (folder / "sync.json").write_text(json.dumps(document, indent=1, ensure_ascii=False, default=_keys))


def _keys(value: object) -> object:
    if isinstance(value, Key):
        return value._asdict()
    raise TypeError(type(value).__name__)


def _place(workload: str) -> int:
    return list(WORKLOADS).index(workload) if workload in WORKLOADS else len(WORKLOADS)


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
