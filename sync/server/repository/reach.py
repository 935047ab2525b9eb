"""Whom a device may speak of beside the customers of its shop: those whom it looked up a short time ago."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from sync.server.tables_audit import audit

LOOKED_UP_FOR = timedelta(days=1)
"""As long as a tablet keeps a customer of another shop after it looked her up."""


def looked_up(conn: Connection, device_id: str, customer_id: str, at: datetime) -> bool:
    """Say whether a device asked for all that is a customer's within the day before `at`, or after it."""
    query = select(audit.c.row_id).where(
        audit.c.customer_id == customer_id,
        audit.c.device_id == device_id,
        audit.c.what == "lookup",
        audit.c.at > at - LOOKED_UP_FOR,
    )
    return conn.execute(query.limit(1)).first() is not None
