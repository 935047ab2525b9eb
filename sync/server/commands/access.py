"""What a manager says of unusual access: `review_access`."""

from sync.model.commands import Envelope, Outcome, ReviewAccess
from sync.server.commands.base import Context, Refusal, accepted
from sync.server.repository import access


def review_access(context: Context, envelope: Envelope, command: ReviewAccess) -> Outcome:
    """Keep the word beside those of before. Nobody judges what they did themselves."""
    context.need_manager(context.device.shop_id)
    found = access.about(context.records.conn, command.flag_id, context.device.shop_id)
    if found is None:
        raise Refusal("unknown", what="access", id=command.flag_id)
    if found == context.staff.id:
        raise Refusal("own_access")
    access.review(context.records.conn, command.flag_id, context.now, context.staff.id, context.device.id, command.word)
    context.audit("review_access", None, command.flag_id)
    return accepted(envelope)
