"""W2: a tablet that holds a shop takes in 5,000 changed rows by pages, beside L2: the same rows written by hand."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from sync.clock import system_clock
from sync.model.customer import Customer
from sync.sealed.people import CustomerIndex
from sync.sealed.schema import SCHEMA
from sync.sealed.vault import Vault
from sync.server.database import transaction
from sync.server.repository.records import Records
from tests.bench.sync import workload
from tests.bench.sync.house import house, sync
from tests.bench.sync.measure import Measure, Run

_CUSTOMERS = 50_000


@contextmanager
def catch_up(run: Run) -> Iterator[Sequence[Measure]]:
    """Change the same customers anew before each repetition, and let one tablet catch up."""
    case = str(workload.CHANGED)
    with house(run.folder / "house", _CUSTOMERS) as place:
        client = place.tablet()
        sync(client)
        changes = count(1)
        by_hand = _ByHand(place.folder / "by-hand.db")

        def changed() -> list[Customer]:
            number = next(changes)
            return [Customer.model_validate(one) for one in workload.changed(_CUSTOMERS, change=number)]

        def ours() -> Mapping[str, float]:
            rows = changed()
            with transaction(place.engine) as conn:
                Records(conn, system_clock).put_many(rows)
            start = time.perf_counter()
            came = sync(client)
            seconds = time.perf_counter() - start
            assert came >= workload.CHANGED
            assert client.cache.record("customer", rows[-1].id) == rows[-1]
            return {case: seconds}

        yield [
            Measure("W2", "ours", ours),
            Measure("W2", "L2", lambda: {case: by_hand.write([one.to_wire() for one in changed()])}),
        ]
        client.close()


class _ByHand:
    """A file of the same form with the same customers, written without our code around the statement."""

    def __init__(self, path: Path) -> None:
        self._vault = Vault("bench", {1: bytes(range(32))})
        self._index = CustomerIndex()
        self._path = str(path)
        with closing(sqlite3.connect(self._path)) as conn:
            conn.executescript(f"PRAGMA journal_mode=WAL; {SCHEMA}")
        self.write(list(workload.customers(_CUSTOMERS)))

    def write(self, people: list[workload.Wire]) -> float:
        """Seal and write them with one INSERT..SELECT, and bring the index of people up to date; return seconds."""
        with closing(sqlite3.connect(self._path)) as conn:
            conn.execute("PRAGMA synchronous=NORMAL")
            conn.create_function("seal", 2, lambda one, data: self._vault.seal("customer", one, data.encode()))
            conn.execute("CREATE TEMP TABLE came (id TEXT, data TEXT)")
            conn.executemany("INSERT INTO came VALUES (?, ?)", [(one["id"], workload.encode(one)) for one in people])
            start = time.perf_counter()
            with conn:
                conn.execute(
                    "INSERT OR REPLACE INTO customer_range SELECT id, 'customer', 0, id, 0, seal(id, data) FROM came"
                )
            self._index.update(json.loads(data) for (data,) in conn.execute("SELECT data FROM came"))
            return time.perf_counter() - start


WORKLOADS = {"W2": catch_up}
