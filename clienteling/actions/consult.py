"""Entering and ending the room of a video appointment."""

from typing import Literal

from clienteling.context import Tablet, off_loop
from sync.model.commands import JoinCall
from sync.model.customer import Appointment


async def join_call(tablet: Tablet, appointment: Appointment, action: Literal["join", "end"]) -> None:
    """Tell the customer's page that the stylist is there, or that the call is over."""
    command = JoinCall(appointment_id=appointment.id, customer_id=appointment.customer_id, action=action)
    await off_loop(tablet.device.submit, command, tablet.session.staff_id)
    tablet.call_since = tablet.tick() if action == "join" else None
    _ = tablet.words()
    tablet.say(_("You are in the room") if action == "join" else _("The call is over. A note helps next time."))


async def copied(tablet: Tablet) -> None:
    """Say that the link can be pasted now."""
    tablet.say(tablet.words()("The link is copied"))
