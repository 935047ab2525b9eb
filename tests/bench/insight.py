"""The rules over a million customers at once: `make bench-insight CUSTOMERS=1000000`.

Customers per second and memory of the rules over everybody on DuckDB, beside the rules for one customer, one by one, over a
sample of the same people; and whether both say the same for the sample.
"""

import argparse
import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import ibis

from sync.insight.everybody import Everybody
from sync.insight.load import offsets
from sync.insight.signals import proposed
from sync.insight.tables import tables_of
from sync.model.catalogue import Money
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Visit,
    WebActivity,
)
from sync.model.outreach import Message
from sync.policy import signals as policy
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts, facts_from
from sync.policy.playbook import load_playbook

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SAMPLE = 2000
ZONE = "Asia/Tokyo"

_MAKE = """
CREATE TABLE customers AS
  SELECT 'c' || i AS customer_id, '{zone}' AS zone,
         CASE WHEN hash(concat_ws(':', i, 1)) % 2 = 0 THEN '' ELSE printf('%02d-%02d', 1 + hash(concat_ws(':', i, 2)) % 12, 1 + hash(concat_ws(':', i, 3)) % 28) END AS birthday
  FROM range({many}) t(i);
CREATE TABLE orders AS
  SELECT 'o' || i || '.' || n AS id, 'c' || i AS customer_id,
         {now} - to_seconds((hash(concat_ws(':', i, n, 4)) % 63072000)::BIGINT) AS "at", hash(concat_ws(':', i, n, 5)) % 4 = 0 AS web,
         hash(concat_ws(':', i, n, 6)) % 20 = 0 AS refunded, 1::BIGINT AS lines,
         ['dress', 'bag', 'shoes', 'coat'][(1 + hash(concat_ws(':', i, n, 7)) % 4)::BIGINT] AS category
  FROM range({many}) t(i), range((hash(concat_ws(':', i, 8)) % 13)::BIGINT) u(n);
CREATE TABLE visits AS
  SELECT 'v' || i || '.' || n AS id, 'c' || i AS customer_id,
         {now} - to_seconds((hash(concat_ws(':', i, n, 9)) % 63072000)::BIGINT) AS "at",
         CASE WHEN hash(concat_ws(':', i, n, 10)) % 3 = 0 THEN 'till' ELSE 'scan' END AS source
  FROM range({many}) t(i), range((hash(concat_ws(':', i, 11)) % 13)::BIGINT) u(n);
CREATE TABLE appointments AS
  SELECT 'a' || i AS id, 'c' || i AS customer_id, booked_at + to_hours((hash(concat_ws(':', i, 13)) % 200)::BIGINT) AS "at", booked_at,
         ['booked', 'done', 'cancelled'][(1 + hash(concat_ws(':', i, 14)) % 3)::BIGINT] AS state
  FROM (SELECT i, {now} - to_seconds((hash(concat_ws(':', i, 12)) % 15552000)::BIGINT) AS booked_at FROM range({many}) t(i))
  WHERE hash(concat_ws(':', i, 15)) % 3 = 0;
CREATE TABLE interactions AS
  SELECT 'n' || id AS id, customer_id, "at" FROM visits WHERE hash(id) % 3 = 0;
CREATE TABLE messages AS
  SELECT 'm' || i || '.' || n AS id, 'c' || i AS customer_id,
         CASE WHEN hash(concat_ws(':', i, n, 16)) % 4 = 0 THEN 'in' ELSE 'out' END AS direction, cause,
         CASE cause WHEN 'reply' THEN 'reply' WHEN 'appointment' THEN 'service' ELSE 'relationship' END AS purpose,
         CASE WHEN hash(concat_ws(':', i, n, 16)) % 4 = 0 THEN 'received' ELSE 'delivered' END AS state, "at", "at" AS contact_at
  FROM (SELECT i, n, {now} - to_seconds((hash(concat_ws(':', i, n, 17)) % 31536000)::BIGINT) AS "at",
               ['reply', 'lapsed', 'after_visit', 'after_purchase', 'birthday', 'appointment'][(1 + hash(concat_ws(':', i, n, 18)) % 6)::BIGINT] AS cause
        FROM range({many}) t(i), range((hash(concat_ws(':', i, 19)) % 5)::BIGINT) u(n));
CREATE TABLE web AS
  SELECT 'c' || i AS customer_id, {now} - to_seconds((hash(concat_ws(':', i, n, 20)) % 5184000)::BIGINT) AS "at",
         ['product_viewed', 'product_list_viewed', 'cart_viewed', 'my_page_viewed'][(1 + hash(concat_ws(':', i, n, 21)) % 4)::BIGINT] AS event
  FROM range({many}) t(i), range((CASE WHEN hash(concat_ws(':', i, 22)) % 4 = 0 THEN hash(concat_ws(':', i, 23)) % 25 ELSE 0 END)::BIGINT) u(n);
"""
"""About 6 orders, 6 visits and 3 looks of each; hashes in place of chance, so that every run has the same people."""


def make(path: Path, many: int) -> None:
    connection = ibis.duckdb.connect(path)
    connection.raw_sql(_MAKE.format(many=many, zone=ZONE, now=f"TIMESTAMP '{NOW:%Y-%m-%d %H:%M:%S}'"))
    connection.create_table("zones", ibis.memtable(list(offsets(ZONE))))
    connection.disconnect()


def at_once(path: Path, threads: int) -> dict[str, Any]:
    connection = ibis.duckdb.connect(path, threads=threads)
    began = time.perf_counter()
    connection.create_table("found", proposed(Everybody(tables_of(connection), NOW, load_playbook())), overwrite=True)
    seconds = time.perf_counter() - began
    found = connection.table("found")
    causes = found.group_by("cause").aggregate(many=found.count()).order_by("cause").to_pyarrow().to_pylist()
    connection.disconnect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "causes": {one["cause"]: one["many"] for one in causes}}


def sample(path: Path) -> dict[str, Any]:
    """Return how many of the sample a second the rules for one customer take, and where the two differ."""
    connection = ibis.duckdb.connect(path)
    people = list(_people(connection))
    playbook, zone, wanted = load_playbook(), ZoneInfo(ZONE), {}
    began = time.perf_counter()
    for facts in people:
        for signal in policy.SIGNALS:
            proposal = signal(facts, now=NOW, zone=zone, playbook=playbook)
            if proposal is not None and proposal.stale_after > NOW:
                wanted[facts.customer.id, proposal.cause.value] = proposal.strength
    seconds = time.perf_counter() - began
    hers = connection.table("found").filter(ibis._.customer_id.isin([one.customer.id for one in people]))
    found = {(row["customer_id"], row["cause"]): row["strength"] for row in hers.to_pyarrow().to_pylist()}
    differ = sum(abs(found.get(key, 9) - wanted.get(key, 9)) > 0.001 for key in {*found, *wanted})
    connection.disconnect()
    return {"seconds": seconds, "people": len(people), "found": len(wanted), "differ": differ}


def _people(connection: ibis.BaseBackend) -> Iterator[CustomerFacts]:
    ids = connection.table("customers").order_by("customer_id").limit(SAMPLE).customer_id.to_pyarrow().to_pylist()
    records: defaultdict[str, list[Any]] = defaultdict(list)
    for name, record in _RECORDS.items():
        table = connection.table(name)
        for number, row in enumerate(table.filter(table.customer_id.isin(ids)).to_pyarrow().to_pylist()):
            for column in ("at", "booked_at", "contact_at"):
                if column in row:
                    row[column] = row[column].replace(tzinfo=UTC)
            records[row["customer_id"]].append(record({"id": f"{name}{number}", "shop_id": "shop", **row}))
    return map(facts_from, records.values())


def _order(row: dict[str, Any]) -> Order:
    line = OrderLine(variant_id="v", sku="s", name="n", category=row["category"], price=Money(amount=1))
    known = {name: row[name] for name in ("id", "customer_id", "at", "refunded")}
    shop = WEB_SHOP_ID if row["web"] else "shop"
    return Order(**known, number="", shop_id=shop, lines=(line,), total=Money(amount=1))


def _message(row: dict[str, Any]) -> Message:
    sent = row.pop("contact_at")
    return Message(**row, channel="line", body="", sent_at=sent, state_at=row["at"])


_RECORDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "customers": lambda row: Customer(
        id=row["customer_id"], member_number="", family_name="", birthday=row["birthday"]
    ),
    "orders": _order,
    "visits": lambda row: Visit(**row),
    "appointments": lambda row: Appointment(**row, appointment_kind=AppointmentKind.STORE),
    "interactions": lambda row: Interaction(**row, staff_id="staff"),
    "messages": _message,
    "web": lambda row: WebActivity(**{name: row[name] for name in ("id", "customer_id", "at", "event")}),
}


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.bench.insight", description=__doc__)
    ask.add_argument("--customers", type=int, default=1_000_000)
    ask.add_argument("--threads", type=int, default=multiprocessing.cpu_count())
    asked = ask.parse_args()
    spawn = multiprocessing.get_context("spawn")
    with TemporaryDirectory(prefix="insight-") as folder:
        path = Path(folder) / "insight.duckdb"
        with spawn.Pool(1, maxtasksperchild=1) as pool:  # each in a process of its own, so that its memory is its own
            pool.apply(make, (path, asked.customers))
            everybody = pool.apply(at_once, (path, asked.threads))
            one_by_one = pool.apply(sample, (path,))
        size = path.stat().st_size / 1e6
    rate, alone = asked.customers / everybody["seconds"], one_by_one["people"] / one_by_one["seconds"]
    print(f"{asked.customers:,} customers, {size:,.0f} MB on disk, {asked.threads} threads")
    print(f"at once: {everybody['seconds']:.1f} s, {rate:,.0f} customers a second, peak {everybody['peak_mb']:,.0f} MB")
    print(f"one by one: {alone:,.0f} customers a second ({one_by_one['people']:,} of them); ratio {rate / alone:.0f}")
    print("found: " + ", ".join(f"{cause} {many:,}" for cause, many in everybody["causes"].items()))
    print(f"of the sample: {one_by_one['found']:,} found one by one, {one_by_one['differ']} different at once")
    return int(one_by_one["differ"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
