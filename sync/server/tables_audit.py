"""Tables of who saw what: the chain of audit events, its head, and what managers said of access that stood out.

They share the metadata of `sync.server.tables`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, text

from sync.server.tables import RowNumber, UtcDateTime, metadata

_LOOKS = text("what IN ('attachment', 'check_in', 'reveal', 'view')")
audit = Table(
    "audit",
    metadata,
    Column("row_id", RowNumber, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("what", String(40), nullable=False),
    Column("device_id", String(64)),
    Column("staff_id", String(64)),
    Column("customer_id", String(64), index=True),
    Column("subject_id", String(64)),
    Column("how", String(40), nullable=False, server_default=""),
    Column("device_at", UtcDateTime),
    Column("purpose", String(40), nullable=False, server_default=""),
    Column("command_id", String(64)),
    Column("seq", BigInteger, index=True, unique=True),
    Column("hash", String(64)),
    Index("ix_audit_unlinked", "row_id", sqlite_where=text("seq IS NULL"), postgresql_where=text("seq IS NULL")),
    Index("ix_audit_looks", "device_id", "at", sqlite_where=_LOOKS, postgresql_where=_LOOKS),
)
"""Who did what to whose record, when, why and how: ids and codes only. `seq` and `hash` are set once, when it is linked
(`sync.server.audit_chain`)."""
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""One row (id 1): the last link of the chain of audit events."""
audit_reviews = Table(
    "audit_reviews",
    metadata,
    Column("flag_id", String(64), primary_key=True),
    Column("at", UtcDateTime, primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("device_id", String(64), nullable=False),
    Column("word", String(500), nullable=False),
)
"""What managers said of unusual access that they looked at; kept, never changed."""
