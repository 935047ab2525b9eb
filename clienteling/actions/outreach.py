"""Sending a message, and taking back or closing what is planned."""

from collections.abc import Sequence
from datetime import datetime

from clienteling.context import Tablet, off_loop
from clienteling.routes import message_route
from sync.model.commands import CancelMessage, QueueMessage
from sync.model.customer import Channel
from sync.model.outreach import Cause, Message, Voice

UNDO_SECONDS = 10.0


async def queue_message(
    tablet: Tablet,
    customer_id: str,
    *,
    channel: Channel,
    cause: Cause,
    subject: str,
    body: str,
    product_ids: Sequence[str],
    template: str,
    follow_up_id: str | None,
    in_reply_to: str | None,
    send_after: datetime | None = None,
    message_id: str = "",
    voice: Voice = Voice.SELF,
) -> None:
    """Queue a message, in the name of who is signed in unless `voice` says otherwise. It is held here for ten seconds, then goes to the server.

    `message_id` is that of a message which was sent back and now goes anew.
    """
    shop_id, staff_id = tablet.pulse.directory.shop_id, tablet.session.staff_id
    if shop_id is None or staff_id is None:
        return
    command = QueueMessage(
        message_id=message_id or tablet.new_id(),
        customer_id=customer_id,
        shop_id=shop_id,
        channel=channel,
        cause=cause,
        subject=subject.strip(),
        body=body.strip(),
        product_ids=tuple(product_ids),
        template=template,
        send_after=send_after,
        follow_up_id=follow_up_id,
        in_reply_to=in_reply_to,
        voice=voice,
    )
    here = tablet.session.route
    command_id = await off_loop(tablet.device.submit, command, staff_id, UNDO_SECONDS)
    _ = tablet.words()
    restore = tablet.finish(message_draft(customer_id), message_route(customer_id))
    tablet.go_on(here, f"/customers/{customer_id}")
    if tablet.pulse.online:
        said = _("On its way. You can take it back for 10 seconds.")
    else:
        said = _("Saved on this tablet; it goes when connected. You can take it back for 10 seconds.")
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id, restore=restore)


def message_draft(customer_id: str) -> str:
    """Return the key under which a message to her is kept while it is written."""
    return f"message {customer_id}"


async def cancel_message(tablet: Tablet, message: Message) -> None:
    """Ask the server not to send a message that waits for its time, or for approval."""
    command = CancelMessage(message_id=message.id, customer_id=message.customer_id)
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(tablet.words()("The message will not be sent"), seconds=UNDO_SECONDS, undo=command_id)
