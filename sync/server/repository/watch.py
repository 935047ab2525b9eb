"""What whoever runs the server wants to know of its database: numbers and ages, of nobody in particular."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, or_, select, text

from sync.model.outreach import MessageState
from sync.server.tables import changes, devices, messages, shops
from sync.server.tables_edges import attempts

_OLDEST_WRITE = text(
    """
    SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 1
    """
)


class Unsequenced(NamedTuple):
    """Committed changes that have no place in the feed yet."""

    changes: int
    oldest: datetime | None


class OpenWrite(NamedTuple):
    """The transaction that has been writing for the longest, by the pid of its PostgreSQL process."""

    pid: int
    seconds: float


class Outbound(NamedTuple):
    """Messages to customers that are on their way, by what they wait for."""

    due: int
    planned: int
    waiting_retry: int
    sending: int
    oldest_due: datetime | None


class Contact(NamedTuple):
    """When a device that is not revoked was last heard of (to a minute), and the code of its shop."""

    shop: str
    at: datetime | None


def unsequenced(conn: Connection) -> Unsequenced:
    """Count what waits for the sequencer; on SQLite nothing ever does."""
    found = conn.execute(select(func.count(), func.min(changes.c.at)).where(changes.c.seq.is_(None))).one()
    return Unsequenced(*found)


def oldest_write(conn: Connection) -> OpenWrite | None:
    """Return the oldest open write transaction of the database; None where there is none, and on SQLite.

    Those of other database users are seen only by a member of `pg_read_all_stats`.
    """
    if conn.dialect.name == "sqlite":
        return None
    found = conn.execute(_OLDEST_WRITE).first()
    return OpenWrite(*found) if found is not None else None


def outbound(conn: Connection, now: datetime) -> Outbound:
    """Count the messages to customers that are on their way."""
    columns = messages.c
    again = select(attempts.c.id).where(attempts.c.message_id == columns.id, attempts.c.retry_at > now).exists()
    come = or_(columns.send_after.is_(None), columns.send_after <= now)
    queued, sending = MessageState.QUEUED.value, MessageState.SENDING.value
    state = case(
        (columns.state == sending, "sending"),
        (and_(come, again), "waiting_retry"),
        (come, "due"),
        else_="planned",
    )
    per_message = (
        select(state.label("state"), func.coalesce(columns.send_after, columns.at).label("since"))
        .where(columns.direction == "out", columns.state.in_([queued, sending]))
        .subquery()
    )
    query = select(per_message.c.state, func.count(), func.min(per_message.c.since)).group_by(per_message.c.state)
    rows = {row[0]: row for row in conn.execute(query)}
    counts = {name: rows[name][1] if name in rows else 0 for name in Outbound._fields[:-1]}
    return Outbound(**counts, oldest_due=rows["due"][2] if "due" in rows else None)


def contacts(conn: Connection) -> list[Contact]:
    """Return the last contact of every device that is not revoked."""
    query = (
        select(func.coalesce(shops.c.code, ""), devices.c.last_seen_at)
        .select_from(devices.outerjoin(shops, shops.c.id == devices.c.shop_id))
        .where(devices.c.revoked_at.is_(None))
    )
    return [Contact(*row) for row in conn.execute(query)]
