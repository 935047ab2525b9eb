"""Commands about when a follow-up is looked at again."""

from typing import Literal

from sync.model.base import Command, Id, Instant


class PutOffFollowUp(Command):
    """Not today: it comes back on another day."""

    type: Literal["put_off_follow_up"] = "put_off_follow_up"
    follow_up_id: Id
    customer_id: Id
    seen_due_at: Instant
    """When it was due, as the tablet saw it."""
    due_at: Instant
