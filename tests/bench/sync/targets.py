"""The targets of `make bench-sync` as data: what is divided by what, and how it must come out."""

from typing import NamedTuple

AT_LEAST, AT_MOST = ">=", "<="


class Key(NamedTuple):
    """Names one figure: a workload, the size or part of it, and whose it is."""

    workload: str
    case: str
    side: str


class Target(NamedTuple):
    """`over / under` must be at least, or at most, `bound`. Without `under` the figure itself must."""

    over: Key
    under: Key | None
    sense: str
    bound: float
    words: str

    @property
    def workload(self) -> str:
        return self.over.workload

    def ratio(self, over: float, under: float | None) -> float:
        return over if under is None else over / under

    def met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.sense == AT_LEAST else ratio <= self.bound

    def margin(self, ratio: float) -> float:
        """Return how far beyond the bound the ratio is: 1 just meets it, less misses it."""
        return ratio / self.bound if self.sense == AT_LEAST else self.bound / max(ratio, 1e-12)


def _speed(workload: str, case: str, than: str, bound: float) -> Target:
    """Ours must be so many times as fast as another: its seconds over ours."""
    return Target(Key(workload, case, than), Key(workload, case, "ours"), AT_LEAST, bound, f"x {than}, {case}")


def _share(workload: str, case: str, of: Key, bound: float, words: str) -> Target:
    """Ours may be at most so many times another figure."""
    return Target(Key(workload, case, "ours"), of, AT_MOST, bound, words)


def _limit(workload: str, case: str, bound: float, words: str) -> Target:
    return Target(Key(workload, case, "ours"), None, AT_MOST, bound, words)


W1_CASES = ("10000", "50000", "200000")
_W1_PEERS = (("anki", 4.0), ("libsql", 15.0), ("zero", 30.0), ("pouchdb", 100.0))

TARGETS: tuple[Target, ...] = (
    *(_speed("W1", case, "L1", 0.5) for case in W1_CASES),
    *(_speed("W1", case, peer, bound) for case in W1_CASES for peer, bound in _W1_PEERS),
    _speed("W1b", "50000", "L2", 0.8),
    _speed("W1b", "50000", "zero", 4.0),
    _speed("W1c", "2000x280", "L1", 0.4),
    _speed("W2", "5000", "L2", 0.5),
    _speed("W2", "5000", "zero", 2.5),
    _share("W3", "p50", Key("W3", "p50", "writer"), 2.0, "of the writer's own answer, p50"),
    _share("W3", "p99", Key("W3", "p50", "ours"), 4.0, "p99 of p50"),
    _share("W3", "p50", Key("W3", "p50", "zero"), 0.7, "of zero, p50"),
    _share("W4", "p99", Key("W4", "p50 of one", "ours"), 12.0, "p99 of 1,000 tablets of the p50 of one"),
    _limit("W4", "KB a tablet", 50.0, "KB a tablet"),
    _speed("W5", "push", "bare", 0.7),
    _speed("W5", "push", "anki", 1.0),
    *(
        _share("W6", f"{part} {state}", Key("W6", f"{part} {state}", "raw"), 1.5, f"of raw sqlite3, {part} {state}")
        for state in ("warm", "cold")
        for part in ("p50", "p99")
    ),
    _limit("W8", "CPU s a sync", 0.05, "s of server CPU a cached sync"),
    _limit("W8", "RSS MB", 150.0, "MB of the syncing process"),
)

WORKLOADS = {
    "W1": "snapshot of customer records, sealed, search index included (s)",
    "W1b": "the same, snapshot not yet built (s)",
    "W1c": "2,000 customers with 280 child records each (s)",
    "W2": "catch-up of 5,000 rows by pages (s)",
    "W3": "one row, written in one server process, visible in another device's cache (s)",
    "W4": "1,000 live tablets on one process (s, KB)",
    "W5": "push, batches of 100, with replays (s)",
    "W6": "whole profile from the cache, 200,000 customers (s)",
    "W8": "cost of a sync (s, MB)",
}
