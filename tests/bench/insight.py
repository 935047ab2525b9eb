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
from dataclasses import replace
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
    Consent,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Visit,
    WebActivity,
)
from sync.model.outreach import Message, Purpose
from sync.policy import signals as policy
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts, facts_from
from sync.policy.gate import purpose_of
from sync.policy.playbook import Playbook, load_playbook
from sync.policy.playbook_rules import Rank
from sync.policy.signals import wanted_in_stock

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SAMPLE = 2000
ONE_BY_ONE = tuple(signal for signal in policy.SIGNALS if signal is not wanted_in_stock.propose)
"""What needs the shelf is asked one by one, of those who lately looked."""
ZONE = "Asia/Tokyo"

_MAKE = """
CREATE MACRO draw(i, n, what, below) AS (hash(concat_ws(':', i, n, what)) % below)::BIGINT;
CREATE TABLE customers AS
  SELECT 'c' || i AS customer_id, '{zone}' AS zone, '' AS anniversary, draw(i, 0, 'points', 5000) AS points,
         CASE WHEN draw(i, 0, 'any', 4) = 0 THEN DATE '{day}' + draw(i, 0, 'expire', 365)::INTEGER END AS points_expire_on,
         ['', 'silver', 'gold'][1 + draw(i, 0, 'rank', 3)] AS rank,
         draw(i, 0, 'line', 3) > 0 AS line, draw(i, 0, 'sms', 2) = 0 AS sms, draw(i, 0, 'email', 2) = 0 AS email,
         draw(i, 0, 'app', 8) = 0 AS app,
         CASE WHEN draw(i, 0, 'given', 2) = 0 THEN ''
              ELSE printf('%02d-%02d', 1 + draw(i, 0, 'month', 12), 1 + draw(i, 0, 'day', 28)) END AS birthday
  FROM range({many}) t(i);
CREATE TABLE consents AS
  SELECT 'k' || i || '.' || n AS id, 'c' || i AS customer_id, NULL::VARCHAR AS channel,
         CASE WHEN n = 0 THEN 'all' ELSE 'campaign' END AS purpose,
         CASE WHEN n = 0 THEN 'granted' ELSE 'refused' END AS state,
         {now} - to_seconds(draw(i, n, 'said', 31536000)) AS "at"
  FROM range({many}) t(i), range(1 + (draw(i, 0, 'refuses', 4) = 0)::INTEGER) u(n);
CREATE TABLE orders AS
  SELECT 'o' || i || '.' || n AS id, 'c' || i AS customer_id, web, CASE WHEN web THEN '{web}' ELSE 'shop' END AS shop_id,
         {now} - to_seconds(draw(i, n, 'bought', 63072000)) AS "at", draw(i, n, 'refunded', 20) = 0 AS refunded,
         10000 + draw(i, n, 'amount', 90000) AS amount, 'JPY' AS currency, 1::BIGINT AS lines,
         ['dress', 'bag', 'shoes', 'coat'][1 + draw(i, n, 'category', 4)] AS category
  FROM (SELECT i, n, draw(i, n, 'web', 4) = 0 AS web FROM range({many}) t(i), range(draw(i, 0, 'orders', 13)) u(n));
CREATE TABLE owned AS SELECT id AS order_id, customer_id, "at", refunded, category FROM orders;
CREATE TABLE visits AS
  SELECT 'v' || i || '.' || n AS id, 'c' || i AS customer_id, 'shop' AS shop_id, NULL::TIMESTAMP AS ended_at,
         {now} - to_seconds(draw(i, n, 'came', 63072000)) AS "at",
         CASE WHEN draw(i, n, 'till', 3) = 0 THEN 'till' ELSE 'scan' END AS source
  FROM range({many}) t(i), range(draw(i, 0, 'visits', 13)) u(n);
CREATE TABLE appointments AS
  SELECT 'a' || i AS id, 'c' || i AS customer_id, 'shop' AS shop_id, NULL::TIMESTAMP AS call_ended_at, booked_at,
         booked_at + to_hours(draw(i, 0, 'ahead', 200)) AS "at", ['booked', 'done', 'cancelled'][1 + draw(i, 0, 'state', 3)] AS state
  FROM (SELECT i, {now} - to_seconds(draw(i, 0, 'booked', 15552000)) AS booked_at FROM range({many}) t(i))
  WHERE draw(i, 0, 'appointment', 3) = 0;
CREATE TABLE interactions AS
  SELECT 'n' || id AS id, customer_id, "at" FROM visits WHERE draw(id, 0, 'noted', 3) = 0;
CREATE TABLE messages AS
  SELECT 'm' || i || '.' || n AS id, 'c' || i AS customer_id, direction, cause,
         CASE cause WHEN 'reply' THEN 'reply' WHEN 'appointment' THEN 'service' ELSE 'relationship' END AS purpose,
         CASE direction WHEN 'in' THEN 'received' ELSE 'delivered' END AS state, "at", "at" AS contact_at
  FROM (SELECT i, n, {now} - to_seconds(draw(i, n, 'wrote', 31536000)) AS "at",
               CASE WHEN draw(i, n, 'hers', 4) = 0 THEN 'in' ELSE 'out' END AS direction,
               ['reply', 'lapsed', 'after_visit', 'after_purchase', 'birthday', 'appointment'][1 + draw(i, n, 'cause', 6)] AS cause
        FROM range({many}) t(i), range(draw(i, 0, 'messages', 5)) u(n));
CREATE TABLE web AS
  SELECT 'w' || i || '.' || n AS id, 'c' || i AS customer_id, {now} - to_seconds(draw(i, n, 'looked', 5184000)) AS "at",
         ['product_viewed', 'product_list_viewed', 'product_added', 'my_page_viewed'][1 + draw(i, n, 'event', 4)] AS event
  FROM range({many}) t(i), range(CASE WHEN draw(i, 0, 'online', 4) = 0 THEN draw(i, 0, 'looks', 25) ELSE 0 END) u(n);
CREATE TABLE tills AS SELECT shop_id, max("at") AS until_at FROM orders GROUP BY shop_id;
"""
"""About 6 orders, 6 visits and 3 looks of each; hashes in place of chance, so that every run has the same people."""


def playbook() -> Playbook:
    """The shipped one, with ranks."""
    shipped = load_playbook()
    spend = {"": 0, "silver": 100_000, "gold": 300_000}
    rank = Rank(days=365, spend=spend, near_share=0.1, ahead_days=30, fresh_days=45, quiet_days=90)
    return shipped.model_copy(update={"signals": shipped.signals.model_copy(update={"rank": rank})})


def make(path: Path, many: int) -> None:
    connection = ibis.duckdb.connect(path)
    connection.raw_sql(
        _MAKE.format(many=many, zone=ZONE, web=WEB_SHOP_ID, day=NOW.date(), now=f"TIMESTAMP '{NOW:%Y-%m-%d %H:%M:%S}'")
    )
    connection.create_table("zones", ibis.memtable(list(offsets(ZONE))))
    connection.disconnect()


def at_once(path: Path, threads: int) -> dict[str, Any]:
    connection = ibis.duckdb.connect(path, threads=threads)
    began = time.perf_counter()
    connection.create_table("found", proposed(Everybody(tables_of(connection), NOW, playbook())), overwrite=True)
    seconds = time.perf_counter() - began
    found = connection.table("found")
    causes = found.group_by("cause").aggregate(many=found.count()).order_by("cause").to_pyarrow().to_pylist()
    connection.disconnect()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "causes": {one["cause"]: one["many"] for one in causes}}


def sample(path: Path) -> dict[str, Any]:
    """Return how many of the sample a second the rules for one customer take, and where the two differ."""
    connection = ibis.duckdb.connect(path)
    tills = {
        row["shop_id"]: row["until_at"].replace(tzinfo=UTC)
        for row in connection.table("tills").to_pyarrow().to_pylist()
    }
    people = [replace(one, tills_until=tills) for one in _people(connection)]
    rules, zone, wanted = playbook(), ZoneInfo(ZONE), {}
    began = time.perf_counter()
    for facts in people:
        reached = policy.campaigns_reach(facts)
        for signal in ONE_BY_ONE:
            proposal = signal(facts, now=NOW, zone=zone, playbook=rules)
            if proposal is None or (purpose_of(proposal.cause) is Purpose.CAMPAIGN and not reached):
                continue
            if proposal.stale_after > NOW:
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
    line = OrderLine(variant_id="v", sku="s", name="n", category=row["category"], price=Money(amount=row["amount"]))
    known = {name: row[name] for name in ("id", "customer_id", "at", "refunded", "shop_id")}
    return Order(**known, number="", lines=(line,), total=Money(amount=row["amount"]))


def _message(row: dict[str, Any]) -> Message:
    sent = row.pop("contact_at")
    return Message(**row, channel="line", body="", sent_at=sent, state_at=row["at"])


_RECORDS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "customers": lambda row: Customer(
        id=row["customer_id"],
        member_number="",
        family_name="",
        line_user_id="U" if row["line"] else "",
        phone="+81" if row["sms"] else "",
        app_token="token" if row["app"] else "",
        email="her@example.jp" if row["email"] else "",
        **{name: row[name] for name in ("birthday", "points", "points_expire_on", "rank")},
    ),
    "consents": lambda row: Consent(
        **{name: value for name, value in row.items() if name != "shop_id"}, source="import"
    ),
    "orders": _order,
    "visits": lambda row: Visit(**row),
    "appointments": lambda row: Appointment(
        **{name: value for name, value in row.items() if name != "call_ended_at"},
        appointment_kind=AppointmentKind.STORE,
    ),
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
