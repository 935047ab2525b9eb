"""`make bench-tablet`: what screens cost on a tablet with 20,000 customers, each figure beside its target.

`python -m tests.bench.tablet [--customers 20000] [--without-browser]`; prints each figure as soon as it is there and writes
`build/bench/tablet.json` anew with it, so that what was measured is kept when a later part fails.
"""

import argparse
import json
import os
import statistics
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from clienteling.settle import settle
from tests.bench.tablet import browser, wire
from tests.bench.tablet.shop import CUSTOMERS, shop, tablet

OUT = Path("build/bench/tablet.json")


class Figure(NamedTuple):
    """One line: `most` is what it may be at most, None where it is only written down."""

    name: str
    value: float
    unit: str
    most: float | None = None

    @property
    def outcome(self) -> str | None:
        """`met` or `missed`; None where nothing is asked."""
        return None if self.most is None else "met" if self.value <= self.most else "missed"

    @property
    def line(self) -> str:
        said = f"{self.name}: {self.value:,.1f} {self.unit}"
        return said if self.most is None else f"{said}, at most {self.most:,.1f}: {self.outcome}"


def at_the_wire(folder: Path, customers: int) -> Iterator[Figure]:
    with shop(folder, customers) as made:
        client = tablet(made)
        settle()  # as the tablet's process does before it serves
        try:
            found = wire.searches(client, customers)
            yield Figure("search, from event to patch, p50", found.p50, "ms")
            yield Figure("search, from event to patch, p95", found.p95, "ms", 50)
            alone, crowded = wire.crowded(client)
            yield Figure("a tap, one tablet alone, p95", alone.p95, "ms")
            yield Figure("taps of seven tablets while an eighth searches, p95", crowded.p95, "ms", 100)
            yield Figure("memory of an open session", wire.memory(client), "KB")
        finally:
            client.close()


def painted(folder: Path, customers: int) -> Iterator[Figure]:
    with shop(folder, customers) as made, browser.opened(folder / "seen", made) as seen:
        client = tablet(made)
        texts = wire.texts(Random(3), customers)[: browser.TYPED]
        wanted = [(text, client.cache.search_customers(text, 1)[0].name) for text in texts]
        client.close()
        loaded = seen.load()
        yield Figure("first load, until the names are on the sign-in screen", loaded.seconds, "s")
        yield Figure("first load, over the network", loaded.kilobytes, "KB")
        again = seen.load()
        yield Figure("reload, until the names are on the sign-in screen", again.seconds, "s")
        yield Figure("reload, requests", again.requests, "requests")
        yield Figure("reload, over the network", again.kilobytes, "KB")
        scans = seen.scans(customers)
        yield Figure("scans that were not seen whole, of 30", seen.unseen, "scans", 0)
        if scans:
            took = statistics.median(scans)
            yield Figure("from the frame that shows the code to the painted profile, median of 30", took, "s", 1.0)
        ours, echo = seen.searches(wanted)
        yield Figure("typed into the search and not answered within 10 s", seen.lost, "texts", 0)
        yield Figure("typed into a bare echo field and not answered within 10 s", seen.lost_by_echo, "texts")
        yield Figure("search in the browser, p50", ours.p50, "ms")
        yield Figure("search in the browser, p95", ours.p95, "ms")
        yield Figure("a bare echo field in the browser, p95", echo.p95, "ms")
        yield Figure("search beside a bare echo field, p50", ours.p50 / echo.p50, "times")
        yield Figure("search beside a bare echo field, p95", ours.p95 / echo.p95, "times", 1.3)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tablet", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--without-browser", action="store_true")
    asked = parser.parse_args()
    before = os.getloadavg()[0]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    with TemporaryDirectory() as name:
        parts = [at_the_wire(Path(name) / "wire", asked.customers)]
        if not asked.without_browser:
            parts.append(painted(Path(name) / "painted", asked.customers))
        for one in chain.from_iterable(parts):
            figures.append(one)
            print(one.line, flush=True)
            kept = [each._asdict() | {"outcome": each.outcome} for each in figures]
            OUT.write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    print(f"load average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
