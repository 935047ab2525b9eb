"""Asking where something lies in all shops."""

from enum import StrEnum

from clienteling.context import Tablet, off_loop
from sync.errors import NotFound, Unavailable


class Asked(StrEnum):
    """How far it is."""

    ASKING = "asking"
    DONE = "done"
    OFFLINE = "offline"
    """The server could not be reached."""
    UNKNOWN = "unknown"
    """The server does not know such a product."""


async def ask_stock(tablet: Tablet, product_id: str) -> Asked:
    """Have the tablet ask the server, where it does not hold every shop's stock itself; the answer lies in its cache then."""
    try:
        known = await off_loop(tablet.device.fetch_stock, product_id)
    except Unavailable:
        return Asked.OFFLINE
    except NotFound:
        return Asked.UNKNOWN
    return Asked.DONE if known.current else Asked.OFFLINE
