"""Attempts to send messages, one row each: committed before a provider is asked, finished with what it answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from sync.ids import derived_id
from sync.model.customer import Channel, Customer
from sync.model.outreach import Message, MessageState, Reason
from sync.ports import MAY_HAVE_GONE, Unresolved
from sync.server.repository.records import Records
from sync.server.tables import messages
from sync.server.tables_edges import attempts

NO_ANSWER = "no_answer"
"""Code of the reason of an attempt that the provider may or may not have accepted."""
THROTTLED = "throttled"
"""Code of the reason of an attempt that the provider sent away for being one too many; `seconds` until it may be asked."""


def of(conn: Connection, message_id: str) -> Sequence[Row[Any]]:
    """Return the attempts of a message, first first."""
    return conn.execute(select(attempts).where(attempts.c.message_id == message_id).order_by(attempts.c.number)).all()


def is_open(reason: Mapping[str, Any] | None) -> bool:
    """Tell by the reason of a finished attempt whether the provider may have accepted the message by it."""
    return reason is not None and (reason["code"] == NO_ANSWER or bool(reason["params"].get(MAY_HAVE_GONE)))


def may_have_gone(conn: Connection, message_ids: Sequence[str]) -> set[str]:
    """Return those messages of which a provider was asked and gave no answer: nobody can say that they did not go."""
    query = select(attempts.c.message_id, attempts.c.reason).where(
        attempts.c.message_id.in_(message_ids), attempts.c.finished_at.is_not(None)
    )
    return {row[0] for row in conn.execute(query) if is_open(row[1])} if message_ids else set()


def paused(conn: Connection, now: datetime) -> Mapping[Channel, datetime]:
    """Return the providers that asked to be left alone, and until when: told to whichever process, it holds for all."""
    query = select(attempts.c.channel, attempts.c.finished_at, attempts.c.reason).where(
        attempts.c.retry_at > now, attempts.c.state == MessageState.QUEUED.value
    )
    found: dict[Channel, datetime] = {}
    for channel, at, reason in conn.execute(query):
        seconds = (reason or {}).get("params", {}).get("seconds") if (reason or {}).get("code") == THROTTLED else None
        if seconds is not None and at + timedelta(seconds=seconds) > now:
            name = Channel(channel)
            found[name] = max(at + timedelta(seconds=seconds), found.get(name, at))
    return found


def unresolved(records: Records, channel: Channel, since: datetime, before: datetime) -> Sequence[Unresolved]:
    """Return the messages of a channel that became UNKNOWN by an attempt that began in this span, oldest first."""
    query = (
        select(attempts.c.message_id, func.min(attempts.c.started_at).label("began"))
        .join(messages, messages.c.id == attempts.c.message_id)
        .where(
            messages.c.state == MessageState.UNKNOWN.value,
            attempts.c.channel == channel.value,
            attempts.c.started_at >= since,
            attempts.c.started_at <= before,
        )
        .group_by(attempts.c.message_id)
        .order_by("began")
        .limit(200)
    )
    found: list[Unresolved] = []
    for row in records.conn.execute(query).all():
        message = records.get(Message, row.message_id)
        customer = records.get(Customer, message.customer_id) if message is not None else None
        if message is not None and customer is not None and customer.address(channel):
            others = records.find(Message, customer_id=customer.id, channel=channel.value, direction="out")
            found.append(
                Unresolved(
                    message_id=message.id,
                    to=customer.address(channel),
                    body=message.body.strip(),
                    since=row.began,
                    taken=tuple(m.provider_id for m in others if m.provider_id and m.id != message.id),
                )
            )
    return found


def stranded(conn: Connection, before: datetime) -> Sequence[tuple[str, int]]:
    """Return (message id, number of its attempt) of messages that have been SENDING since before a moment."""
    count = select(func.count()).where(attempts.c.message_id == messages.c.id).scalar_subquery()
    open_one = (
        select(attempts.c.number)
        .where(attempts.c.message_id == messages.c.id, attempts.c.finished_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )
    query = select(messages.c.id, messages.c.data, func.coalesce(open_one, count + 1)).where(
        messages.c.state == MessageState.SENDING.value
    )
    rows = conn.execute(query).all()
    return [(row[0], row[2]) for row in rows if Message.model_validate(row[1]).state_at < before]


def start(conn: Connection, message_id: str, number: int, channel: Channel, at: datetime) -> None:
    """Note that an attempt begins. Attempts of one message are counted from 1."""
    conn.execute(
        insert(attempts).values(
            id=derived_id("attempt", message_id, str(number)),
            message_id=message_id,
            number=number,
            channel=channel.value,
            started_at=at,
        )
    )


def wait(conn: Connection, message_id: str, number: int, until: datetime) -> None:
    """Let the attempt after this one begin no earlier than `until`."""
    this = attempts.c.message_id == message_id, attempts.c.number == number
    conn.execute(update(attempts).where(*this).values(retry_at=until))


def finish(
    conn: Connection,
    message_id: str,
    number: int,
    at: datetime,
    *,
    state: MessageState,
    provider_id: str = "",
    reason: Reason | None = None,
    retry_at: datetime | None = None,
) -> None:
    """Store how an attempt ended, and when the next one may begin where there is to be one."""
    conn.execute(
        update(attempts)
        .where(attempts.c.message_id == message_id, attempts.c.number == number)
        .values(
            finished_at=at,
            state=state.value,
            provider_id=provider_id,
            reason=reason.model_dump(mode="json") if reason else None,
            retry_at=retry_at,
        )
    )
