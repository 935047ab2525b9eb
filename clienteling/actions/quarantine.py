"""A manager says of unsent work from a device that is out of use whether it counts."""

from collections.abc import Callable

from clienteling.context import Tablet, off_loop
from sync.errors import ClientelingError, Conflict, NotAllowed, NotFound, Unavailable
from sync.model.fleet import Decided, Unsent

Told = Callable[[str, Decided | None], None]


async def decide(tablet: Tablet, device_id: str, one: Unsent, *, accept: bool, told: Told) -> None:
    """Decide and tell what became of it; None: somebody else has decided already. What did not work is said."""
    _, managing = tablet.words(), tablet.device.managing
    by = tablet.session.staff_id or ""
    try:
        became = await off_loop(managing.decide_unsent, device_id, one.command_id, by, accept=accept)
    except (Conflict, NotFound):
        told(one.command_id, None)
    except Unavailable:
        tablet.say(_("The server cannot be reached. Check the network and try again."))
    except NotAllowed:
        tablet.say(_("Only a manager of this shop may do this."))
    except ClientelingError:
        tablet.say(_("That did not work, and nothing was decided. Please try again."))
    else:
        told(one.command_id, became)
