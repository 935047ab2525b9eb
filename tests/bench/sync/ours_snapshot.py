"""W1, W1b, W1c: an empty tablet becomes a whole one, beside L1 (the same file without our code) and L2 (built by hand)."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sync.sealed.people import PEOPLE, CustomerIndex
from sync.sealed.schema import INDEXES, TABLES
from sync.sealed.vault import Vault
from tests.bench.sync import workload
from tests.bench.sync.house import House, check, house, sync
from tests.bench.sync.limits import fetch_and_open, served
from tests.bench.sync.measure import Measure, Run


@contextmanager
def snapshot(run: Run) -> Iterator[Sequence[Measure]]:
    """W1, at each size: the snapshot is there already."""
    with ExitStack() as stack:
        sides = {size: _Ready(stack, run.folder / str(size), size) for size in run.sizes}
        yield [
            Measure("W1", "ours", lambda: {str(size): side.ours() for size, side in sides.items()}),
            Measure("W1", "L1", lambda: {str(size): side.limit() for size, side in sides.items()}),
        ]


@contextmanager
def deep(run: Run) -> Iterator[Sequence[Measure]]:
    """W1c: few customers with long histories."""
    case = f"{workload.DEEP_CUSTOMERS}x{workload.DEEP_CHILDREN}"
    with ExitStack() as stack:
        side = _Ready(stack, run.folder / "deep", workload.DEEP_CUSTOMERS, workload.DEEP_CHILDREN)
        yield [
            Measure("W1c", "ours", lambda: {case: side.ours()}),
            Measure("W1c", "L1", lambda: {case: side.limit()}),
        ]


@contextmanager
def cold(run: Run) -> Iterator[Sequence[Measure]]:
    """W1b: the server has to build the snapshot first. L2 builds the same file from the same database by hand."""
    customers = 50_000
    with house(run.folder / "cold", customers) as place:

        def ours() -> Mapping[str, float]:
            place.forget_snapshots()
            return {str(customers): _first_sync(place, customers)}

        yield [
            Measure("W1b", "ours", ours),
            Measure("W1b", "L2", lambda: {str(customers): build_by_hand(place.folder / "server.db", run.folder)}),
        ]


class _Ready:
    """One size: a house whose snapshot is built, and the bare file served beside it."""

    def __init__(self, stack: ExitStack, folder: Path, customers: int, children: int = 0) -> None:
        self._customers = customers
        self._house = stack.enter_context(house(folder, customers, children))
        self.ours()  # builds the snapshot
        [file] = self._house.data.glob("snapshots/*/*.zst")
        self._url = stack.enter_context(served(file.parent, folder / "limit.log")) + f"/{file.name}"
        self._folder = folder

    def ours(self) -> float:
        return _first_sync(self._house, self._customers)

    def limit(self) -> float:
        return fetch_and_open(self._url, self._folder)


def _first_sync(place: House, customers: int) -> float:
    client = place.tablet()
    start = time.perf_counter()
    sync(client)
    seconds = time.perf_counter() - start
    check(client, customers)
    place.put_away(client)
    return seconds


def build_by_hand(database: Path, folder: Path) -> float:
    """L2: one INSERT..SELECT that seals, then the indexes, then the index of people, on the same disk. Return seconds."""
    target = folder / "by-hand.db"
    target.unlink(missing_ok=True)
    vault, scope = Vault("bench", {1: bytes(range(32))}), f"shop:{workload.SHOP}"
    start = time.perf_counter()
    with closing(sqlite3.connect(target)) as out:
        out.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {TABLES} ATTACH '{database}' AS source;")
        out.create_function("seal", 2, lambda record_id, data: vault.seal("customer", record_id, data.encode()))
        out.execute(
            "INSERT INTO customer_range SELECT c.id, 'customer', 0, c.id, c.tag, seal(c.id, c.data)"
            " FROM source.customers AS c JOIN source.scope_members AS m ON m.customer_id = c.id"
            " WHERE m.scope = ? ORDER BY c.id",
            (scope,),
        )
        out.executescript(INDEXES)
        with closing(CustomerIndex()) as index:
            index.fill(json.loads(data) for (data,) in out.execute("SELECT data FROM source.customers"))
            out.execute("INSERT INTO people_image VALUES (1, ?)", (vault.seal(*PEOPLE, index.image()),))
        out.commit()
    return time.perf_counter() - start


WORKLOADS = {"W1": snapshot, "W1b": cold, "W1c": deep}
