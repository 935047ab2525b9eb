"""Leaving a customer in peace, and the end of that."""

from typing import Final

from clienteling.actions.outreach import UNDO_SECONDS
from clienteling.context import Tablet, off_loop
from sync.model.commands import ResumeContact, StopContact

STOP_UNDO_SECONDS: Final = 3.0
"""Shorter than elsewhere: a stop is to be on every tablet within five seconds of the tap."""


async def stop_contact(tablet: Tablet, customer_id: str, why: str) -> None:
    """Enter that nothing may be sent any more. It is held here for three seconds, then goes to the server."""
    shop_id = tablet.pulse.directory.shop_id
    if shop_id is None:
        return
    command = StopContact(stop_id=tablet.new_id(), customer_id=customer_id, shop_id=shop_id, why=why.strip())
    await _do(tablet, command, tablet.words()("No more messages go out to this customer"), STOP_UNDO_SECONDS)


async def resume_contact(tablet: Tablet, customer_id: str, stop_id: str, word: str) -> None:
    """Ask the server to end a stop, by the customer's own word or as a manager."""
    shop_id = tablet.pulse.directory.shop_id
    if shop_id is None:
        return
    command = ResumeContact(stop_id=stop_id, customer_id=customer_id, shop_id=shop_id, word=word.strip())
    await _do(tablet, command, tablet.words()("Asked to end it; it stands until the server has answered"), UNDO_SECONDS)


async def _do(tablet: Tablet, command: StopContact | ResumeContact, said: str, undo: float) -> None:
    here = tablet.session.route
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, undo)
    tablet.go_on(here, f"/customers/{command.customer_id}")
    tablet.say(said, seconds=undo, undo=command_id)
