"""Commands that were answered: enough to give the same answer again, nothing of what they said."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from sync.model.commands import Envelope, Outcome
from sync.server.tables import command_log


def answered(conn: Connection, command_id: str) -> tuple[str, Outcome] | None:
    """Return the hash of a command's content and the answer it got, or None when it is new."""
    query = select(command_log.c.body_hash, command_log.c.outcome).where(command_log.c.id == command_id)
    row = conn.execute(query).first()
    return (row.body_hash, Outcome.model_validate(row.outcome)) if row else None


def keep(conn: Connection, envelope: Envelope, device_id: str, body_hash: str, outcome: Outcome, at: datetime) -> None:
    """Store the answer, in the transaction of what the command did."""
    conn.execute(
        insert(command_log).values(
            id=envelope.id,
            device_id=device_id,
            seq=envelope.seq,
            type=envelope.command.type,
            body_hash=body_hash,
            outcome=outcome.model_dump(mode="json"),
            at=at,
        )
    )
