"""A manager gives a customer's conversation to somebody."""

from clienteling.actions.queue import UNDO_SECONDS
from clienteling.context import Tablet, off_loop
from sync.model.commands import TakeOverConversation


async def take_over(tablet: Tablet, customer_id: str, from_id: str | None, to_id: str) -> None:
    """From now on what she writes is for `to_id`; it can be taken back for ten seconds."""
    shop_id = tablet.pulse.directory.shop_id
    if shop_id is None:
        return
    command = TakeOverConversation(customer_id=customer_id, shop_id=shop_id, from_staff_id=from_id, to_staff_id=to_id)
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    said = tablet.words()("The conversation is {staff:name}'s now", staff=to_id)
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)
