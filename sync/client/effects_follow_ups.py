"""The effect of putting a follow-up off."""

from sync.client.effect_parts import Read, get, with_
from sync.model.base import Record
from sync.model.commands_follow_ups import PutOffFollowUp
from sync.model.outreach import FollowUp
from sync.policy.queue import may_be_put_off


def put_off(command: PutOffFollowUp, read: Read) -> list[Record]:
    """Return the follow-up with its new day, or nothing where somebody was faster or its occasion would be over."""
    follow_up = get(read, FollowUp, command.follow_up_id)
    if follow_up is None or follow_up.due_at != command.seen_due_at:
        return []
    return [with_(follow_up, due_at=command.due_at)] if may_be_put_off(follow_up, command.due_at) else []
