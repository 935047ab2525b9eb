"""How the person at the tablet likes the screen: brightness, and on which side the rail lies. Kept by this browser, per person."""

from typing import Final

from clienteling.context import Tablet
from clienteling.theme import MODES

SIDES: Final = ("left", "right")


def _key(staff_id: str) -> str:
    return f"clienteling.taste.{staff_id}"


def _show(tablet: Tablet, look: str, side: str) -> None:
    tablet.session.look, tablet.session.side = look, side
    if tablet.page.theme_mode != MODES[look]:
        tablet.page.theme_mode = MODES[look]
        tablet.page.update()


async def change(tablet: Tablet, *, look: str = "", side: str = "") -> None:
    """Show it so at once, and keep it for the next time the same person signs in here."""
    _show(tablet, look or tablet.session.look, side or tablet.session.side)
    staff_id = tablet.session.staff_id
    if staff_id and tablet.memory is not None:
        await tablet.memory.set(_key(staff_id), [tablet.session.look, tablet.session.side])


async def bring_back(tablet: Tablet) -> None:
    """Somebody has signed in, or left: show the screen as that person likes it, else as the device is set."""
    staff_id = tablet.session.staff_id
    kept: object = None
    if staff_id and tablet.memory is not None:
        try:
            kept = await tablet.memory.get(_key(staff_id))
        except (RuntimeError, TimeoutError):  # a browser that keeps nothing
            kept = None
    match kept:
        case [str(look), str(side)] if look in MODES and side in SIDES:
            _show(tablet, look, side)
        case _:
            _show(tablet, "system", "left")


__all__ = ["SIDES", "bring_back", "change"]
