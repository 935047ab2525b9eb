"""The say over drafts, of a manager or of the person in whose name they are: `approve_message`, `return_message`."""

from datetime import datetime

from sync.model.base import Record
from sync.model.commands import ApproveMessage, Envelope, Outcome, ReturnMessage
from sync.model.customer import Customer
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Reason
from sync.model.shop import Role, Shop, Staff
from sync.policy.gate import Decision
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.commands.judging import judged
from sync.server.commands.voices import may_decide, time_to_speak


def approve_message(context: Context, envelope: Envelope, command: ApproveMessage) -> Outcome:
    """Let a waiting message go, if the gate still agrees: she may have opted out while it waited."""
    customer, message = _waiting(context, command.customer_id, command.message_id)
    shop = context.records.get(Shop, message.shop_id)
    if shop is None:
        raise Refusal("unknown", what="shop", id=message.shop_id)

    def judge(planned_for: datetime | None) -> Decision:
        return judged(
            context,
            customer,
            shop,
            cause=message.cause,
            channel=message.channel,
            message_id=message.id,
            planned_for=planned_for,
        )

    person = context.records.get(Staff, message.staff_id) if message.staff_id is not None else None
    at = time_to_speak(context, person, message.writer_id, shop, None, judge)
    update = {
        "state": MessageState.QUEUED,
        "state_at": context.now,
        "approved_by": context.staff.id,
        "send_after": at,
        "reason": None,
    }
    _write(context, message.model_copy(update=update), {"state": FollowUpState.SCHEDULED})
    context.audit("approve_message", customer.id, message.id)
    if at > context.now:
        return accepted(envelope, "later", at=at.isoformat())
    return accepted(envelope)


def return_message(context: Context, envelope: Envelope, command: ReturnMessage) -> Outcome:
    """Send a waiting message back to whoever wrote it, with a comment. The follow-up is the writer's from then on."""
    customer, message = _waiting(context, command.customer_id, command.message_id)
    reason = Reason(code="returned", params={"comment": command.comment, "staff_id": context.staff.id})
    update = {"state": MessageState.RETURNED, "state_at": context.now, "reason": reason}
    said: dict[str, object] = {
        "state": FollowUpState.RETURNED,
        "assignee_id": message.writer_id,  # whose words they are, whoever the follow-up was meant for
        "comment": command.comment,
        "comment_by": context.staff.id,
    }
    _write(context, message.model_copy(update=update), said)
    context.audit("return_message", customer.id, message.id)
    return accepted(envelope)


def _waiting(context: Context, customer_id: str, message_id: str) -> tuple[Customer, Message]:
    customer = context.customer(customer_id)
    message = context.own(Message, message_id, customer)
    if not may_decide(context, message):
        raise Refusal("role", needs=Role.MANAGER.value)
    if message.state is not MessageState.AWAITING_APPROVAL:
        raise Refusal("wrong_state", what="message", state=message.state.value)
    return customer, message


def _write(context: Context, message: Message, follow_up_update: dict[str, object]) -> None:
    written: list[Record] = [message]
    follow_up = context.records.get(FollowUp, message.follow_up_id, lock=True) if message.follow_up_id else None
    if follow_up is not None and follow_up.message_id == message.id:
        written.append(follow_up.model_copy(update=follow_up_update))
    context.records.put_many(written)
