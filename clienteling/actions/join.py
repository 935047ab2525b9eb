"""A new tablet joins its shop: with what it scanned, or what somebody typed."""

from clienteling.context import Tablet, off_loop
from sync.errors import BadField, ClientelingError, Conflict, NotAllowed, NotFound, Offline, Unavailable, WrongProtocol
from sync.model.outreach import Reason
from sync.policy.invitation import read

ASKS_FOR_SERIAL = frozenset({"needs_serial", "wrong_serial"})


async def join(tablet: Tablet, text: str, serial: str = "") -> Reason | None:
    """Enrol this device; return why it did not work, or None where it did. Words: reasons `not_joined:<why>`."""
    server = tablet.device.server_url
    try:
        invitation = read(text)
        server = invitation.server or server
        await off_loop(tablet.device.enrol, invitation.code, server=invitation.server, serial=serial)
    except ClientelingError as error:
        stated = bool(serial.strip() or tablet.device.serial)
        params = {"why": why(error, stated=stated), "server": server, "n": error.params.get("n", 0)}
        return Reason(code="not_joined", params=params)
    if tablet.browser_id is not None:
        # whoever holds a code that is good has been sent: the browser it was typed in needs no other word
        await off_loop(tablet.device.browsers.admit, tablet.browser_id, None)
    return None


def why(error: ClientelingError, *, stated: bool) -> str:
    """Return what is wrong; `stated`: a serial number was sent along."""
    match error:
        case BadField() | NotAllowed() | Conflict():
            reason = str(error.params.get("reason", "failed"))
            return "needs_serial" if reason == "wrong_serial" and not stated else reason
        case WrongProtocol():
            return "wrong_protocol"
        case NotFound():
            return "not_the_server"
        case Offline() if error.params.get("reason") == "not_understood" or "status" in error.params:
            return "not_the_server"
        case Unavailable():
            return "offline"
    return "failed"
