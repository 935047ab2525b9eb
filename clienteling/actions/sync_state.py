"""Taking note of what the server did not accept."""

from clienteling.context import Tablet, off_loop


async def dismiss(tablet: Tablet, command_id: str) -> None:
    """A person has read this; it goes from the list and from the corner of the screen."""
    await off_loop(tablet.device.dismiss_refused, command_id)
