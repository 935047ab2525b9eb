"""The chain of audit events: each link is SHA-256 over the hash before it and the event's content.

Writers add events without a place (`sync.server.repository.audit`): none waits for another one. `link` gives places and
hashes to every committed event that has none, under the lock of the one row of `audit_head`, as `sync.server.feed` numbers
changes. The worker does so every half second; what hands out customers' records on request does so before it answers.

What the chain shows and what not: docs/decisions/0025.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, func, select, text, update

from sync.server.database import reading, transaction
from sync.server.tables_audit import audit, audit_head

START = "0" * 64
"""What stands before the first event."""
AT_ONCE = 2000
CONTENT = (
    "row_id",
    "at",
    "what",
    "device_id",
    "staff_id",
    "customer_id",
    "subject_id",
    "how",
    "device_at",
    "purpose",
    "command_id",
)
"""Columns in the order in which they are hashed. A column that is added later goes to the end, left out where empty."""
COLUMNS = tuple(audit.c[name] for name in CONTENT)
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KEEP_POSTGRESQL = text(
    "UPDATE audit SET seq = linked.seq, hash = linked.hash"
    " FROM jsonb_to_recordset(CAST(:links AS jsonb)) AS linked (row_id bigint, seq bigint, hash text)"
    " WHERE audit.row_id = linked.row_id"
)
_KEEP_SQLITE = "UPDATE audit SET seq = ?, hash = ? WHERE row_id = ?"


class Head(NamedTuple):
    """The last link: how many events the chain has, and the hash that stands for all of them."""

    seq: int
    hash: str


class Waiting(NamedTuple):
    """Events that are not linked yet, and since when the oldest waits."""

    events: int
    oldest: datetime | None


def link_hash(before: str, event: RowMapping | dict[str, Any]) -> str:
    """Return the hash (64 hex digits) of an event after another one's; `event` has the columns of `CONTENT`."""
    return hashlib.sha256((before + _ENCODE([_plain(event[name]) for name in CONTENT])).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def head(conn: Connection) -> Head:
    """Return the last link."""
    found = conn.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    return Head(found.seq, found.hash)


def waiting(conn: Connection) -> Waiting:
    """Return what is committed and not linked yet."""
    found = conn.execute(select(func.count(), func.min(audit.c.at)).where(audit.c.seq.is_(None))).one()
    return Waiting(found[0], found[1])


def link(engine: Engine) -> int:
    """Link every committed event that is not linked yet; return how many. In transactions of its own."""
    done = 0
    first = select(audit.c.row_id).where(audit.c.seq.is_(None)).limit(1)
    while True:
        with reading(engine) as conn:  # mostly nothing waits, and then nobody's lock is taken
            if conn.scalar(first) is None:
                return done
        with transaction(engine) as conn:
            done += _link_some(conn)


def _link_some(conn: Connection) -> int:
    # The row's lock is let go when the links are visible; the events are read after it was got (READ COMMITTED).
    last = conn.execute(select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one()
    query = select(*COLUMNS).where(audit.c.seq.is_(None)).order_by(audit.c.row_id).limit(AT_ONCE)
    seq, before = last.seq, last.hash
    links: list[tuple[int, str, int]] = []
    for event in conn.execute(query).mappings():
        seq, before = seq + 1, link_hash(before, event)
        links.append((seq, before, event["row_id"]))
    if not links:
        return 0
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(_KEEP_SQLITE, links)
    else:
        rows = [{"row_id": row_id, "seq": place, "hash": digest} for place, digest, row_id in links]
        conn.execute(_KEEP_POSTGRESQL, {"links": json.dumps(rows)})
    conn.execute(update(audit_head).values(seq=seq, hash=before))
    return len(links)
