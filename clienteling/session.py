"""Puts one session together: a page, its state, and the thread that carries changes of the cache into it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import flet as ft
import structlog

from clienteling import theme
from clienteling.actions.cover import look
from clienteling.context import Tablet, off_loop
from clienteling.device import Device
from clienteling.idle import next_look
from clienteling.letters import measure
from clienteling.power import Power
from clienteling.scan.wedge import Wedge
from clienteling.seat import SEAT
from clienteling.state import Directory, Pulse, Session
from clienteling.trace import where
from clienteling.ui.root import App
from sync.client.types import RefusedCommand
from sync.clock import Clock
from sync.settings import TabletSettings

log = structlog.get_logger("clienteling")

DEBOUNCE_SECONDS = 0.15
"""Changes that come in a burst (a page of the feed) make one refresh."""
TELL_SECONDS = 15.0
"""How long a warning of the server stands at the foot of the screen; the state of sync keeps it until it is read."""
SLOT_SECONDS = 300
"""How often screens read again although nothing came: what is due, late or in the shop depends on the time."""
TICK_SECONDS = 15.0
"""How often a session looks at the state of sync although nothing changed: times on the screen age."""


def read_pulse(device: Device, browser_id: str | None = None) -> dict[str, object]:
    """Read everything the pulse shows in a browser, or on the device itself. Blocks; called in a thread."""
    status = device.status()
    found: dict[str, object] = {
        "enrolled": device.enrolled,
        "let_in": browser_id is None or device.browsers.is_admitted(browser_id, enrolled=device.enrolled),
        "online": status.online,
        "last_synced_at": status.last_synced_at,
        "waiting": status.waiting,
        "held": status.held,
        "refused": tuple(status.refused),
        "notices": tuple(status.notices),
        "progress": status.progress,
        "transfer": status.transfer,
        "skew_seconds": status.skew_seconds,
        "messages": tuple(status.messages),
        "directory": Directory(),
    }
    if device.enrolled:
        cache = device.cache
        found["directory"] = Directory(
            cache.retailer(),
            {shop.id: shop for shop in cache.shops()},
            {person.id: person for person in cache.staff()},
            device.shop_id,
            cache.playbook(),
        )
    return found


class Refresher:
    """Carries "something changed" from the sync threads to the page's loop, one refresh at a time."""

    def __init__(self, tablet: Tablet, loop: asyncio.AbstractEventLoop) -> None:
        self._tablet, self._loop = tablet, loop
        self._due = False
        self._open = True
        self._dispose: Callable[[], None] = lambda: None

    def start(self) -> None:
        self._dispose = self._tablet.device.subscribe(self.changed)
        self._tablet.page.run_task(self._tick)

    def closed(self, _event: object = None) -> None:
        """The browser has left for good."""
        self._open = False
        self._dispose()
        tablet = self._tablet
        if tablet.browser_id is not None:  # it may end a thread's way into a file that is closed already
            with suppress(RuntimeError):
                self._loop.run_in_executor(None, partial(tablet.device.browsers.note, tablet.browser_id, staff_id=None))

    def changed(self) -> None:
        """Called from any thread."""
        if self._open:
            self._loop.call_soon_threadsafe(self._schedule)

    def connected(self, _event: object = None) -> None:
        """The browser is back after its connection broke: show what has changed meanwhile, and nothing to whoever was away
        for too long."""
        self._tablet.browser_id = SEAT.get()
        look(self._tablet)
        self.changed()

    def _schedule(self) -> None:
        # Without a connection there is nobody to show it to, and the page could not start a task.
        if not self._due and self._tablet.page.session.connection is not None:
            self._due = True
            self._tablet.page.run_task(self._later)

    async def _later(self) -> None:
        await self._tablet.pause(DEBOUNCE_SECONDS)
        self._due = False
        await self.refresh(changed=True)

    async def _tick(self) -> None:
        power = Power(self._tablet)
        while self._open:
            tablet = self._tablet
            left = (
                next_look(tablet.presence(), tablet.tick(), tablet.limits) if tablet.session.staff_id else TICK_SECONDS
            )
            await tablet.pause(TICK_SECONDS if tablet.session.covered else min(TICK_SECONDS, left))
            if self._tablet.page.session.connection is not None:  # else there is nobody to show it to
                await self.refresh(changed=False)
                await power.look()

    def _tell(self, news: list[RefusedCommand]) -> None:
        """Say at once what cannot wait until somebody opens the state of sync: she may not be who her code says."""
        if self._tablet.session.staff_id is None:
            return
        for one in news:
            if one.reason is not None and one.reason.code == "replayed":
                self._tablet.say(self._tablet.words().reason(one.reason), seconds=TELL_SECONDS)

    async def refresh(self, *, changed: bool) -> None:
        """Read the pulse in a thread and set what differs; `changed` also makes screens read again."""
        pulse = self._tablet.pulse
        try:
            found = await off_loop(read_pulse, self._tablet.device, self._tablet.browser_id)
        except Exception as error:
            log.error("pulse_failed", error=where(error))
            return
        known = {one.command_id for one in pulse.notices} if pulse.loaded else None
        was_shut = bool(pulse.shut)
        for name, value in found.items():
            setattr(pulse, name, value)
        pulse.loaded = True
        pulse.slot = int(self._tablet.now().timestamp() // SLOT_SECONDS)
        look(self._tablet, shut=bool(pulse.shut) and not was_shut)
        if known is not None:
            self._tell([one for one in pulse.notices if one.command_id not in known])
        if changed:
            pulse.version += 1


def forgive_late_answers(page: ft.Page) -> None:
    """Drop a client's answer to a control that has left the screen meanwhile (a still taken as the scan screen closed).

    Flet 1.0.5 raises there, inside the loop that reads the connection, and with that the whole session goes deaf.
    """
    session: Any = page.session
    deliver = session.handle_invoke_method_results

    def tolerant(control_id: int, call_id: str, result: Any, error: str | None) -> None:
        if control_id in session.index:
            deliver(control_id, call_id, result, error)

    session.handle_invoke_method_results = tolerant


_BY_ITSELF = frozenset(
    {
        "app_lifecycle_state_change",
        "close",
        "connect",
        "disconnect",
        "error",
        "locale_change",
        "media_change",
        "platform_brightness_change",
        "resize",
        "size_change",
        "state_change",
    }
)
"""Events that nobody's hand makes."""


def stand_by(page: ft.Page, tablet: Tablet, wedge: Wedge) -> None:
    """Take note of every tap and key, drop what only a scanner's Enter pressed, and survive a handler's mistake.

    Flet answers an exception in a handler by putting its message, which may quote what was typed or read, over the whole
    page for good. Here a line at the foot of the screen says that it did not work; Flet's own log says where.
    """
    session: Any = page.session
    dispatch = session.dispatch_event

    async def noted(control_id: int, name: str, data: Any) -> None:
        if name not in _BY_ITSELF:
            tablet.touched()
        if not wedge.caused(control_id, name):
            await dispatch(control_id, name, data)

    def failed(_message: str) -> None:
        tablet.say(tablet.words()("That did not work. Nothing was lost; please try again."))

    session.dispatch_event = noted
    session.error = failed


async def open_session(
    page: ft.Page,
    device: Device,
    settings: TabletSettings,
    clock: Clock,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Tablet:
    """Dress the page, build its state, show the app, and keep it fresh until the browser leaves for good."""
    forgive_late_answers(page)
    theme.dress(page, settings.brand_colour)
    page.title = "Clienteling"
    page.locale_configuration = theme.locales(settings.language)
    session = Session(
        language=settings.language, route=page.route or "/", width=page.width or 1180, height=page.height or 820
    )
    tablet = Tablet(page, device, settings, clock, session, Pulse(), pause, browser_id=SEAT.get())
    tablet.memory = ft.SharedPreferences()
    tablet.touched()
    wedge = Wedge(tablet)
    stand_by(page, tablet, wedge)
    refresher = Refresher(tablet, asyncio.get_running_loop())
    tablet.changed = refresher.changed

    def routed(event: ft.RouteChangeEvent) -> None:
        session.route = event.route

    page.on_route_change = routed
    measure(page, session)
    page.on_keyboard_event = wedge.key
    page.on_connect = refresher.connected
    page.on_close = refresher.closed
    await refresher.refresh(changed=False)
    page.render(App, tablet)
    refresher.start()
    return tablet
