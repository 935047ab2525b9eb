"""What comes back from providers: states of what was sent, replies, opt-outs. Each event counts once."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from sync.ids import derived_id
from sync.model.base import Record
from sync.model.customer import Channel, Customer
from sync.model.outreach import Direction, FollowUp, FollowUpState, Message, MessageState
from sync.ports import Acknowledgement, ChannelEvent
from sync.sealed.vault import Vault
from sync.server.repository import customer_links, line_link, scopes
from sync.server.repository.opt_out import BOUNCED, refuse, released, resume
from sync.server.repository.records import Records
from sync.server.repository.replies import take_reply
from sync.server.repository.rows import insert_missing
from sync.server.tables_edges import attempts, channel_events, identities

log = structlog.get_logger(__name__)

_IDENTITY = {Channel.LINE: "line_user_id", Channel.SMS: "phone", Channel.EMAIL: "email"}
_STANDING = {
    MessageState.QUEUED: 0,
    MessageState.SENDING: 0,
    MessageState.UNKNOWN: 0,
    MessageState.SENT: 1,
    MessageState.FAILED: 2,
    MessageState.DELIVERED: 3,
}
"""How much a state says. Callbacks come late and out of order; one that says less than is known changes nothing."""
_OLDEST = timedelta(days=7)


def apply(records: Records, event: ChannelEvent, now: datetime, vault: Vault, secret: str) -> Acknowledgement | None:
    """Store an event, unless it came before, and return what to tell her at once.

    Events of people or messages unknown here are left out, and counted. `vault` seals what came with a reply,
    `secret` is what codes for linking are made with.
    """
    link = customer_links.find(records.conn, "reply", reply_token(event.recipient), now) if event.recipient else None
    if event.type in ("state", "unusable"):
        if link is not None and link.message_id and not event.message_id:
            event = event.model_copy(update={"message_id": link.message_id})
        _apply_state(records, event, now)
        return None
    if line_link.concerns(event):
        return line_link.take(records, event, secret, now) if _first(records, event, now) else None
    owner = link.customer_id if link else _known(records, event)
    customer_id = records.customer_id_of(owner) if owner else None
    if customer_id is None:
        log.info("event_of_unknown_person", channel=event.channel.value, type=event.type)
        return None
    scopes.lock_customers(records.conn, [customer_id])
    if not _first(records, event, now):
        return None
    at = _moment(event, now)
    entry_id = derived_id("consent", event.channel.value, event.event_id)
    if event.type == "opt_out":
        source = "line_unfollow" if event.channel is Channel.LINE else "provider"
        refuse(records, customer_id, event.channel, at=at, source=source, entry_id=entry_id)
    elif event.type == "complaint":
        refuse(records, customer_id, event.channel, at=at, source="complaint", entry_id=entry_id)
    elif event.type == "opt_in":
        source = "line_follow" if event.channel is Channel.LINE else "provider"
        resume(records, customer_id, event.channel, at=at, source=source, entry_id=entry_id)
    else:
        return take_reply(records, event, customer_id, link, vault, at=at, now=now)
    return None


def _apply_state(records: Records, event: ChannelEvent, now: datetime) -> None:
    message = _message(records, event)
    if message is None or event.state is None:
        log.info("state_of_unknown_message", channel=event.channel.value)
        return
    scopes.lock_customers(records.conn, [message.customer_id])
    message = records.get(Message, message.id)
    if message is None or not _first(records, event, now):
        return
    known, told = _STANDING.get(message.state), _STANDING.get(event.state)
    update: dict[str, object] = {"provider_id": message.provider_id or event.provider_id[:120]}
    if known is not None and told is not None and told > known:
        update |= {"state": event.state, "state_at": now, "reason": event.reason}
        if event.state in (MessageState.SENT, MessageState.DELIVERED):
            update |= {"sent_at": message.sent_at or now, "reason": None}
    if event.type == "unusable":
        _close_address(records, message.customer_id, event, now)
    changed: list[Record] = [message.model_copy(update=update)]
    follow_up = _follow_up(records, message, event.state) if "state" in update else None
    if follow_up is not None:
        changed.append(follow_up)
    records.put_many(changed)


def _close_address(records: Records, customer_id: str, event: ChannelEvent, now: datetime) -> None:
    """Enter that her address does not work, unless what came back was another one: an old one, or somebody else's to
    whom it was forwarded. A new address opens the channel again (`opt_out.reopen`)."""
    customer = records.get(Customer, customer_id)
    if customer is None or event.sender.casefold() not in ("", customer.address(event.channel).casefold()):
        return
    entry_id = derived_id("consent", event.channel.value, event.event_id)
    refuse(records, customer_id, event.channel, at=now, source=BOUNCED, entry_id=entry_id)


def _follow_up(records: Records, message: Message, state: MessageState) -> FollowUp | None:
    """Return the message's follow-up as it stands after the callback, or None where it does not change."""
    if state is MessageState.FAILED:
        return released(records, message)
    follow_up = records.get(FollowUp, message.follow_up_id) if message.follow_up_id else None
    if follow_up is None or follow_up.state is not FollowUpState.SCHEDULED:
        return None
    return follow_up.model_copy(update={"state": FollowUpState.DONE})


def _first(records: Records, event: ChannelEvent, now: datetime) -> bool:
    row = {"channel": event.channel.value, "event_id": event.event_id[:200], "at": now}
    statement = insert_missing(records.conn, channel_events).values(row).returning(channel_events.c.event_id)
    return records.conn.execute(statement).first() is not None


def _message(records: Records, event: ChannelEvent) -> Message | None:
    if event.message_id:
        message = records.get(Message, event.message_id)
        if message is not None and message.channel is event.channel and message.direction is Direction.OUT:
            return message
    if not event.provider_id:
        return None
    found = records.find(Message, provider_id=event.provider_id[:120], channel=event.channel.value, limit=1)
    if found:
        return found[0]
    message_id = records.conn.scalar(
        select(attempts.c.message_id).where(
            attempts.c.provider_id == event.provider_id[:120], attempts.c.channel == event.channel.value
        )
    )
    return records.get(Message, message_id) if message_id else None


def _known(records: Records, event: ChannelEvent) -> str | None:
    """Return the customer whom the sender's address names. Mail is routed by its token alone: a sender can be forged."""
    if event.channel is Channel.EMAIL or not event.sender:
        return None
    query = select(identities.c.customer_id).where(
        identities.c.kind == _IDENTITY[event.channel], identities.c.value == event.sender
    )
    found: str | None = records.conn.scalar(query)
    return found


def reply_token(recipient: str) -> str:
    """Return the token in `reply+TOKEN@domain`."""
    local = recipient.rpartition("@")[0]
    return local.partition("+")[2].lower()


def _moment(event: ChannelEvent, now: datetime) -> datetime:
    """Return when it happened: as the event says, within reason, since the date of a mail is its sender's to write."""
    return event.at if event.at is not None and now - _OLDEST <= event.at <= now else now
