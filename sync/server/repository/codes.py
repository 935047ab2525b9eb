"""Membership codes that were scanned, so that one shown on two devices is noticed."""

from datetime import datetime

from sqlalchemy import Connection, select

from sync.server.repository.rows import inserted
from sync.server.tables import used_codes


def first_use(conn: Connection, digest: str, device_id: str, customer_id: str, at: datetime) -> bool:
    """Note a code as used; return False when another device used it before. Again on the same device is no replay."""
    if inserted(conn, used_codes, digest=digest, device_id=device_id, customer_id=customer_id, at=at):
        return True
    return conn.scalar(select(used_codes.c.device_id).where(used_codes.c.digest == digest)) == device_id
