"""Commands that were answered: enough to give the same answer again, nothing of what they said."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from sync.model.commands import Envelope, Outcome
from sync.server.tables import command_log


class Answered(NamedTuple):
    """A command, what tells its content from another's, its answer and when it was given."""

    envelope: Envelope
    body_hash: str
    outcome: Outcome
    at: datetime


def answered(conn: Connection, command_ids: Collection[str]) -> dict[str, tuple[str, Outcome]]:
    """Return, of those commands that are not new, the hash of the content and the answer."""
    columns = command_log.c
    query = select(columns.id, columns.body_hash, columns.outcome).where(columns.id.in_(command_ids))
    return {row.id: (row.body_hash, Outcome.model_validate(row.outcome)) for row in conn.execute(query)}


def keep(conn: Connection, device_id: str, answers: Sequence[Answered]) -> None:
    """Store answers, in the transaction of what the commands did."""
    if answers:
        conn.execute(
            insert(command_log),
            [
                {
                    "id": one.envelope.id,
                    "device_id": device_id,
                    "seq": one.envelope.seq,
                    "type": one.envelope.command.type,
                    "body_hash": one.body_hash,
                    "outcome": one.outcome.model_dump(mode="json"),
                    "at": one.at,
                }
                for one in answers
            ],
        )
