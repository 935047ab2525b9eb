"""What commands about follow-ups will do to the records; see `sync.client.effects`."""

from typing import Any

from sync.client.effect_parts import Read, get, with_
from sync.client.outbox import Pending
from sync.model import commands as c
from sync.model.base import Record
from sync.model.commands_follow_ups import PutOffFollowUp
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.policy.queue import may_be_put_off

OPEN = (FollowUpState.OPEN, FollowUpState.AWAITING_APPROVAL, FollowUpState.RETURNED, FollowUpState.SCHEDULED)
"""States in which a follow-up still waits for something."""
DRAFTS = (MessageState.AWAITING_APPROVAL, MessageState.RETURNED)
"""States of a message that is a draft still."""


def assigned(pending: Pending, command: c.AssignFollowUp, read: Read) -> list[Record]:
    """Return the follow-up with whom it is for now, or nothing where it has ended."""
    follow_up = get(read, FollowUp, command.follow_up_id)
    if follow_up is None or follow_up.state not in OPEN:
        return []
    return [with_(follow_up, assignee_id=command.assignee_id, **said(pending, command.comment))]


def closed(pending: Pending, command: c.CloseFollowUp, read: Read) -> list[Record]:
    """Return the follow-up ended, and its draft cancelled; nothing where it has ended or its message is on the way."""
    follow_up = get(read, FollowUp, command.follow_up_id)
    if follow_up is None or follow_up.state not in OPEN or follow_up.state is FollowUpState.SCHEDULED:
        return []
    records: list[Record] = [with_(follow_up, state=FollowUpState(command.outcome), **said(pending, command.comment))]
    draft = get(read, Message, follow_up.message_id)
    if draft is not None and draft.state in DRAFTS:
        records.append(with_(draft, state=MessageState.CANCELLED, state_at=max(draft.state_at, pending.device_time)))
    return records


def put_off(command: PutOffFollowUp, read: Read) -> list[Record]:
    """Return the follow-up with its new day, or nothing where somebody was faster or its occasion would be over."""
    follow_up = get(read, FollowUp, command.follow_up_id)
    if follow_up is None or follow_up.due_at != command.seen_due_at:
        return []
    return [with_(follow_up, due_at=command.due_at)] if may_be_put_off(follow_up, command.due_at) else []


def said(pending: Pending, comment: str) -> dict[str, Any]:
    """Return what is changed by a comment, nothing where none was made."""
    return {"comment": comment, "comment_by": pending.staff_id} if comment else {}
