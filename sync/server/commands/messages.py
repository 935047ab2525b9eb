"""Messages in the name of staff or of the shop: `queue_message`, `cancel_message`."""

from datetime import datetime, timedelta

from sync.model.base import Record
from sync.model.commands import CancelMessage, Envelope, Outcome, QueueMessage
from sync.model.customer import Customer
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.policy.gate import Decision, purpose_of
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.commands.judging import judged
from sync.server.commands.voices import in_whose_name, time_to_speak
from sync.server.commands.wording import need_words
from sync.server.repository.attempts import may_have_gone
from sync.server.repository.opt_out import unknown

PLANNED_AT_MOST = timedelta(days=90)
_REWRITABLE = (MessageState.RETURNED, MessageState.AWAITING_APPROVAL)
_CANCELLABLE = (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED)
_FREE = (FollowUpState.OPEN, FollowUpState.RETURNED)


def queue_message(context: Context, envelope: Envelope, command: QueueMessage) -> Outcome:
    """Judge the message again and queue it; that of somebody who may only draft waits for a manager, and one in the name
    of the person in charge for that person or a manager.

    In a person's name it goes only when somebody is there to answer for it (`sync.policy.whose`): else it is planned for
    when that is. A draft that waits or was sent back may come again under its own id, from whoever wrote it.
    """
    customer = context.customer(command.customer_id)
    shop = context.shop(command.shop_id)
    _need_writable(context, command, customer)
    follow_up = _follow_up(context, command, customer)
    if command.in_reply_to is not None:
        context.own(Message, command.in_reply_to, customer)
    if command.send_after is not None and command.send_after > context.now + PLANNED_AT_MOST:
        raise Refusal("too_far", at=(context.now + PLANNED_AT_MOST).isoformat())
    person = in_whose_name(context, command, customer, shop)

    def judge(planned_for: datetime | None) -> Decision:
        return judged(
            context,
            customer,
            shop,
            cause=command.cause,
            channel=command.channel,
            planned_for=planned_for,
            instead_of=command.message_id,
            follow_up_id=command.follow_up_id,
            body=command.body,
            person=person,
        )

    at = time_to_speak(context, person, context.staff.id, shop, command.send_after, judge)
    need_words(context, command, customer)
    waits = not context.staff.may_send or (person is not None and person.id != context.staff.id)
    message = Message(
        id=command.message_id,
        customer_id=customer.id,
        channel=command.channel,
        cause=command.cause,
        purpose=purpose_of(command.cause),
        shop_id=shop.id,
        staff_id=person.id if person is not None else None,
        written_by=context.staff.id if person is None or person.id != context.staff.id else None,
        state=MessageState.AWAITING_APPROVAL if waits else MessageState.QUEUED,
        subject=command.subject,
        body=command.body,
        product_ids=command.product_ids,
        template=command.template,
        at=context.happened_at(envelope),
        send_after=command.send_after if waits else at,
        state_at=context.now,
        in_reply_to=command.in_reply_to,
        follow_up_id=command.follow_up_id,
    )
    written: list[Record] = [message]
    if follow_up is not None:
        state = FollowUpState.AWAITING_APPROVAL if waits else FollowUpState.SCHEDULED
        written.append(follow_up.model_copy(update={"state": state, "message_id": message.id}))
    context.records.put_many(written)
    context.audit("queue_message", customer.id, message.id, command.cause.value, purpose=command.cause.value)
    if waits:
        return accepted(envelope, "awaiting_approval")
    if at > context.now:
        return accepted(envelope, "later", at=at.isoformat())
    return accepted(envelope)


def cancel_message(context: Context, envelope: Envelope, command: CancelMessage) -> Outcome:
    """Take a message back before it goes. Its writer may, the person in whose name it is, and a manager of the shop.

    One that a provider may have from an attempt without an answer is not tried again, but not called cancelled either.
    """
    customer = context.customer(command.customer_id)
    message = context.own(Message, command.message_id, customer)
    if context.staff.id not in (message.writer_id, message.staff_id) and not context.manages(message.shop_id):
        raise Refusal("not_yours")
    if message.state is MessageState.CANCELLED:
        return accepted(envelope)
    if message.state not in _CANCELLABLE:
        raise Refusal("wrong_state", what="message", state=message.state.value)
    if may_have_gone(context.records.conn, [message.id]):
        context.records.put_many(unknown(context.records, message, context.now))
    else:
        update = {"state": MessageState.CANCELLED, "state_at": context.now, "reason": None}
        context.records.put_many([message.model_copy(update=update), *reopened(context, message)])
    context.audit("cancel_message", customer.id, message.id)
    return accepted(envelope)


def reopened(context: Context, message: Message) -> list[Record]:
    """Return the follow-up that a message was for, open again; nothing where there is none or it went on without it."""
    follow_up = context.records.get(FollowUp, message.follow_up_id, lock=True) if message.follow_up_id else None
    if follow_up is None or follow_up.message_id != message.id or follow_up.state is FollowUpState.DONE:
        return []
    return [follow_up.model_copy(update={"state": FollowUpState.OPEN, "message_id": None})]


def _need_writable(context: Context, command: QueueMessage, customer: Customer) -> None:
    present = context.records.get(Message, command.message_id, lock=True)
    if present is None:
        return
    if present.customer_id != customer.id or present.writer_id != context.staff.id:
        raise Refusal("exists", what="message", id=command.message_id)
    if present.state not in _REWRITABLE:
        raise Refusal("wrong_state", what="message", state=present.state.value)


def _follow_up(context: Context, command: QueueMessage, customer: Customer) -> FollowUp | None:
    """Return the follow-up that the message is for; refuse where somebody else has dealt with it meanwhile."""
    if command.follow_up_id is None:
        return None
    follow_up = context.own(FollowUp, command.follow_up_id, customer)
    if follow_up.state not in _FREE and follow_up.message_id != command.message_id:
        raise Refusal("wrong_state", what="follow_up", state=follow_up.state.value)
    return follow_up
