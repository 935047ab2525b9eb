"""Drives the app without a browser: a real Flet session over a connection that only encodes what it is given.

`async with opened(device) as screen:` then `await screen.sees("...")`, `await screen.tap("...")`,
`await screen.type("field", "text")`. Names are what a screen reader would say.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import flet as ft
import msgpack  # type: ignore[import-untyped]
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging import protocol
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction
from flet.messaging.session import Session as FletSession
from flet.pubsub.pubsub_hub import PubSubHub

from clienteling.context import Tablet
from clienteling.device import Device
from clienteling.seat import SEAT
from clienteling.session import open_session
from sync.clock import Clock
from sync.settings import TabletSettings
from tests.ui.fake import FakeDevice
from tests.ui.sample import MISAKI, NOW

ENCODE: Any = protocol.configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]

PATIENCE_SECONDS = 30.0
"""How long a thing may take to appear on a loaded machine; reached only when it never does."""


def _nothing(_: Any) -> Any:
    return None


class FakeConnection(Connection):
    """Encodes every message as the real ones do, and answers the client-side methods that screens call."""

    def __init__(self, answers: dict[str, Callable[[Any], Any]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.loop = asyncio.get_running_loop()
        hub: Any = PubSubHub
        self.pubsubhub = hub(self.loop)
        self.session: Any = None
        self.answers = answers
        self.sent = 0
        self.last = b""
        """The message that left last, encoded."""
        self.crashes: list[Any] = []

    def send_message(self, message: Message) -> None:
        encoded = msgpack.packb([message.action, message.body], default=ENCODE)
        self.sent += len(encoded)
        self.last = encoded
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body)
        if message.action == MessageAction.INVOKE_METHOD:
            body = message.body
            try:
                result, error = self.answers.get(body.name, _nothing)(body.args), None
            except RuntimeError as problem:
                result, error = None, str(problem)
            assert self.session is not None
            self.loop.call_soon(self.session.handle_invoke_method_results, body.control_id, body.call_id, result, error)


class Pause:
    """Replaces waiting: short waits (debounce) end at once, long ones when a test says so."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, asyncio.Event]] = []

    async def __call__(self, seconds: float) -> None:
        if seconds < 1:
            await asyncio.sleep(0)
            return
        event = asyncio.Event()
        self._waiting.append((seconds, event))
        await event.wait()

    def advance(self, seconds: float) -> None:
        """End every wait of at most so many seconds."""
        for length, event in self._waiting:
            if length <= seconds:
                event.set()
        self._waiting = [(length, event) for length, event in self._waiting if not event.is_set()]


def walk(value: Any) -> Iterator[BaseControl]:
    """Yield every control that is on the screen, in reading order."""
    if isinstance(value, Component):
        yield from walk(value._b)
    elif isinstance(value, BaseControl):
        if not getattr(value, "visible", True):
            return
        yield value
        for item in dataclasses.fields(value):
            if not item.metadata.get("skip") and not item.name.startswith("_") and item.name != "data":
                yield from walk(getattr(value, item.name, None))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from walk(each)


def names(control: BaseControl) -> list[str]:
    """Return what a control says of itself."""
    found = []
    for name in ("value", "label", "hint_text", "tooltip", "content", "error", "semantics_label", "helper"):
        said = getattr(control, name, None)
        if isinstance(said, str) and said:
            found.append(said)
    return found


class Screen:
    """What is on the screen of one session, and the hands on it."""

    def __init__(self, session: FletSession, connection: FakeConnection, tablet: Tablet, pause: Pause) -> None:
        self.session, self.connection, self.tablet, self.pause = session, connection, tablet, pause

    @property
    def controls(self) -> list[BaseControl]:
        page = self.session.page
        return [*walk(page.views), *walk([one for one in page._dialogs.controls if one.open])]

    @property
    def words(self) -> list[str]:
        return [said for control in self.controls for said in names(control)]

    def shows(self, words: str) -> bool:
        return any(words in said for said in self.words)

    async def until(self, condition: Callable[[], Any], what: str = "condition") -> None:
        """Wait until something holds; fail with all words on the screen when it never does."""
        end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not condition():
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"never: {what}; the screen says {self.words}; crashes {self.connection.crashes}")
            await asyncio.sleep(0.005)

    async def in_time(self, condition: Callable[[], Any], seconds: float = 15, what: str = "condition") -> None:
        """Wait as `until` does, and let every wait of at most so many seconds end meanwhile: who only begins to wait when the
        time has passed already is not left waiting."""

        def held() -> Any:
            self.pause.advance(seconds)
            return condition()

        await self.until(held, what)

    async def settles(self, times: int = 8) -> None:
        """Wait until the screen is drawn: nothing of a skeleton, and the same controls so many times."""
        before: list[int] = []

        def still() -> bool:
            self.pause.advance(0.5)
            now = [one._i for one in self.controls]
            same, before[:] = now == before, now
            return same

        for _ in range(times):
            await self.until(still, "a screen that stands still")

    async def sees(self, words: str, *, within: float = 0) -> None:
        """Wait for words; those that come by themselves come `within` so many seconds of the screen's own waiting."""
        await self.in_time(lambda: self.shows(words), within, f"sees {words!r}")

    async def sees_no(self, words: str, *, within: float = 0) -> None:
        await self.in_time(lambda: not self.shows(words), within, f"no longer sees {words!r}")

    def find(self, name: str, handler: str) -> BaseControl | None:
        """Return the control of this exact name, else the first that contains it, that handles an event."""
        able = [
            c
            for c in self.controls
            if getattr(c, f"on_{handler}", None)
            and not getattr(c, "disabled", False)
            and c._i in self.session.index  # drawn and sent: nobody can tap what has not arrived yet
        ]
        exact = [c for c in able if name in names(c)]
        return next(iter(exact or [c for c in able if any(name in said for said in names(c))]), None)

    async def _act(
        self, name: str, handlers: tuple[str, ...], data: Any, before: Callable[[BaseControl], None] = lambda _: None
    ) -> None:
        def found() -> tuple[BaseControl, str] | None:
            return next(((c, h) for h in handlers if (c := self.find(name, h))), None)

        await self.until(found, f"something to use named {name!r}")
        hit = found()
        assert hit is not None
        before(hit[0])
        await self.session.dispatch_event(hit[0]._i, hit[1], data)

    async def tap(self, name: str) -> None:
        """Tap by hand, some time after what was done before."""
        self.later(2.0)
        await self.press(name)

    async def press(self, name: str) -> None:
        """Press at once, as the Enter of a scanner does with what has the focus."""
        await self._act(name, ("click", "tap"), None)

    async def hold(self, name: str) -> None:
        """Press long."""
        await self._act(name, ("long_press",), None)

    def later(self, seconds: float) -> None:
        """Let so much time pass at the tablet."""
        tick = self.tablet.tick
        self.tablet.tick = lambda: tick() + seconds

    async def tap_twice(self, name: str) -> None:
        """Tap what is there twice, before anything could be drawn anew."""
        await self.until(lambda: self.find(name, "click") or self.find(name, "tap"), f"something to tap named {name!r}")
        event = "click" if self.find(name, "click") else "tap"
        control = self.find(name, event)
        assert control is not None
        for _ in range(2):
            await self.session.dispatch_event(control._i, event, None)

    async def type(self, name: str, value: str) -> None:
        """Put a value into a field, as the client does: the property first, then the event."""
        await self._act(name, ("change",), value, lambda c: self.session.apply_patch(c._i, {"value": value}))

    async def submit(self, name: str, value: str) -> None:
        """Type and press Enter."""
        await self._act(name, ("submit",), value, lambda c: self.session.apply_patch(c._i, {"value": value}))

    async def check(self, name: str, *, on: bool = True) -> None:
        """Tick a checkbox or turn a switch."""
        await self._act(name, ("change",), on, lambda c: self.session.apply_patch(c._i, {"value": on}))

    async def keys(self, keys: str) -> None:
        """Type on the page itself, as a wedge scanner does, ending with Enter."""
        for key in [*keys, "Enter"]:
            event = {"key": key, "shift": False, "ctrl": False, "alt": False, "meta": False}
            await self.session.dispatch_event(self.session.page._i, "keyboard_event", event)

    async def sign_in(self, staff_id: str = MISAKI) -> None:
        """Skip the sign-in screen."""
        _context_page.set(self.session.page)
        self.tablet.session.staff_id = staff_id
        await self.until(lambda: not self.shows("PIN"), "signed in")

    async def go(self, route: str) -> None:
        _context_page.set(self.session.page)
        self.session.page.run_task(self._go, route)
        await self.at(route)

    async def at(self, route: str) -> None:
        """Wait for a route and until the screen before it has left: what is typed or tapped there goes with it."""
        await self.until(lambda: self.tablet.session.route == route and self._drawn(route), f"at {route}")

    def _drawn(self, route: str) -> bool:
        """Tell that no screen of another route is drawn; the cover, for example, is drawn for any."""
        insides = [c.content for c in self.controls if isinstance(c, ft.Container) and c.content is not None]
        keys = [str(one.key).split(" ") for one in insides]
        return all(key[1] == route for key in keys if key[0] in {"True", "False"})

    async def _go(self, route: str) -> None:
        self.tablet.go(route)


@asynccontextmanager
async def opened(
    device: Device | None = None,
    *,
    language: str = "ja",
    answers: dict[str, Callable[[Any], Any]] | None = None,
    size: tuple[int, int] = (1180, 820),
    browser: str | None = None,
    clock: Clock = lambda: NOW,
    pause: Pause | None = None,
    connect: Callable[[dict[str, Callable[[Any], Any]]], FakeConnection] = FakeConnection,
    **settings: Any,
) -> AsyncIterator[Screen]:
    """Open the app in a session of its own. `answers` are the results of client-side methods by name, `browser` the id of
    the shop host's browser that it is opened in, `settings` those of the tablet that differ."""
    SEAT.set(browser)
    connection = connect(answers or {})
    session: Any = FletSession(connection)  # Flet's own annotations stop here
    connection.session = session
    _context_page.set(session.page)
    page = session.page
    session.apply_page_patch({"route": "/", "width": size[0], "height": size[1], "web": True})
    # Encoding is what makes Flet remember the lists that later patches are compared with.
    msgpack.packb(session.get_page_patch(), default=ENCODE)
    pause = pause or Pause()
    used = device or FakeDevice()
    tablet = await open_session(page, used, TabletSettings(language=language, **settings), clock, pause)
    screen = Screen(session, connection, tablet, pause)
    try:
        yield screen
    finally:
        await session.dispatch_event(page._i, "close", None)
        session.close()
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.sleep(0)
    assert not connection.crashes, connection.crashes


def drive(steps: Callable[[Screen], Awaitable[None]], device: FakeDevice | None = None, **options: Any) -> None:
    """Run the steps of a test against a freshly opened app; `options` are those of `opened`."""

    async def run() -> None:
        async with opened(device, **options) as screen:
            await steps(screen)

    asyncio.run(run())


__all__ = ["Pause", "Screen", "drive", "opened"]
