"""How an attempt, and with it perhaps its message, ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from sync.model.base import Record
from sync.model.outreach import FollowUp, Message, MessageState, Reason
from sync.policy.playbook import Playbook
from sync.ports import Receipt
from sync.server.repository import attempts, due
from sync.server.repository.app_tokens import forget_app
from sync.server.repository.instead import other_channel
from sync.server.repository.opt_out import done, released
from sync.server.repository.records import Records

RETRY_KEY_LIFE = timedelta(hours=23)
"""How long an attempt without an answer may be made again under its key. LINE keeps keys for 24 hours."""
CLOSED_FOR_NOW = frozenset({"quota_out", "quota_kept", "address_gone"})
"""Codes of attempts that failed for the way alone: with these another way is offered."""
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 900.0
"""Seconds between attempts: the first pause, doubled each time, up to the longest."""


def record(
    records: Records, message: Message, receipt: Receipt, number: int | None, now: datetime, playbook: Playbook
) -> None:
    """Store what the provider answered to attempt `number` (None: the one that is open); nothing where that is over."""
    open_ones = {row.number for row in attempts.of(records.conn, message.id) if row.finished_at is None}
    number = max(open_ones, default=0) if number is None else number
    if number not in open_ones:
        return
    again = receipt.state is MessageState.QUEUED
    provider_id = receipt.provider_id[:120]
    attempts.finish(
        records.conn,
        message.id,
        number,
        now,
        state=receipt.state,
        provider_id=provider_id,
        reason=receipt.reason,
        retry_at=now + timedelta(seconds=_pause(receipt, number)) if again else None,
    )
    if receipt.gone:
        forget_app(records, message.customer_id, receipt.gone)
    if message.state is not MessageState.SENDING:  # a callback was quicker and knows more
        if provider_id and not message.provider_id:
            records.put(message.model_copy(update={"provider_id": provider_id}))
        return
    sent_at = now if receipt.state is MessageState.SENT else message.sent_at
    told = {"provider_id": provider_id or message.provider_id, "sent_at": sent_at}
    reason = receipt.reason
    if reason is not None and reason.code in CLOSED_FOR_NOW:
        other = other_channel(records, message, playbook, now)
        offer = {"instead": other.value} if other is not None else {}
        reason = reason.model_copy(update={"params": {**reason.params, **offer}})
    end(records, message.model_copy(update=told), receipt.state, reason, now)


def end(records: Records, message: Message, state: MessageState, reason: Reason | None, now: datetime) -> None:
    """Give a message its state, and its follow-up what follows from that."""
    changed: list[Record] = [message.model_copy(update={"state": state, "state_at": now, "reason": reason})]
    follow_up: FollowUp | None = None
    if state in (MessageState.FAILED, MessageState.BLOCKED):
        follow_up = released(records, message)
    elif state in (MessageState.SENT, MessageState.UNKNOWN):
        follow_up = done(records, message)
    if follow_up is not None:
        changed.append(follow_up)
    records.put_many(changed)


def too_late(
    records: Records, message: Message, past: Sequence[Row[Any]], refusal: Reason | None, now: datetime
) -> bool:
    """End a message that may not go any more: BLOCKED, or UNKNOWN where an earlier attempt may have sent it."""
    asked = [row for row in past if attempts.is_open(row.reason)]
    if asked and (refusal is not None or not all(key_lives(row, now) for row in asked)):
        end(records, message, MessageState.UNKNOWN, Reason(code=attempts.NO_ANSWER), now)
        return True
    if refusal is not None:
        end(records, message, MessageState.BLOCKED, refusal, now)
        return True
    return False


def put_back(attempt: Row[Any], now: datetime) -> bool:
    """Return whether the clock was put back behind an attempt."""
    return bool(attempt.started_at > now + due.CLOCK_SLACK)


def key_lives(attempt: Row[Any], now: datetime) -> bool:
    """Return whether the provider surely still knows the key of an attempt, so that asking again reaches nobody twice."""
    return not put_back(attempt, now) and now - attempt.started_at <= RETRY_KEY_LIFE


def _pause(receipt: Receipt, number: int) -> float:
    """Return the seconds until the next attempt. Where the provider was only too busy and named a time, that one holds:
    it says nothing against this message, which may only have stood behind others."""
    asked = receipt.retry_after_seconds or 0.0
    if asked and receipt.reason is not None and receipt.reason.code == attempts.THROTTLED:
        return asked
    return max(asked, min(FIRST_PAUSE * 2.0 ** (number - 1), LONGEST_PAUSE))
