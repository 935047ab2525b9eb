"""Her words on their way into the timeline: whom they answer, who reads them, and whether they ask us to stop."""

from datetime import datetime, timedelta

from sync.ids import derived_id
from sync.model.customer import Customer
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose, Reason
from sync.model.shop import Shift, Shop, Staff
from sync.policy.conversation import holder
from sync.policy.employment import employed
from sync.policy.stop_words import Stop, asks_to_stop
from sync.policy.whose import on_duty
from sync.ports import Acknowledgement, ChannelEvent
from sync.sealed.vault import Vault
from sync.server.repository import attachments
from sync.server.repository.customer_links import CustomerLink
from sync.server.repository.homes import home_of
from sync.server.repository.opt_out import refuse
from sync.server.repository.records import Records
from sync.server.web.words import words_for

_SHIFTS_KNOWN = timedelta(days=14)
"""Whoever has no shift this near is not in the plan at all."""
_REACHED = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN, MessageState.SENDING)
_ANSWERS_WITHIN = timedelta(hours=72)
"""A reply that names no message is taken to answer our last one in this channel if that is no older."""
_MARKS = {Stop.CLEAR: Reason(code="asked_to_stop"), Stop.PERHAPS: Reason(code="may_ask_to_stop")}


def take_reply(
    records: Records,
    event: ChannelEvent,
    customer_id: str,
    link: CustomerLink | None,
    vault: Vault,
    *,
    at: datetime,
    now: datetime,
) -> Acknowledgement | None:
    """Put her message into the timeline, for the person whom it answers; return what to tell her at once.

    `link` is what the address that she answered to stands for (mail). A message that clearly asks to stop does so, here
    and now; one that may ask for it is marked for whoever reads it. What came with it waits, sealed by `vault`, for the
    worker.
    """
    ours = [
        message
        for message in records.find(Message, customer_id=customer_id, channel=event.channel.value, direction="out")
        if message.state in _REACHED
    ]
    answered = next((m for m in ours if link is not None and m.id == link.message_id), None)
    last = max(ours, key=lambda m: m.sent_at or m.at, default=None)
    if answered is None and last is not None and at - (last.sent_at or last.at) <= _ANSWERS_WITHIN:
        answered = last
    partner = answered or last
    customer = records.get(Customer, customer_id)
    assert customer is not None
    shop_id = partner.shop_id if partner else home_of(records, customer)
    if shop_id is None:
        return None
    person = holder(customer, partner)
    stop = asks_to_stop(event.text)
    reply_id = derived_id("reply", event.channel.value, event.event_id)
    reply = Message(
        id=reply_id,
        customer_id=customer_id,
        direction=Direction.IN,
        channel=event.channel,
        cause=Cause.REPLY,
        purpose=Purpose.REPLY,
        shop_id=shop_id,
        staff_id=person if _at_hand(records, person, now) else None,
        state=MessageState.RECEIVED,
        reason=_MARKS.get(stop),
        subject=event.subject,
        body=event.text,
        at=at,
        state_at=now,
        in_reply_to=answered.id if answered else None,
        attachments=attachments.told(reply_id, event.attachments),
    )
    records.put(reply)
    attachments.keep(records.conn, vault, reply, event.attachments, now)
    if stop is not Stop.CLEAR:
        return None
    entry_id = derived_id("consent", event.channel.value, event.event_id)
    refuse(records, customer_id, event.channel, at=at, source="reply", entry_id=entry_id)
    words = words_for(customer.language)
    own = customer.address(event.channel)
    return Acknowledgement(
        text=words("opt_out.stopped_channel", channel=words(f"channel.{event.channel.value}")),
        subject=words("opt_out.title"),
        to=own if event.sender.casefold() == own.casefold() else "",
        answer_token=event.answer_token,
    )


def _at_hand(records: Records, staff_id: str | None, now: datetime) -> bool:
    """Say whether the person works here, and is at work within three hours. Of somebody whose shifts nobody tells us, we
    assume that."""
    person = records.get(Staff, staff_id) if staff_id is not None else None
    if person is None or not employed(person, now, records.get(Shop, person.shop_id)):
        return False
    shifts = records.find(Shift, staff_id=staff_id)
    known = [shift for shift in shifts if abs(shift.starts_at - now) < _SHIFTS_KNOWN]
    return not known or on_duty(known, person.id, now)
