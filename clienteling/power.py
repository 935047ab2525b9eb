"""The battery, where there is one and the platform tells of it."""

import flet as ft

from clienteling.context import Tablet, off_loop

_EVERY = 4
"""Looks at the state of sync for one at the battery: about a minute."""


class Power:
    """Takes note of the battery of whatever shows a session: the device itself, or a browser of a shop host.

    Made once the page is there; Flet's service lives as long as this does.
    """

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self._battery, self._count = tablet, ft.Battery(), 0

    async def look(self) -> None:
        """Called again and again; most of the time it does nothing."""
        self._count += 1
        if self._count % _EVERY != 1:
            return
        try:
            said = await self._battery.get_battery_level()
        except (RuntimeError, TimeoutError):  # no battery, or a browser that does not tell
            said = None
        level = said if isinstance(said, int) and 0 <= said <= 100 else None
        tablet = self._tablet
        if tablet.browser_id is None:
            await off_loop(tablet.device.note_battery, level)
        else:
            staff_id = tablet.session.staff_id
            await off_loop(tablet.device.browsers.note, tablet.browser_id, staff_id=staff_id, battery=level)
