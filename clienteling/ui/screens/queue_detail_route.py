"""Where a follow-up of the queue is written."""

from clienteling.queries.queue import Line
from clienteling.routes import message_route
from sync.model.outreach import MessageState


def write_route(line: Line) -> str:
    """Return where the message of a follow-up is written, or the one that was sent back goes on."""
    follow_up, message = line.follow_up, line.message
    again = message.id if message is not None and message.state is MessageState.RETURNED else ""
    return message_route(
        follow_up.customer_id,
        cause=follow_up.cause.value,
        follow_up="" if line.loose else follow_up.id,
        message=again,
    )
