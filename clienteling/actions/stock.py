"""Asking where something lies in all shops."""

from typing import Literal

from clienteling.context import Tablet, off_loop
from sync.errors import NotFound, Unavailable

Asked = Literal["asking", "done", "offline", "unknown"]
"""How far it is: `offline` where the server could not be reached, `unknown` where it does not know such a product."""


async def ask_stock(tablet: Tablet, product_id: str) -> Asked:
    """Have the tablet ask the server, where it does not hold every shop's stock itself; the answer lies in its cache then."""
    try:
        known = await off_loop(tablet.device.fetch_stock, product_id)
    except Unavailable:
        return "offline"
    except NotFound:
        return "unknown"
    return "done" if known.current else "offline"
