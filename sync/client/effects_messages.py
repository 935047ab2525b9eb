"""What commands about messages to a customer will do to the records; see `sync.client.effects`."""

from typing import Any

from sync.client.effect_parts import Read, get, with_
from sync.client.effects_follow_ups import OPEN, said
from sync.client.outbox import Pending
from sync.model import commands as c
from sync.model.base import Record
from sync.model.customer import Customer
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Reason
from sync.model.shop import Staff
from sync.policy.gate import purpose_of
from sync.policy.whose import in_charge, named


def queued(pending: Pending, command: c.QueueMessage, read: Read) -> list[Record]:
    """Return the message, waiting for approval where its writer may not send in that name, and its follow-up."""
    staff = get(read, Staff, pending.staff_id)
    customer = get(read, Customer, command.customer_id)
    charge = get(read, Staff, customer.person_in_charge_id) if customer is not None else None
    if customer is not None and charge is not None:
        charge = in_charge(customer, [charge], command.shop_id)
    person = named(command.voice, command.cause, staff, charge) if staff is not None else None
    waits = staff is not None and (not staff.may_send or (person is not None and person.id != staff.id))
    records: list[Record] = [
        Message(
            id=command.message_id,
            customer_id=command.customer_id,
            channel=command.channel,
            cause=command.cause,
            purpose=purpose_of(command.cause),
            shop_id=command.shop_id,
            staff_id=person.id if person is not None else None,
            written_by=pending.staff_id if person is None or person.id != pending.staff_id else None,
            state=MessageState.AWAITING_APPROVAL if waits else MessageState.QUEUED,
            subject=command.subject,
            body=command.body,
            product_ids=command.product_ids,
            template=command.template,
            at=pending.device_time,
            send_after=command.send_after,
            state_at=pending.device_time,
            in_reply_to=command.in_reply_to,
            follow_up_id=command.follow_up_id,
        )
    ]
    follow_up = get(read, FollowUp, command.follow_up_id)
    if follow_up is not None and follow_up.state in OPEN:
        state = FollowUpState.AWAITING_APPROVAL if waits else FollowUpState.SCHEDULED
        records.append(with_(follow_up, state=state, message_id=command.message_id))
    return records


def message_step(
    pending: Pending,
    message_id: str,
    read: Read,
    before: tuple[MessageState, ...],
    after: MessageState,
    follow_up_state: FollowUpState,
    comment: str = "",
) -> list[Record]:
    """Return the message in its next state with its follow-up, or nothing where it is in none of those `before`."""
    message = get(read, Message, message_id)
    if message is None or message.state not in before:
        return []
    changed: dict[str, Any] = {"state": after, "state_at": max(message.state_at, pending.device_time)}
    changed["reason"] = None
    if after is MessageState.QUEUED:
        changed["approved_by"] = pending.staff_id
    if after is MessageState.RETURNED:
        changed["reason"] = Reason(code="returned", params={"comment": comment, "staff_id": pending.staff_id})
    records: list[Record] = [with_(message, **changed)]
    follow_up = get(read, FollowUp, message.follow_up_id)
    if follow_up is not None and follow_up.message_id == message.id and follow_up.state in OPEN:
        moved: dict[str, Any] = {"message_id": None} if after is MessageState.CANCELLED else {}
        if after is MessageState.RETURNED:
            moved["assignee_id"] = message.writer_id
        records.append(with_(follow_up, state=follow_up_state, **moved, **said(pending, comment)))
    return records
