"""The flat tables over which the rules run for everybody: a few columns of each kind of record, on whatever engine holds them.

Moments are UTC without a zone, because engines disagree about zones; the zone of a customer is a column, and what it means
for a moment is in `zones`. The rules read nothing else, so whoever can fill these tables can run them.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

SCHEMAS = {
    "customers": ibis.schema(
        {
            "customer_id": "string",
            "zone": "string",
            "birthday": "string",
            "anniversary": "string",
            "points": "int64",
            "points_expire_on": "date",
            "rank": "string",
            "line": "boolean",
            "sms": "boolean",
            "email": "boolean",
            "app": "boolean",
        }
    ),
    "consents": ibis.schema(
        {
            "id": "string",
            "customer_id": "string",
            "channel": "string",
            "purpose": "string",
            "state": "string",
            "at": "timestamp",
        }
    ),
    "orders": ibis.schema(
        {
            "id": "string",
            "customer_id": "string",
            "at": "timestamp",
            "shop_id": "string",
            "web": "boolean",
            "refunded": "boolean",
            "amount": "int64",
            "currency": "string",
            "lines": "int64",
            "category": "string",
        }
    ),
    "owned": ibis.schema(
        {
            "order_id": "string",
            "customer_id": "string",
            "at": "timestamp",
            "refunded": "boolean",
            "category": "string",
        }
    ),
    "visits": ibis.schema(
        {
            "id": "string",
            "customer_id": "string",
            "at": "timestamp",
            "shop_id": "string",
            "ended_at": "timestamp",
            "source": "string",
        }
    ),
    "appointments": ibis.schema(
        {
            "id": "string",
            "customer_id": "string",
            "at": "timestamp",
            "booked_at": "timestamp",
            "shop_id": "string",
            "state": "string",
            "call_ended_at": "timestamp",
        }
    ),
    "interactions": ibis.schema({"id": "string", "customer_id": "string", "at": "timestamp"}),
    "messages": ibis.schema(
        {
            "id": "string",
            "customer_id": "string",
            "direction": "string",
            "cause": "string",
            "purpose": "string",
            "state": "string",
            "at": "timestamp",
            "contact_at": "timestamp",
        }
    ),
    "web": ibis.schema({"id": "string", "customer_id": "string", "at": "timestamp", "event": "string"}),
    "tills": ibis.schema({"shop_id": "string", "until_at": "timestamp"}),
    "zones": ibis.schema(
        {"zone": "string", "from_at": "timestamp", "until_at": "timestamp", "offset_seconds": "int64"}
    ),
}
"""By name: columns and types.

`customers`: `line`, `sms`, `email` and `app` say whether she has an address there. `consents`: `channel` is null where an entry
speaks for every channel.
`orders`: `category` is that of the line an order is remembered for (`sync.policy.facts.main_line`), `web` whether it was
placed in the web shop, `amount` its total in minor units. `owned`: a row for each category of an order. `tills`: up to
when a shop's have reported, as `CustomerFacts.tills_until`. `messages.contact_at`: when it reached her, or will (`sync.policy.contact.contact_time`).
`zones`: between two moments (half-open) a zone is so many seconds ahead of UTC.
"""


@dataclass(frozen=True, slots=True)
class Tables:
    customers: ir.Table
    consents: ir.Table
    orders: ir.Table
    owned: ir.Table
    visits: ir.Table
    appointments: ir.Table
    interactions: ir.Table
    messages: ir.Table
    web: ir.Table
    tills: ir.Table
    zones: ir.Table


def tables_of(connection: ibis.BaseBackend) -> Tables:
    """Return the tables as they lie in a database."""
    return Tables(**{name: connection.table(name).cast(schema) for name, schema in SCHEMAS.items()})
