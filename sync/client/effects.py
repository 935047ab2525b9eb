"""What each command will do to the records, shown at once while the server has not said so itself.

Pure: records in, records out. An effect reads the records as they stand (the server's, under the effects of earlier
commands) and changes nothing where the server's record has moved past it, so applying one again is harmless.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sync.client.outbox import Pending
from sync.ids import derived_id
from sync.model import commands as c
from sync.model.base import Record
from sync.model.customer import (
    Appointment,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    Visit,
    VisitSource,
)
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.model.shop import Staff
from sync.policy.gate import purpose_of

Read = Callable[[str, str], Record | None]
"""Returns the record of a kind and id as it stands, or None."""

R = TypeVar("R", bound=Record)

_OPEN = (FollowUpState.OPEN, FollowUpState.AWAITING_APPROVAL, FollowUpState.RETURNED, FollowUpState.SCHEDULED)
_UNSENT = (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED)


def effect_of(pending: Pending, read: Read) -> list[Record]:
    """Return the records that the command makes or changes, whole."""
    command = pending.command
    match command:
        case c.CheckIn():
            return [_visit(pending, command)]
        case c.RegisterCustomer():
            return _registration(pending, command)
        case c.LogInteraction():
            return [_interaction(pending, command)]
        case c.QueueMessage():
            return _queued(pending, command, read)
        case c.CancelMessage():
            return _message_step(pending, command.message_id, read, _UNSENT, MessageState.CANCELLED, FollowUpState.OPEN)
        case c.ApproveMessage():
            waiting = (MessageState.AWAITING_APPROVAL,)
            return _message_step(
                pending, command.message_id, read, waiting, MessageState.QUEUED, FollowUpState.SCHEDULED
            )
        case c.ReturnMessage():
            waiting = (MessageState.AWAITING_APPROVAL,)
            return _message_step(
                pending,
                command.message_id,
                read,
                waiting,
                MessageState.RETURNED,
                FollowUpState.RETURNED,
                command.comment,
            )
        case c.AssignFollowUp():
            return _follow_up(pending, command.follow_up_id, read, command.comment, assignee_id=command.assignee_id)
        case c.CloseFollowUp():
            state = FollowUpState.DONE if command.outcome == "done" else FollowUpState.DISMISSED
            return _follow_up(pending, command.follow_up_id, read, command.comment, state=state)
        case c.JoinCall():
            return _call(pending, command, read)
        case c.RecordView():
            return []


def makes(command: c.AnyCommand) -> tuple[str, str] | None:
    """Return kind and id of the record that the command brings into being, or None where it changes one."""
    match command:
        case c.CheckIn():
            return "visit", command.visit_id
        case c.RegisterCustomer():
            return "customer", command.customer_id
        case c.LogInteraction():
            return "interaction", command.interaction_id
        case c.QueueMessage():
            return "message", command.message_id
    return None


def changes(command: c.AnyCommand) -> tuple[str, str] | None:
    """Return kind and id of the record that the command changes, or None where it makes one or touches none."""
    match command:
        case c.CancelMessage() | c.ApproveMessage() | c.ReturnMessage():
            return "message", command.message_id
        case c.AssignFollowUp() | c.CloseFollowUp():
            return "follow_up", command.follow_up_id
        case c.JoinCall():
            return "appointment", command.appointment_id
    return None


def _visit(pending: Pending, command: c.CheckIn) -> Visit:
    return Visit(
        id=command.visit_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        staff_id=pending.staff_id,
        at=pending.device_time,
        source=VisitSource(command.source),
    )


def _registration(pending: Pending, command: c.RegisterCustomer) -> list[Record]:
    records: list[Record] = [
        Customer(
            id=command.customer_id,
            member_number="",
            family_name=command.family_name,
            given_name=command.given_name,
            family_kana=command.family_kana,
            given_kana=command.given_kana,
            phone=command.phone,
            email=command.email,
            member_since=pending.device_time.date(),
            home_shop_id=command.shop_id,
            registered_by=pending.staff_id,
        )
    ]
    records += [
        Consent(
            id=derived_id("consent", pending.id, channel),
            customer_id=command.customer_id,
            channel=channel,
            purpose=ConsentPurpose.RELATIONSHIP,
            state=ConsentState.GRANTED,
            at=pending.device_time,
            source="registration",
            wording_version=command.wording_version,
            recorded_by=pending.staff_id,
        )
        for channel in command.consents
    ]
    return records


def _interaction(pending: Pending, command: c.LogInteraction) -> Interaction:
    return Interaction(
        id=command.interaction_id,
        customer_id=command.customer_id,
        shop_id=command.shop_id,
        staff_id=pending.staff_id or "",
        at=pending.device_time,
        text=command.text,
        tags=command.tags,
        product_ids=command.product_ids,
        feeling=command.feeling,
    )


def _queued(pending: Pending, command: c.QueueMessage, read: Read) -> list[Record]:
    staff = _get(read, Staff, pending.staff_id)
    waits = staff is not None and not staff.may_send
    records: list[Record] = [
        Message(
            id=command.message_id,
            customer_id=command.customer_id,
            channel=command.channel,
            cause=command.cause,
            purpose=purpose_of(command.cause),
            shop_id=command.shop_id,
            staff_id=pending.staff_id,
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
    follow_up = _get(read, FollowUp, command.follow_up_id)
    if follow_up is not None and follow_up.state in _OPEN:
        state = FollowUpState.AWAITING_APPROVAL if waits else FollowUpState.SCHEDULED
        records.append(_with(follow_up, state=state, message_id=command.message_id))
    return records


def _message_step(
    pending: Pending,
    message_id: str,
    read: Read,
    before: tuple[MessageState, ...],
    after: MessageState,
    follow_up_state: FollowUpState,
    comment: str = "",
) -> list[Record]:
    message = _get(read, Message, message_id)
    if message is None or message.state not in before:
        return []
    changed: dict[str, Any] = {"state": after, "state_at": _later(message.state_at, pending.device_time)}
    if after is MessageState.QUEUED:
        changed["approved_by"] = pending.staff_id
    records: list[Record] = [_with(message, **changed)]
    follow_up = _get(read, FollowUp, message.follow_up_id)
    if follow_up is not None and follow_up.state in _OPEN:
        freed = {"message_id": None} if after is MessageState.CANCELLED else {}
        said = {"comment": comment, "comment_by": pending.staff_id} if comment else {}
        records.append(_with(follow_up, state=follow_up_state, **freed, **said))
    return records


def _follow_up(pending: Pending, follow_up_id: str, read: Read, comment: str, **changed: Any) -> list[Record]:
    follow_up = _get(read, FollowUp, follow_up_id)
    if follow_up is None or follow_up.state not in _OPEN:
        return []
    said = {"comment": comment, "comment_by": pending.staff_id} if comment else {}
    return [_with(follow_up, **changed, **said)]


def _call(pending: Pending, command: c.JoinCall, read: Read) -> list[Record]:
    appointment = _get(read, Appointment, command.appointment_id)
    if appointment is None or appointment.call is None:
        return []
    call = appointment.call
    if command.action == "join" and call.staff_joined_at is None:
        call = call.model_copy(update={"staff_joined_at": pending.device_time})
    elif command.action == "end" and call.ended_at is None:
        call = call.model_copy(update={"ended_at": pending.device_time})
    else:
        return []
    return [_with(appointment, call=call)]


def _get(read: Read, cls: type[R], record_id: str | None) -> R | None:
    found = read(cls.kind, record_id) if record_id else None
    return found if isinstance(found, cls) else None


def _with(record: R, **changed: Any) -> R:
    return record.model_copy(update=changed)


def _later(first: datetime, second: datetime) -> datetime:
    return max(first, second)
