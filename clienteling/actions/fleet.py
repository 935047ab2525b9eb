"""What a manager does about devices and browsers."""

from collections.abc import Callable

from clienteling.context import Tablet, off_loop
from sync.client.browsers import Browser
from sync.client.types import PinResult
from sync.errors import ClientelingError, NotFound, Unavailable
from sync.model.fleet import FleetDevice, NewCode


async def make_code(tablet: Tablet, name: str) -> NewCode | None:
    """Have a one-time code made for this shop; None where it did not work, which is said."""
    try:
        return await off_loop(tablet.device.managing.new_code, tablet.session.staff_id or "", name)
    except ClientelingError as error:
        _say(tablet, error)
        return None


async def revoke_device(tablet: Tablet, device: FleetDevice, done: Callable[[], None]) -> None:
    """Take a device out and say so; `done` closes the question and reads the list anew."""
    _ = tablet.words()
    try:
        await off_loop(tablet.device.managing.revoke_device, device.id, tablet.session.staff_id or "")
    except NotFound:
        tablet.say(_("{name} was out of use already", name=device.name))
    except ClientelingError as error:
        _say(tablet, error)
        return
    else:
        tablet.say(_("{name} is out of use from now on", name=device.name))
    done()


async def revoke_browser(tablet: Tablet, browser: Browser, done: Callable[[], None]) -> None:
    """Turn a browser of this shop host out; it is signed out at once."""
    await off_loop(tablet.device.managing.revoke_browser, browser.id, tablet.session.staff_id or "")
    tablet.say(tablet.words()("{name} is signed out and shut", name=browser.name))
    done()


async def let_browser_in(tablet: Tablet, browser: Browser, done: Callable[[], None]) -> None:
    """Let a browser that waits, or was turned out, in again from here."""
    await off_loop(tablet.device.managing.let_browser_in, browser.id, tablet.session.staff_id or "")
    tablet.say(tablet.words()("{name} is let in", name=browser.name))
    done()


async def admit_here(tablet: Tablet, manager_id: str, pin: str) -> PinResult:
    """Let this very browser in, on the PIN of the manager who stands before it."""
    return await off_loop(tablet.device.managing.admit_browser, tablet.browser_id or "", manager_id, pin)


def _say(tablet: Tablet, error: ClientelingError) -> None:
    _ = tablet.words()
    if isinstance(error, Unavailable):
        tablet.say(_("The server cannot be reached. Check the network and try again."))
    else:
        tablet.say(_("Only a manager of this shop may do this."))
