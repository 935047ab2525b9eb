"""Fills the flat tables from the server's database, on an engine beside it: DuckDB, in this process.

The records are read as the texts they are and taken apart by DuckDB, a column at a time; Python never sees one.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

import ibis
import pyarrow as pa
from sqlalchemy import Connection, Engine, text

from sync.insight.everybody import plain
from sync.insight.load import fill, offsets
from sync.insight.tables import SCHEMAS
from sync.policy.facts import WEB_SHOP_ID

BATCH: Final = 20_000
"""Records read at a time: some 10 MB of texts."""
_RAW: Final = pa.schema([("id", pa.string()), ("customer_id", pa.string()), ("data", pa.string())])

_OWN: Final = """SELECT *, list_filter(json_extract(data, '$.lines[*]'), line -> (line->>'$.gift') IS DISTINCT FROM 'true') AS own FROM raw"""
"""Orders with those of their lines that are no gifts (`sync.policy.facts.own_lines`)."""

_TAKEN_APART: Final = {
    "consents": """
        SELECT id, customer_id, data->>'channel' AS channel, data->>'purpose' AS purpose, data->>'state' AS state,
               (data->>'at')::TIMESTAMP AS "at"
        FROM raw
    """,
    "orders": """
        SELECT id, customer_id, (data->>'at')::TIMESTAMP AS "at", (data->>'shop_id') = '{web}' AS web,
               data->>'shop_id' AS shop_id, coalesce((data->>'refunded')::BOOLEAN, FALSE) AS refunded,
               (data->>'$.total.amount')::BIGINT AS amount, data->>'$.total.currency' AS currency, len(amounts) AS lines,
               json_extract_string(own[list_position(amounts, list_max(amounts))], '$.category') AS category
        FROM (SELECT *, list_transform(own, line -> (line->>'$.price.amount')::BIGINT) AS amounts FROM ({own}))
    """,
    "owned": """
        SELECT DISTINCT id AS order_id, customer_id, (data->>'at')::TIMESTAMP AS "at",
               coalesce((data->>'refunded')::BOOLEAN, FALSE) AS refunded,
               coalesce(unnest(list_transform(own, line -> (line->>'$.category'))), '') AS category
        FROM ({own})
    """,
    "visits": """
        SELECT id, customer_id, (data->>'at')::TIMESTAMP AS "at", (data->>'ended_at')::TIMESTAMP AS ended_at,
               data->>'shop_id' AS shop_id, data->>'source' AS source
        FROM raw
    """,
    "appointments": """
        SELECT id, customer_id, (data->>'at')::TIMESTAMP AS "at", (data->>'booked_at')::TIMESTAMP AS booked_at,
               data->>'shop_id' AS shop_id, data->>'state' AS state,
               (data->>'$.call.ended_at')::TIMESTAMP AS call_ended_at
        FROM raw
    """,
    "interactions": """SELECT id, customer_id, (data->>'at')::TIMESTAMP AS "at" FROM raw""",
    "messages": """
        SELECT id, customer_id, data->>'direction' AS direction, data->>'cause' AS cause, data->>'purpose' AS purpose,
               data->>'state' AS state, "at", coalesce(sent_at, greatest("at", coalesce(send_after, "at"))) AS contact_at
        FROM (SELECT *, (data->>'at')::TIMESTAMP AS "at", (data->>'sent_at')::TIMESTAMP AS sent_at,
                     (data->>'send_after')::TIMESTAMP AS send_after FROM raw)
    """,
    "web": """SELECT id, customer_id, (data->>'at')::TIMESTAMP AS "at", data->>'event' AS event FROM raw""",
}
_FROM: Final = {name: name for name in _TAKEN_APART} | {"web": "web_activities", "owned": "orders"}


def load(connection: ibis.BaseBackend, engine: Engine, now: datetime) -> None:
    """Make the flat tables anew from what the server holds. `connection` is one to DuckDB; what `now` is matters only to the
    tills, which cannot have reported what lies ahead."""
    with engine.connect() as conn:
        spoken = conn.execution_options(stream_results=True, max_row_buffer=BATCH)
        _customers(connection, spoken)
        for name, taken_apart in _TAKEN_APART.items():
            rows = spoken.execute(text(f"SELECT id, customer_id, CAST(data AS TEXT) FROM {_FROM[name]}"))  # noqa: S608 - own names  # nosec B608
            _take_in(connection, name, taken_apart.format(web=WEB_SHOP_ID, own=_OWN), _batches(rows.partitions(BATCH)))
    orders = connection.table("orders")
    past = orders.filter(orders.at <= ibis.literal(plain(now), type="timestamp"), orders.shop_id.notnull())
    tills = past.group_by("shop_id").aggregate(until_at=past.at.max())
    connection.create_table("tills", tills.cast(SCHEMAS["tills"]), overwrite=True)


def _customers(connection: ibis.BaseBackend, conn: Connection) -> None:
    """Customers with the zone of each: her own, else her home shop's, else that of the first shop, as the policy has it."""
    shops = {row[0]: row[1] for row in conn.execute(text("SELECT id, CAST(data AS TEXT) FROM shops ORDER BY id"))}
    fill(connection, {})
    connection.create_table(
        "shop_zones",
        pa.table({"shop_id": list(shops), "data": list(shops.values())}, schema=_SHOPS),
        temp=True,
        overwrite=True,
    )
    known = pa.table({"zone": sorted(available_timezones())})
    connection.create_table("known_zones", known, temp=True, overwrite=True)
    rows = conn.execute(text("SELECT id, id, CAST(data AS TEXT) FROM customers"))
    _take_in(connection, "customers", _ZONED, _batches(rows.partitions(BATCH)))
    customers = connection.table("customers")
    zones = customers.select("zone").distinct().to_pyarrow()["zone"].to_pylist()
    spans = [span for zone in zones for span in offsets(zone)]
    connection.create_table(
        "zones",
        pa.Table.from_pylist(spans, schema=SCHEMAS["zones"].to_pyarrow()),
        schema=SCHEMAS["zones"],
        overwrite=True,
    )


_SHOPS: Final = pa.schema([("shop_id", pa.string()), ("data", pa.string())])
_ZONED: Final = """
    SELECT raw.customer_id, coalesce(own.zone, home.zone, (
               SELECT k.zone FROM shop_zones s JOIN known_zones k ON k.zone = (s.data->>'time_zone') ORDER BY s.shop_id LIMIT 1
           ), 'UTC') AS zone, coalesce(data->>'birthday', '') AS birthday,
           coalesce(data->>'anniversary', '') AS anniversary, coalesce((data->>'points')::BIGINT, 0) AS points,
           (data->>'points_expire_on')::DATE AS points_expire_on, coalesce(data->>'rank', '') AS rank,
           coalesce(data->>'line_user_id', '') <> '' AS line, coalesce(data->>'phone', '') <> '' AS sms,
           coalesce(data->>'email', '') <> '' AS email, coalesce(data->>'app_token', '') <> '' AS app
    FROM raw
    LEFT JOIN known_zones own ON own.zone = (raw.data->>'time_zone')
    LEFT JOIN (SELECT s.shop_id, k.zone FROM shop_zones s JOIN known_zones k ON k.zone = (s.data->>'time_zone')) home
           ON home.shop_id = (raw.data->>'home_shop_id')
"""


def _batches(parts: Iterable[Any]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        ids, owners, texts = zip(*part, strict=True)
        yield pa.record_batch([pa.array(ids), pa.array(owners), pa.array(texts)], schema=_RAW)


def _take_in(connection: Any, name: str, query: str, batches: Iterator[pa.RecordBatch]) -> None:
    columns = ", ".join(f'"{column}"' for column in SCHEMAS[name])
    reader = pa.RecordBatchReader.from_batches(_RAW, batches)
    connection.con.register("raw", reader)
    try:
        connection.con.execute(f"INSERT INTO {name} SELECT {columns} FROM ({query})")  # noqa: S608 - own names  # nosec B608
    finally:
        connection.con.unregister("raw")
