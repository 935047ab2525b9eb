"""`make bench-tablet`: what screens cost on a tablet with 20,000 customers, each figure beside its target.

`python -m tests.bench.tablet [--customers 20000] [--without-browser]`; writes `build/bench/tablet.json`.
"""

import argparse
import json
import os
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

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
    def line(self) -> str:
        said = f"{self.name}: {self.value:,.1f} {self.unit}"
        if self.most is None:
            return said
        return f"{said}, at most {self.most:,.1f}: {'met' if self.value <= self.most else 'missed'}"


def at_the_wire(folder: Path, customers: int) -> list[Figure]:
    with shop(folder, customers) as made:
        client = tablet(made)
        try:
            found = wire.searches(client, customers)
            alone, crowded = wire.crowded(client)
            return [
                Figure("search, from event to patch, p50", found.p50, "ms"),
                Figure("search, from event to patch, p95", found.p95, "ms", 50),
                Figure("a tap, one tablet alone, p95", alone.p95, "ms"),
                Figure("taps of seven tablets while an eighth searches, p95", crowded.p95, "ms", 100),
                Figure("memory of an open session", wire.memory(client), "KB"),
            ]
        finally:
            client.close()


def painted(folder: Path, customers: int) -> list[Figure]:
    with shop(folder, customers) as made, browser.opened(folder / "seen", made) as seen:
        client = tablet(made)
        wanted = [(text, client.cache.search_customers(text, 1)[0].name) for text in wire.texts(Random(3), customers)]
        client.close()
        loaded = seen.load()
        again = seen.load()
        scans = seen.scans(customers)
        ours, echo = seen.searches(wanted)
        return [
            Figure("first load, until the names are on the sign-in screen", loaded.seconds, "s"),
            Figure("reload, until the names are on the sign-in screen", again.seconds, "s"),
            Figure("reload, requests", again.requests, "requests"),
            Figure("reload, over the network", again.kilobytes, "KB"),
            Figure("from the frame that shows the code to the painted profile, median of 30", scans, "s", 1.0),
            Figure("search in the browser, p95", ours, "ms"),
            Figure("search beside a bare echo field, p95", ours / echo, "times", 1.3),
        ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tablet", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--without-browser", action="store_true")
    asked = parser.parse_args()
    before = os.getloadavg()[0]
    figures: list[Figure] = []
    with TemporaryDirectory() as name:
        figures += at_the_wire(Path(name) / "wire", asked.customers)
        if not asked.without_browser:
            figures += painted(Path(name) / "painted", asked.customers)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([one._asdict() for one in figures], indent=1, ensure_ascii=False))
    for one in figures:
        print(one.line)
    print(f"load average before and after: {before:.1f}, {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
