"""W6: a customer's whole profile from the cache of a shop with 200,000 customers, warm and from the disk.

Beside it stands raw sqlite3 that reads the same rows of the same file and parses the same text into the same records. It is
handed the text that unsealing gives; what unsealing takes in ours is measured by the vault that the cache is given, and is
counted apart: `unsealing` in the table. `rows` is raw sqlite3 without the parsing.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from sync.client.cache import Cache
from sync.model.base import Record
from sync.model.kinds import RECORD_TYPES
from sync.protocol import Page, Row
from sync.sealed.position import Position
from sync.sealed.vault import Vault
from tests.bench.sync import workload
from tests.bench.sync.measure import Measure, Run
from tests.bench.sync.rivals import percentiles

_KEY = {1: bytes(range(32))}
_SCOPE = "shop:bench"
_DEEP_EVERY = 500
"""One customer in so many has 280 child records; the others have two."""
_PAGE = 5_000
_PROFILES = {"warm": 400, "cold": 100}
"""Profiles read in one repetition."""
_READ = "SELECT kind, id, sealed FROM customer_range WHERE customer_id = ?"


class TimedVault(Vault):
    """A vault that adds up the seconds it takes to open."""

    seconds = 0.0

    def open(self, kind: str, record_id: str, blob: bytes) -> bytes:
        start = time.perf_counter()
        plain = super().open(kind, record_id, blob)
        self.seconds += time.perf_counter() - start
        return plain


@contextmanager
def profile(run: Run) -> Iterator[Sequence[Measure]]:
    """Build the cache once; every profile read has 281 records."""
    customers = 50_000 if run.quick else 200_000
    path, vault = run.folder / "cache.db", TimedVault(_SCOPE, _KEY)
    cache = Cache(path)
    cache.open()
    cache.unlock(vault)
    _fill(cache, path, customers)
    deep = [workload.customer(number)["id"] for number in range(0, customers, _DEEP_EVERY)]
    raw = sqlite3.connect(path)
    try:
        sides = {"ours": partial(_ours, cache, vault), "raw": partial(_raw, raw, vault), "rows": partial(_rows, raw)}
        yield [Measure("W6", side, partial(_once, path, deep, read)) for side, read in sides.items()]
    finally:
        raw.close()
        cache.close()


Read = Callable[[str], tuple[float, float]]
"""Reads one profile; gives the seconds that count, and those of unsealing."""


def _once(path: Path, deep: Sequence[str], read: Read) -> Mapping[str, float]:
    random = Random(workload.SEED)
    figures: dict[str, float] = {}
    for state, profiles in _PROFILES.items():
        counted, unsealing = [], []
        for customer_id in random.choices(deep, k=profiles):
            if state == "cold":
                _drop(path)
            else:
                read(customer_id)
            seconds, apart = read(customer_id)
            counted.append(seconds)
            unsealing.append(apart)
        figures |= {f"{part} {state}": value for part, value in percentiles(counted).items()}
        if any(unsealing):
            figures[f"unsealing {state}"] = percentiles(unsealing)["p50"]
    return figures


def _ours(cache: Cache, vault: TimedVault, customer_id: str) -> tuple[float, float]:
    vault.seconds = 0.0
    start = time.perf_counter()
    records = cache.customer_range(customer_id)
    whole = time.perf_counter() - start
    _sure(records)
    return whole - vault.seconds, vault.seconds


def _raw(conn: sqlite3.Connection, vault: Vault, customer_id: str) -> tuple[float, float]:
    start = time.perf_counter()
    rows = conn.execute(_READ, (customer_id,)).fetchall()
    reading = time.perf_counter() - start
    texts = [(kind, vault.open(kind, record_id, blob)) for kind, record_id, blob in rows]
    start = time.perf_counter()
    records = [RECORD_TYPES[kind].model_validate_json(text) for kind, text in texts]
    parsing = time.perf_counter() - start
    _sure(records)
    return reading + parsing, 0.0


def _rows(conn: sqlite3.Connection, customer_id: str) -> tuple[float, float]:
    start = time.perf_counter()
    rows = conn.execute(_READ, (customer_id,)).fetchall()
    seconds = time.perf_counter() - start
    _sure(rows)
    return seconds, 0.0


def _sure(found: Sequence[Record | tuple[str, str, bytes]]) -> None:
    assert len(found) == workload.DEEP_CHILDREN + 1, f"{len(found)} records in a profile"


def _drop(path: Path) -> None:
    """Let the system forget what it holds of the file; SQLite's own few pages stay, on both sides alike."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _fill(cache: Cache, path: Path, customers: int) -> None:
    """Take everything in by pages, and bring it into the file itself, so that dropping its pages drops them all."""
    rows = _records(customers)
    position, cursor = Position(), 0
    while part := tuple(islice(rows, _PAGE)):
        cursor += len(part)
        page = Page(epoch="e", cursor=cursor, more=True, server_time=workload.NOW, total=customers, rows=part)
        cache.apply(page, position)
        position = cache.position()
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.sync()


def _records(customers: int) -> Iterator[Row]:
    for number in range(customers):
        one = workload.customer(number)
        yield Row("customer", one["id"], one["id"], one)
        yield from workload.child_rows(one, 2 if number % _DEEP_EVERY else workload.DEEP_CHILDREN)
