"""Writing down what a customer owns."""

from clienteling.context import Tablet, off_loop
from sync.model.commands_goods import NoteBelonging

UNDO_SECONDS = 10.0


async def note_belonging(tablet: Tablet, command: NoteBelonging) -> None:
    """Keep it; it can be taken back for ten seconds."""
    here = tablet.session.route
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    _ = tablet.words()
    said = _("Saved") if tablet.pulse.online else _("Saved on this tablet; it is sent when connected")
    tablet.go_on(here, f"/customers/{command.customer_id}?tab=belongings")
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)
