"""What came with customers' replies: waiting to be fetched or looked at, then kept, sealed, until its time is over.

A row is there only for what waits or is kept, and goes with its message, and so with the customer (the database sees to that).
What staff see of it is an `Attachment` in the message; each change of a row is one transaction with that one's.

    keep     with the reply: a row for each attachment whose bytes came, or lie at the provider
    claim    one that is due, for so long that nobody else takes it meanwhile
    hold     bytes that the provider gave, so that they are ours whatever happens next
    settle   kept, or refused with a reason
    postpone the provider could not be asked just now
    forget   kept ones whose time is over
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from sync.ids import derived_id
from sync.model.customer import Channel
from sync.model.outreach import Attachment, AttachmentState, Message, Reason
from sync.ports import Examined, Incoming
from sync.sealed.vault import Vault, derive
from sync.server.repository import scopes
from sync.server.repository.records import Records
from sync.server.tables import messages
from sync.server.tables_edges import attachments

LEASE = timedelta(minutes=5)
"""Fetching and looking at one takes seconds; whoever has not come back by then has died."""
_KIND = "attachment"


class Claimed(NamedTuple):
    """One whose turn it is."""

    id: str
    channel: Channel
    remote_id: str
    content: bytes | None
    tries: int
    """How often it was claimed before."""
    since: datetime


class Kept(NamedTuple):
    """One that is kept, and whose it is."""

    customer_id: str
    message_id: str
    media_type: str
    content: bytes


def vault_of(secret: str) -> Vault:
    """Return what seals attachments at rest, under a key that follows from the server's secret (HKDF)."""
    return Vault("attachments", {1: derive(secret.encode(), "attachments")})


def told(message_id: str, incoming: Sequence[Incoming]) -> tuple[Attachment, ...]:
    """Return what the message says of what came with it."""
    return tuple(
        Attachment(
            id=derived_id(_KIND, message_id, str(number)),
            what=each.what,
            state=AttachmentState.REFUSED if each.reason else AttachmentState.WAITING,
            reason=each.reason,
        )
        for number, each in enumerate(incoming)
    )


def keep(conn: Connection, vault: Vault, message: Message, incoming: Sequence[Incoming], now: datetime) -> None:
    """Store what waits of a message that was just written."""
    rows = [
        {
            "id": said.id,
            "message_id": message.id,
            "channel": message.channel.value,
            "remote_id": came.remote_id,
            "content": None if came.content is None else vault.seal(_KIND, said.id, came.content),
            "media_type": "",
            "due_at": now,
            "tries": 0,
            "at": now,
        }
        for said, came in zip(message.attachments, incoming, strict=True)
        if said.state is AttachmentState.WAITING
    ]
    if rows:
        conn.execute(insert(attachments), rows)


def is_due(conn: Connection, now: datetime) -> bool:
    """Say whether there is any to claim; asked without a writing transaction, which on SQLite keeps others waiting."""
    return conn.scalar(select(attachments.c.id).where(attachments.c.due_at <= now).limit(1)) is not None


def claim(conn: Connection, vault: Vault, now: datetime) -> Claimed | None:
    """Take the one that has been due for longest, for the time of the lease."""
    row = conn.execute(
        select(attachments)
        .where(attachments.c.due_at <= now)
        .order_by(attachments.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    _update(conn, row.id, due_at=now + LEASE, tries=row.tries + 1)
    content = None if row.content is None else vault.open(_KIND, row.id, row.content)
    return Claimed(row.id, Channel(row.channel), row.remote_id, content, row.tries, row.at)


def hold(conn: Connection, vault: Vault, attachment_id: str, content: bytes) -> None:
    """Store what the provider gave, not yet looked at."""
    _update(conn, attachment_id, content=vault.seal(_KIND, attachment_id, content), tries=1)


def postpone(conn: Connection, attachment_id: str, until: datetime) -> None:
    """Let it wait before it is claimed again."""
    _update(conn, attachment_id, due_at=until)


def settle(records: Records, vault: Vault, attachment_id: str, examined: Examined) -> None:
    """Keep what is kept of it, or nothing, and say so in the message."""
    if examined.reason is None:
        sealed = vault.seal(_KIND, attachment_id, examined.content)
        found = {"media_type": examined.media_type, "size": len(examined.content)}
        if _say(records, attachment_id, {"state": AttachmentState.KEPT, **found}):
            _update(records.conn, attachment_id, content=sealed, media_type=examined.media_type, due_at=None)
    elif _say(records, attachment_id, {"state": AttachmentState.REFUSED, "reason": examined.reason}):
        records.conn.execute(delete(attachments).where(attachments.c.id == attachment_id))


def old(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    """Return ids of kept ones that came before a moment."""
    query = select(attachments.c.id).where(attachments.c.at < before, attachments.c.due_at.is_(None)).limit(limit)
    return list(conn.scalars(query))


def forget(records: Records, attachment_id: str, days: int) -> None:
    """Remove what was kept, and say in the message that it is there no more."""
    reason = Reason(code="attachment_removed", params={"days": days})
    if _say(records, attachment_id, {"state": AttachmentState.REMOVED, "reason": reason}):
        records.conn.execute(delete(attachments).where(attachments.c.id == attachment_id))


def find(conn: Connection, vault: Vault, attachment_id: str, may_see: Callable[[str], bool]) -> Kept | None:
    """Return a kept one of a customer whom the asker may see; raises Unsealable where the server's secret was replaced."""
    query = (
        select(messages.c.customer_id, attachments)
        .join(messages, messages.c.id == attachments.c.message_id)
        .where(attachments.c.id == attachment_id, attachments.c.media_type != "")
    )
    row = conn.execute(query).first()
    if row is None or not may_see(row.customer_id):
        return None
    return Kept(row.customer_id, row.message_id, row.media_type, vault.open(_KIND, row.id, row.content))


def _say(records: Records, attachment_id: str, change: dict[str, object]) -> bool:
    """Change what the message says of one; False where both are gone by now."""
    owner = records.conn.execute(
        select(messages.c.customer_id, messages.c.id)
        .join(attachments, messages.c.id == attachments.c.message_id)
        .where(attachments.c.id == attachment_id)
    ).first()
    if owner is None:
        return False
    scopes.lock_customers(records.conn, [owner.customer_id])
    message = records.get(Message, owner.id)
    if message is None:
        return False
    changed = tuple(
        each.model_copy(update=change) if each.id == attachment_id else each for each in message.attachments
    )
    records.put(message.model_copy(update={"attachments": changed}))
    return True


def _update(conn: Connection, attachment_id: str, **values: object) -> None:
    conn.execute(update(attachments).where(attachments.c.id == attachment_id).values(**values))
