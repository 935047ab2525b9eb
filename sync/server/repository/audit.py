"""Who did what to whose record, when, why and how. Ids and codes only; entries are added, never changed.

They are linked into a chain a moment later, off the writer's way: `sync.server.audit_chain`.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select

from sync.model.base import Frozen, Instant
from sync.model.customer import Consent
from sync.server.tables_audit import audit


class AuditEntry(Frozen):
    """One thing that was done."""

    at: Instant
    """When it arrived: a view without a network comes as a command later."""
    what: str
    """`view`, `reveal`, `lookup`, `search`, `export`, `queue_message`, ...: the command's type, or what the server did."""
    device_id: str | None = None
    staff_id: str | None = None
    customer_id: str | None = None
    subject_id: str | None = None
    """The message, visit, device ... it was about."""
    how: str = ""
    device_at: Instant | None = None
    """When it was done, by the device's own clock; None for what the server did itself."""
    purpose: str = ""
    """`scan`, `appointment`, `search`, `follow_up`, `call`, `queue`, `link`, ...: why somebody came to this record."""
    command_id: str | None = None
    """Of the command that did it; with it, an event that is gone is missed from `command_log`."""


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
    purpose: str = "",
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
        purpose=purpose,
    )
    note_all(conn, [entry])


def note_all(conn: Connection, entries: Iterable[AuditEntry]) -> None:
    """Add entries as part of the transaction."""
    rows = [entry.model_dump() for entry in entries]
    if rows:
        conn.execute(insert(audit), rows)


def note_consents(conn: Connection, at: datetime, consents: Iterable[Consent]) -> None:
    """Add an entry for each new entry of the ledger of consents: whose, what of it, and where it came from.

    Not for those of an import: nobody's hand is in them, they come by the million, and the ledger itself names the source.
    """
    note_all(
        conn,
        (
            AuditEntry(
                at=at,
                what="consent",
                staff_id=one.recorded_by,
                customer_id=one.customer_id,
                subject_id=one.id,
                how=f"{one.state.value}:{one.channel.value if one.channel else one.purpose.value}"[:40],
                purpose=one.source[:40],
            )
            for one in consents
            if one.source != "import"
        ),
    )


def of_customer(conn: Connection, customer_id: str) -> list[AuditEntry]:
    """Return what was done to one customer's records, oldest first."""
    query = select(audit).where(audit.c.customer_id == customer_id).order_by(audit.c.row_id)
    return [entry_of(row) for row in conn.execute(query).mappings()]


def entry_of(row: RowMapping) -> AuditEntry:
    """Return the entry that a row of the table holds."""
    return AuditEntry.model_validate({name: row[name] for name in AuditEntry.model_fields})
