"""`make bench`: what the spine costs, each figure beside the bare limit of the same machine in the same run.

Prints one line per workload and writes `build/bench/spine.json`. Nothing here is asserted: a benchmark measures.
"""

import json
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.cache import Cache
from sync.model.customer import Customer, Interaction
from sync.policy.facts import facts_from
from sync.policy.membership import check_code, make_code, parse_code
from sync.policy.playbook import load_playbook
from sync.policy.signals import proposals
from sync.protocol import Page, Row
from sync.sealed.position import Position
from sync.sealed.vault import Vault

CUSTOMERS, NOTES = 4000, 9
"""Each customer has her own record and nine notes: 40,000 sealed rows."""
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
ROUNDS = 300


class Figure(NamedTuple):
    name: str
    ours: float
    limit: float
    unit: str
    beside: str

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


def median(work: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Return the median time of one call in microseconds; `work` gets the number of the round."""
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def rows() -> list[Row]:
    """Make customers and notes as the feed carries them."""
    made = []
    for number in range(CUSTOMERS):
        customer = Customer(
            id=f"customer-{number:05}", member_number=f"{10_000_000 + number}", family_name="佐々木",
            given_name=f"みどり{number}", family_kana="ササキ", given_kana="ミドリ", phone=f"+8190{number:08}",
        )  # fmt: skip
        made.append(Row("customer", customer.id, customer.id, customer.to_wire()))
        for note in range(NOTES):
            one = Interaction(
                id=f"note-{number:05}-{note}", customer_id=customer.id, shop_id="shop", staff_id="staff",
                at=NOW - timedelta(days=note * 11), text="袖丈を2cm詰めてお渡し。ご旅行が多く、しわになりにくいものをお探しです。",
                tags=("alteration",),
            )  # fmt: skip
            made.append(Row("interaction", one.id, customer.id, one.to_wire()))
    return made


def bare_insert(folder: Path, everything: list[Row]) -> float:
    """Put the same rows as plain JSON into one table of raw sqlite3; return seconds."""
    conn = sqlite3.connect(folder / "bare.db")
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute(
        "CREATE TABLE r (customer_id TEXT, kind TEXT, at INTEGER, id TEXT, data TEXT,"
        " PRIMARY KEY (customer_id, kind, at, id)) WITHOUT ROWID"
    )
    start = time.perf_counter()
    for first in range(0, len(everything), 2000):
        with conn:
            conn.executemany(
                "INSERT OR REPLACE INTO r VALUES (?, ?, ?, ?, ?)",
                [
                    (row.customer_id, row.kind, first, row.id, json.dumps(row.data, ensure_ascii=False))
                    for row in everything[first : first + 2000]
                ],
            )
    seconds = time.perf_counter() - start
    conn.close()
    return seconds


def pull(cache: Cache, everything: list[Row]) -> float:
    """Take the rows in as pages, as a first sync does; return seconds."""
    start = time.perf_counter()
    for first in range(0, len(everything), 2000):
        part = everything[first : first + 2000]
        more = first + 2000 < len(everything)
        page = Page(
            epoch="e", cursor=first + len(part), more=more, server_time=NOW, total=len(everything), rows=tuple(part)
        )
        cache.apply(page, cache.position() if first else Position())
    return time.perf_counter() - start


def measure(folder: Path) -> list[Figure]:
    everything = rows()
    cache = Cache(folder / "cache.db")
    cache.open()
    cache.unlock(Vault("shop:bench", {1: bytes(range(32))}))
    applied, inserted = pull(cache, everything), bare_insert(folder, everything)
    bare = sqlite3.connect(folder / "bare.db")

    def raw(number: int) -> None:
        found = bare.execute("SELECT data FROM r WHERE customer_id = ?", (f"customer-{number * 13 % CUSTOMERS:05}",))
        for (data,) in found:
            json.loads(data)

    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = key.public_key()
    text = make_code(key, 7, "00" * 9, NOW)
    code = parse_code(text)
    raw_public, signature = public.public_bytes_raw().hex(), key.sign(b"x" * 48)
    facts = facts_from(cache.customer_range("customer-00001"))
    playbook = load_playbook()
    ranged = median(lambda n: cache.customer_range(f"customer-{n * 13 % CUSTOMERS:05}"))
    figures = [
        Figure("first sync, rows a second", len(everything) / applied, len(everything) / inserted, "rows/s",
               "the same rows as plain JSON into raw sqlite3"),
        Figure("a customer's range, unsealed and parsed", ranged, median(raw), "us", "raw sqlite3 and json.loads"),
        Figure("search by kana, 4,000 customers", median(lambda n: cache.search_customers(f"ササキ ミドリ{n % 10}", 20)),
               median(lambda n: [c for c in everything if c.kind == "customer" and c.data and f"みどり{n % 10}" in c.data["given_name"]], 40),
               "us", "a bare scan over the same records in memory"),
        Figure("a membership code, read and verified",
               median(lambda _n: check_code(parse_code(text), retailer=7, public_key=raw_public, now=NOW)),
               median(lambda _n: public.verify(signature, b"x" * 48)), "us", "one bare Ed25519 verification"),
        Figure("what to do now and why", median(lambda _n: proposals(facts, now=NOW, zone=UTC, playbook=playbook), 100),
               median(lambda _n: facts_from(cache.customer_range("customer-00001")), 100), "us", "reading her facts"),
    ]  # fmt: skip
    assert code.retailer == 7
    cache.close()
    return figures


def main() -> None:
    with TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    out = Path("build/bench")
    out.mkdir(parents=True, exist_ok=True)
    (out / "spine.json").write_text(
        json.dumps([one._asdict() | {"ratio": one.ratio} for one in figures], indent=1, ensure_ascii=False)
    )
    for one in figures:
        print(f"{one.name}: {one.ours:,.0f} {one.unit}, {one.ratio:.2f} x {one.beside} ({one.limit:,.0f} {one.unit})")


if __name__ == "__main__":
    main()
