"""Who did what to whose record, when and how. Ids and codes only; entries are added, never changed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select

from sync.model.base import Frozen, Instant
from sync.server.tables import audit


class AuditEntry(Frozen):
    """One thing that was done."""

    at: Instant
    what: str
    """`view`, `lookup`, `search`, `message`, `approve`, ...: the command's type, or what the server did."""
    device_id: str | None = None
    staff_id: str | None = None
    customer_id: str | None = None
    subject_id: str | None = None
    """The message, visit, device ... it was about."""
    how: str = ""


def note(
    conn: Connection,
    at: datetime,
    what: str,
    *,
    device_id: str | None = None,
    staff_id: str | None = None,
    customer_id: str | None = None,
    subject_id: str | None = None,
    how: str = "",
) -> None:
    """Add an entry as part of the transaction."""
    entry = AuditEntry(
        at=at,
        what=what,
        device_id=device_id,
        staff_id=staff_id,
        customer_id=customer_id,
        subject_id=subject_id,
        how=how,
    )
    note_all(conn, [entry])


def note_all(conn: Connection, entries: Iterable[AuditEntry]) -> None:
    """Add entries as part of the transaction."""
    rows = [entry.model_dump() for entry in entries]
    if rows:
        conn.execute(insert(audit), rows)


def of_customer(conn: Connection, customer_id: str) -> list[AuditEntry]:
    """Return what was done to one customer's records, oldest first."""
    query = select(audit).where(audit.c.customer_id == customer_id).order_by(audit.c.row_id)
    return [AuditEntry.model_validate(dict(row)) for row in conn.execute(query).mappings()]
