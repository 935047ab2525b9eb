"""Commands that were answered: enough to give the same answer again, nothing of what they said."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from sync.model.commands import Envelope, Outcome
from sync.server.tables import command_log

ERASED = ""
"""In place of the hash of a content that was erased: whatever comes under that id is taken for the same."""


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
                    "customer_id": one.envelope.command.customer_id or None,
                }
                for one in answers
            ],
        )


def erase(conn: Connection, customer_id: str) -> int:
    """Leave of the answers to commands about a customer only yes or no, and nothing to compare a content with; return
    how many there were. The ids stay: a device that sends one again must still get an answer."""
    mine = command_log.c.customer_id == customer_id
    rows = conn.execute(select(command_log.c.id, command_log.c.outcome).where(mine)).all()
    for command_id, outcome in rows:
        said = Outcome.model_validate(outcome)
        code = said.reason.model_copy(update={"params": {}}) if said.reason is not None else None
        bare = said.model_copy(update={"reason": code}).model_dump(mode="json")
        conn.execute(update(command_log).where(command_log.c.id == command_id).values(body_hash=ERASED, outcome=bare))
    return len(rows)
