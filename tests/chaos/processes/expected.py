"""What a shop's tablets must hold, worked out from the tables alone: by the words of the design, not by the server's code."""

from typing import Any

from sqlalchemy import Connection, text

from tests.chaos.view import CLEAR, HERS, near_shops

Document = dict[str, Any]

_BELONG = """
    SELECT id FROM customers WHERE home_shop_id = :shop
    UNION SELECT c.id FROM customers c JOIN staff s ON s.id = c.person_in_charge_id WHERE s.shop_id = :shop
    UNION SELECT customer_id FROM orders WHERE shop_id = :shop
    UNION SELECT customer_id FROM visits WHERE shop_id = :shop
    UNION SELECT customer_id FROM appointments WHERE shop_id = :shop
    UNION SELECT customer_id FROM messages WHERE shop_id = :shop
    UNION SELECT customer_id FROM follow_ups
        WHERE shop_id = :shop AND state IN ('open', 'awaiting_approval', 'returned', 'scheduled')
    UNION SELECT customer_id FROM promises WHERE shop_id = :shop AND state = 'open'
"""
_PINS = """
    SELECT p.id, p.data FROM staff_pins p JOIN staff s ON s.id = p.staff_id
    WHERE coalesce((s.data ->> 'active')::boolean, true)
        AND (s.data ->> 'role' = 'stylist' OR s.shop_id = :shop OR s.data -> 'helps_shop_ids' ? :shop)
"""


def members(conn: Connection, shop_id: str) -> set[str]:
    """Return the customers who belong to a shop."""
    return set(conn.scalars(text(_BELONG), {"shop": shop_id}))


def view(conn: Connection, shop_id: str) -> dict[str, dict[str, Document]]:
    """Return the records of a shop's scope by kind and id, as they travel."""
    found: dict[str, dict[str, Document]] = {}
    for kind, table in CLEAR.items():
        found[kind] = _documents(conn, f"SELECT id, data FROM {table}")
    near = near_shops(list(found["shop"].values()), shop_id)
    found["stock_level"] = {each: one for each, one in found["stock_level"].items() if one["shop_id"] in near}
    found["staff_pin"] = _documents(conn, _PINS, shop=shop_id)
    found["customer"] = _documents(conn, f"SELECT id, data FROM customers WHERE id IN ({_BELONG})", shop=shop_id)
    for kind, table in HERS.items():
        hers = f"SELECT id, data FROM {table} WHERE customer_id IN ({_BELONG})"
        found[kind] = _documents(conn, hers, shop=shop_id)
    return found


def _documents(conn: Connection, query: str, **parameters: str) -> dict[str, Document]:
    return {row.id: row.data for row in conn.execute(text(query), parameters)}
