"""What became of each message, by our own records and by the stand-ins' logs; each difference is a sentence."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import Engine, select

from sync.delivery.attempt import idempotency_key
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState
from sync.sandbox.config import Folders
from sync.server.database import reading
from sync.server.repository.records import Records
from sync.server.tables_edges import attempts

OptOuts = Mapping[tuple[str, Channel], datetime]
"""By customer and channel: when the server had answered that it stands, or it was seen in the ledger."""
_OVER = frozenset(set(MessageState) - {MessageState.QUEUED, MessageState.SENDING})
_SAID_SENT = frozenset({MessageState.SENT, MessageState.DELIVERED})
_IN_FLIGHT_AT_MOST = timedelta(seconds=30)
"""Longer than a request can be on its way: what is accepted so long after an opt-out was asked for after it."""


@dataclass
class Accepted:
    """What the stand-ins took of one message."""

    times: int = 0
    at: list[datetime] = field(default_factory=list)
    state: str = ""
    """Twilio's last word on it."""


@dataclass
class Verdict:
    messages: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    unknown: int = 0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def sentences(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.unwanted]


def judge(engine: Engine, data: Path, messages: Sequence[Message], opt_outs: OptOuts) -> Verdict:
    """Compare. `messages` are those that were queued, as they were then."""
    accepted = accepted_by_providers(data, [message.id for message in messages])
    with reading(engine) as conn:
        now = {each.id: each for each in Records(conn).of_kind(Message)}
        last: dict[str, datetime] = {}
        for row in conn.execute(select(attempts.c.message_id, attempts.c.started_at)):
            last[row.message_id] = max(last.get(row.message_id, row.started_at), row.started_at)
    verdict = Verdict(messages=len(messages))
    for before in messages:
        message, taken = now.get(before.id), accepted[before.id]
        if message is None:
            verdict.lost.append(f"{before.id}: not there")
            continue
        verdict.states[f"{message.channel.value} {message.state.value}"] += 1
        verdict.unknown += message.state is MessageState.UNKNOWN
        verdict.lost += [f"{message.channel.value} {message.id}: {each}" for each in _differs(message, taken)]
        if taken.times > 1:
            verdict.doubled.append(f"{message.channel.value} {message.id}: accepted {taken.times} times")
        stopped = opt_outs.get((message.customer_id, message.channel))
        if stopped is not None and taken.times:
            late = max(taken.at) > stopped + _IN_FLIGHT_AT_MOST
            if late or last.get(message.id, stopped) > stopped:
                verdict.unwanted.append(
                    f"{message.channel.value} {message.id}: she stopped at {stopped}, the last attempt began at "
                    f"{last.get(message.id)}, accepted at {max(taken.at)}"
                )
    return verdict


def _differs(message: Message, taken: Accepted) -> Iterator[str]:
    if message.state not in _OVER:
        yield f"still {message.state.value} ({message.reason})"
    if message.state in _SAID_SENT and not taken.times:
        yield f"said to be {message.state.value}, but no provider has it"
    unheard = message.state in (MessageState.FAILED, MessageState.BLOCKED, MessageState.CANCELLED)
    if unheard and taken.times and taken.state != "undelivered":
        yield f"said to be {message.state.value} ({message.reason}), but the provider has it"
    told = {"delivered": MessageState.DELIVERED, "undelivered": MessageState.FAILED}.get(taken.state, message.state)
    if told is not message.state:
        yield f"Twilio says {taken.state}, we say {message.state.value}"


def accepted_by_providers(data: Path, message_ids: Sequence[str]) -> Mapping[str, Accepted]:
    """Read the stand-ins' logs: requests that LINE accepted, texts that Twilio created, mails that arrived."""
    found: defaultdict[str, Accepted] = defaultdict(Accepted)
    keys = {idempotency_key(each): each for each in message_ids}
    known = set(message_ids)
    with closing(sqlite3.connect(Folders(data).world / "world.db")) as db:
        for at, text in db.execute("SELECT at, text FROM letter WHERE channel = 'email' AND NOT outgoing"):
            _count(found, _named_in(text, known), datetime.fromisoformat(at))
        for (key,) in db.execute("SELECT retry_key FROM line_accepted"):
            found[keys.get(key, "")].times += 1
        shown: Counter[str] = Counter()
        for at, text in db.execute("SELECT at, text FROM letter WHERE channel = 'line' AND NOT outgoing"):
            message_id = _named_in(text, known)
            shown[message_id] += 1
            found[message_id].at.append(datetime.fromisoformat(at))
        for message_id, times in shown.items():  # a second acceptance under another key shows on the phone
            found[message_id].times = max(found[message_id].times, times)
        for (row,) in db.execute("SELECT resource FROM sms"):
            resource = json.loads(row)
            message_id = _named_in(resource["body"], known)
            _count(found, message_id, _rfc2822(resource["date_created"]))
            found[message_id].state = resource["status"]
    for each in found.values():
        each.at = each.at or [datetime.min.replace(tzinfo=UTC)]
    return found


def _count(found: defaultdict[str, Accepted], message_id: str, at: datetime) -> None:
    found[message_id].times += 1
    found[message_id].at.append(at)


def _named_in(text: str, known: set[str]) -> str:
    """Return the id of the message that stands in its text."""
    return next(word for word in text.replace("。", " ").split() if word in known)


def _rfc2822(text: str) -> datetime:
    return parsedate_to_datetime(text).astimezone(UTC)
