"""Follow-ups change hands, wait and end: `assign_follow_up`, `put_off_follow_up`, `close_follow_up`."""

from sync.model.base import Record
from sync.model.commands import AssignFollowUp, CloseFollowUp, Envelope, Outcome
from sync.model.commands_follow_ups import PutOffFollowUp
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.policy.queue import may_be_put_off
from sync.server.commands.base import Context, Refusal, accepted

_ENDED = (FollowUpState.DONE, FollowUpState.DISMISSED)


def assign_follow_up(context: Context, envelope: Envelope, command: AssignFollowUp) -> Outcome:
    """Give a follow-up to someone who works in its shop. Anybody there may take a free one; a manager may give any."""
    customer = context.customer(command.customer_id)
    follow_up = context.own(FollowUp, command.follow_up_id, customer)
    taking = command.assignee_id == context.staff.id and follow_up.assignee_id in (None, context.staff.id)
    if not (taking and context.house.reaches(context.staff, follow_up.shop_id)):
        context.need_manager(follow_up.shop_id)
    if follow_up.state in _ENDED:
        raise Refusal("wrong_state", what="follow_up", state=follow_up.state.value)
    assignee = context.colleague(command.assignee_id, follow_up.shop_id)
    update: dict[str, object] = {"assignee_id": assignee.id}
    if command.comment:
        update |= {"comment": command.comment, "comment_by": context.staff.id}
    context.records.put(follow_up.model_copy(update=update))
    context.audit("assign_follow_up", customer.id, follow_up.id, purpose="follow_up")
    return accepted(envelope)


def close_follow_up(context: Context, envelope: Envelope, command: CloseFollowUp) -> Outcome:
    """End a follow-up without a message. A draft of it that waits for a manager is dropped with it."""
    customer = context.customer(command.customer_id)
    follow_up = context.own(FollowUp, command.follow_up_id, customer)
    _need_theirs(context, follow_up)
    if follow_up.state in _ENDED or follow_up.state is FollowUpState.SCHEDULED:
        raise Refusal("wrong_state", what="follow_up", state=follow_up.state.value)
    update: dict[str, object] = {"state": FollowUpState(command.outcome)}
    if command.comment:
        update |= {"comment": command.comment, "comment_by": context.staff.id}
    written: list[Record] = [follow_up.model_copy(update=update)]
    draft = context.records.get(Message, follow_up.message_id, lock=True) if follow_up.message_id else None
    if draft is not None and draft.state in (MessageState.AWAITING_APPROVAL, MessageState.RETURNED):
        written.append(draft.model_copy(update={"state": MessageState.CANCELLED, "state_at": context.now}))
    context.records.put_many(written)
    context.audit("close_follow_up", customer.id, follow_up.id, command.outcome, purpose="follow_up")
    return accepted(envelope)


def put_off_follow_up(context: Context, envelope: Envelope, command: PutOffFollowUp) -> Outcome:
    """Let a follow-up come back on another day, while its occasion lasts."""
    customer = context.customer(command.customer_id)
    follow_up = context.own(FollowUp, command.follow_up_id, customer)
    _need_theirs(context, follow_up)
    if follow_up.due_at != command.seen_due_at:
        raise Refusal("wrong_state", what="follow_up", state=follow_up.state.value)
    if not may_be_put_off(follow_up, command.due_at):
        over = follow_up.state in (FollowUpState.OPEN, FollowUpState.RETURNED)
        raise Refusal("put_off_too_far" if over else "wrong_state", what="follow_up", state=follow_up.state.value)
    context.records.put(follow_up.model_copy(update={"due_at": command.due_at}))
    context.audit("put_off_follow_up", customer.id, follow_up.id, purpose="follow_up")
    return accepted(envelope)


def _need_theirs(context: Context, follow_up: FollowUp) -> None:
    mine = follow_up.assignee_id in (None, context.staff.id) and context.house.reaches(context.staff, follow_up.shop_id)
    if not mine and not context.manages(follow_up.shop_id):
        raise Refusal("not_yours")
