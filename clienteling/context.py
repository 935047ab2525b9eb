"""What a component can reach: the tablet it runs on, its session, the sync loop's pulse, and the words to say."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar, cast

import flet as ft
import structlog

from clienteling.device import Device
from clienteling.formats import Frame
from clienteling.idle import Limits, Presence
from clienteling.routes import is_origin
from clienteling.state import Notice, Pulse, Session
from clienteling.trace import where
from clienteling.words import Words
from sync.clock import Clock, steady
from sync.ids import NewId, new_id
from sync.model.commands import How
from sync.model.shop import Shop, Staff
from sync.settings import TabletSettings

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger("clienteling")

KEEP_SECONDS = 1.0
"""So much of what was typed last may be lost where the power goes."""


def call(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Callable[[], R]:
    """Return a handler that calls `fn` with these arguments.

    Flet hands its event to any handler that could take one, so `lambda i=i: ...` would get the event for `i`.
    """
    return lambda: fn(*args, **kwargs)


async def off_loop(fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run what blocks (SQLite, network, decoding) in a thread: the loop serves every tablet's taps."""
    return await asyncio.to_thread(fn, *args, **kwargs)


@dataclass(eq=False, repr=False)
class Tablet:
    """One session's way to everything that is not drawing. Not observable: it never changes."""

    page: ft.Page
    device: Device
    settings: TabletSettings
    clock: Clock
    session: Session
    pulse: Pulse
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits; given by tests, so that they do not."""
    new_id: NewId = new_id
    tick: Callable[[], float] = steady
    """Seconds on a steady clock, which no setting of the time moves."""
    active_at: float = 0.0
    """When somebody last did something on the uncovered screen, in seconds of `tick`."""
    signed_in: tuple[str, float] = ("", 0.0)
    """Who signed in last, and when."""
    call_since: float | None = None
    """When a video call was entered that has not been ended."""
    _notices: int = 0
    _keeping: bool = False
    """Drafts are about to be put on the disk."""
    origin: str = "/search"
    """The list or the scan screen from which a customer was opened: where "back" leads from her profile."""
    drafts: dict[tuple[str, str], object] = field(default_factory=dict)
    """What was begun and not sent yet, by staff id and place; see `use_draft`."""
    viewed: tuple[str, str] | None = None
    """Who (staff id) is looking at whom (customer id), as already put on record; None away from her screens."""
    viewed_for: How = "link"
    """What for, as it was put on record then."""
    memory: ft.SharedPreferences | None = None
    """What this browser (or device) keeps of how people like their screen; never anything of a customer."""
    changed: Callable[[], None] = lambda: None
    """Lets the screens read again, after another device was put beneath them."""
    browser_id: str | None = None
    """Which browser of a shop host this is; None on a device that shows its screens itself."""

    @property
    def staff(self) -> Staff | None:
        """Who is signed in."""
        return self.pulse.directory.staff.get(self.session.staff_id or "")

    @property
    def shop(self) -> Shop | None:
        return self.pulse.directory.shop

    def now(self) -> datetime:
        return self.clock()

    def words(self) -> Words:
        directory, language = self.pulse.directory, self.session.language
        return Words(language, Frame(directory.zone, self.now(), lambda id: directory.name(id, language)))  # noqa: A006

    def go(self, route: str) -> None:
        """Open a route at once; the address of the browser follows."""
        if is_origin(self.session.route) and not is_origin(route):
            self.origin = self.session.route
        if self.session.route != route:
            self.session.route = route
            self.page.navigate(route)

    def go_on(self, here: str, route: str) -> None:
        """Open what an action leads to, unless whoever began it `here` has gone elsewhere while it was saved: nobody is pulled back."""
        if self.session.route == here:
            self.go(route)

    def run(self, fn: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Start an async action. What goes wrong in it is logged and said, never lost. It is no touch: screens start some themselves."""
        self.page.run_task(self._watched, fn, args, kwargs)

    def touched(self) -> None:
        """Somebody is at work here. A touch on the cover is nobody's work yet."""
        if not self.session.covered:
            self.active_at = self.tick()

    @property
    def limits(self) -> Limits:
        given = self.settings
        return Limits(given.idle_minutes * 60, given.badge_minutes * 60, given.session_hours * 3600)

    def presence(self) -> Presence:
        """Return since when the person who is signed in has been, and when anything was done last."""
        who = self.session.staff_id or ""
        if self.signed_in[0] != who:
            self.signed_in = who, self.tick()
        return Presence(self.signed_in[1], self.active_at, self.call_since)

    async def _watched(
        self, fn: Callable[..., Awaitable[object]], args: tuple[object, ...], kwargs: dict[str, object]
    ) -> None:
        try:
            await fn(*args, **kwargs)
        except Exception as error:
            log.error("action_failed", action=getattr(fn, "__name__", "?"), error=where(error))
            self.say(self.words()("That did not work. Nothing was lost; please try again."))

    def finish(self, key: str, route: str) -> Callable[[], None]:
        """A draft is on its way: forget it. Returns what brings it back on the screen, should it be taken back."""
        place = (self.session.staff_id or "", key)
        draft, kept = self.drafts.pop(place, None), self.device.drafts.drop(*place)
        self.page.run_task(self._keep_drafts, 0.0)

        def restore() -> None:
            if (draft is not None or kept is not None) and (self.session.staff_id or "") == place[0]:
                if draft is not None:
                    self.drafts[place] = draft
                if kept is not None:
                    self.device.drafts.put(kept)
                    self.keep_drafts()
                self.go(route)

        return restore

    def keep_drafts(self) -> None:
        """Put drafts on the disk in a moment, and not with every key."""
        if not self._keeping:
            self._keeping = True
            self.page.run_task(self._keep_drafts, KEEP_SECONDS)

    async def _keep_drafts(self, after: float) -> None:
        drafts = self.device.drafts  # others may be beneath the screens by then
        if after:
            await self.pause(after)
            self._keeping = False
        if drafts.changed:
            await off_loop(drafts.flush)

    def say(
        self,
        text: str,
        *,
        seconds: float = 6.0,
        undo: str | tuple[str, ...] | None = None,
        restore: Callable[[], None] | None = None,
    ) -> None:
        """Show a line at the foot of the screen; with `undo`, the id of a held command (or several), also the way back, and what to do
        once it was taken back."""
        self._notices += 1
        self.session.notice = Notice(text, seconds, undo, self._notices, restore)


TabletContext = ft.create_context(cast("Tablet | None", None))
SessionContext = ft.create_context(cast("Session | None", None))
PulseContext = ft.create_context(cast("Pulse | None", None))


def use_tablet() -> Tablet:
    """Hook: the tablet of this session."""
    tablet = ft.use_context(TabletContext)
    assert isinstance(tablet, Tablet)
    return tablet


def use_session() -> Session:
    """Hook: the session; the component renders again whenever one of its fields changes."""
    session = ft.use_context(SessionContext)
    assert isinstance(session, Session)
    return session


def use_pulse() -> Pulse:
    """Hook: the sync loop's pulse; the component renders again whenever it changes."""
    pulse = ft.use_context(PulseContext)
    assert isinstance(pulse, Pulse)
    return pulse


def use_words() -> Words:
    """Hook: the words of this session. Call the result with an English sentence."""
    tablet = use_tablet()
    use_session()
    return tablet.words()
