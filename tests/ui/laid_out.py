"""What a real browser made of a screen: the size of every control as Flutter laid it out.

A screen is drawn on a canvas and tells the page nothing of what did not fit. But Flet reports the size of any control that has
a handler for it: `Ruler` stands on the wire between app and browser, gives every control such a handler on the way out, and
keeps the answers on the way back. The app runs unchanged.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any

import flet as ft
import flet_web.fastapi
import msgpack  # type: ignore[import-untyped]
import uvicorn
from flet.controls.base_control import BaseControl
from playwright.sync_api import Browser, sync_playwright

from clienteling.context import Tablet
from clienteling.device import Device
from clienteling.session import open_session
from clienteling.ui.parts.skeletons import NOTHING_YET, SKELETON
from clienteling.web import TabletWeb
from sync.settings import TabletSettings
from tests.browser import FLAGS, obtain
from tests.ports import free_port
from tests.ui.harness import walk
from tests.ui.sample import NOW

ASSETS = Path(__file__).resolve().parents[2] / "assets"
Size = tuple[float, float]
Event = MutableMapping[str, Any]
_CONTROL_EVENT = 3
_DONE = {"click", "tap", "change", "submit", "long_press"}
"""Events of what somebody did to a control."""
_PATIENCE_SECONDS = 60


_PLACED = {"expand", "left", "top", "right", "bottom"}
"""What Flutter reads off a control in a row or on a stack; a handler of its size would stand between the two."""


class Ruler:
    """An ASGI app around the tablet's, with the width and height of each control by its id (`sizes`, logical pixels)."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.sizes: dict[int, Size] = {}
        self.heard = 0
        self.asked: set[int] = set()
        """Controls that report their size."""
        self._own: set[int] = set()
        """Controls whose size the app itself asked for."""
        self.kept: list[tuple[int, str]] | None = None
        """While a list: what is done to controls is noted here, with its name, and does not reach the app."""

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
    ) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return

        async def measured() -> Event:
            while True:
                event = await receive()
                data = event.get("bytes")
                if not data or data[0]:
                    return event
                action, body = msgpack.unpackb(data[1:], strict_map_key=False)
                if action == _CONTROL_EVENT and self.kept is not None and body["name"] in _DONE:
                    self.kept.append((body["target"], body["name"]))
                    continue
                if action != _CONTROL_EVENT or body["name"] != "size_change":
                    return event
                self.heard += 1
                self.sizes[body["target"]] = (body["data"]["w"], body["data"]["h"])
                if body["target"] in self._own:
                    return event

        async def asking(event: Event) -> None:
            data = event.get("bytes")
            if data and not data[0]:
                message = msgpack.unpackb(data[1:], strict_map_key=False)
                self._ask(message)
                event["bytes"] = b"\0" + msgpack.packb(message)
            await send(event)

        await self._app(scope, measured, asking)

    def _ask(self, value: Any) -> None:
        """Let every control in a message report its size, but those that their parent stretches or places."""
        if isinstance(value, dict):
            if value.get("on_size_change"):
                self._own.add(value["_i"])
            elif "_c" in value and not _PLACED & set(value):
                value |= {"on_size_change": True, "size_change_interval": 0}
                self.asked.add(value["_i"])
            for one in list(value.values()):
                self._ask(one)
        elif isinstance(value, list):
            placed = [one for one in value if isinstance(one, list) and len(one) == 4 and one[2] in _PLACED]
            for one in value:
                self._ask(one)
            value += [[0, node, "on_size_change", now is None or now is False] for _, node, _, now in placed]


class Laid:
    """A tablet in a browser, and what its screen measures."""

    tablet: Tablet
    shown: ft.Page
    loop: asyncio.AbstractEventLoop

    def __init__(self, device: Device) -> None:
        self._device = device
        self._opened = threading.Event()
        self._mark = ft.Container(width=1, height=1)
        self.opened: list[str] = []
        """Addresses that the page asked the browser to open beside it; it does not."""

    async def main(self, page: ft.Page) -> None:
        """What Flet calls for a new browser."""
        self.loop, self.shown = asyncio.get_running_loop(), page
        self.tablet = await open_session(page, self._device, TabletSettings(), lambda: NOW)
        page.overlay.append(self._mark)
        page.update()
        self._opened.set()

    def open(self, browser: Browser, url: str, ruler: "Ruler", scale: float) -> None:
        """Load the app at letters of `scale` times their size, as a browser's own setting makes them."""
        self.ruler = ruler
        self.page = browser.new_page(locale="ja-JP")
        self.page.expose_function("opened", lambda address: self.opened.append(address))
        self.page.add_init_script("window.open = address => (opened(String(address)), window)")
        self.page.goto(url)
        assert self._opened.wait(_PATIENCE_SECONDS), "the browser never opened a session"
        self.page.evaluate(f"document.documentElement.style.fontSize = '{16 * scale}px'")

    def controls(self) -> list[BaseControl]:
        return list(walk([self.shown.views, [one for one in self.shown._dialogs.controls if one.open]]))

    def go(self, address: str, *, staff_id: str | None, language: str, size: tuple[int, int]) -> list[BaseControl]:
        """Show a screen and return its controls once the browser has laid them out."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

        def steer() -> None:
            session = self.tablet.session
            session.language, session.staff_id = language, staff_id
            self.tablet.go(address)

        self.steer(steer)
        for _ in range(200):
            self.frames()
            controls = self.controls()
            there = abs(self.tablet.session.pixels - size[0]) < 1 and self.tablet.session.route == address
            if there and self._drawn(controls):
                self._catch_up()
                now = self.controls()  # drawn anew in the meantime, a control has the old one's id and other words
                if _told(now) == _told(controls):
                    return now
        raise AssertionError(f"{address} never stands still")

    def waits(self, address: str) -> list[BaseControl]:
        """Show a screen whose reading is held, and return what stands there meanwhile."""
        self.steer(lambda: self.tablet.go(address))
        for _ in range(200):
            self.frames()
            controls = self.controls()
            if self.tablet.session.route == address and any(one.key == SKELETON for one in controls):
                self._catch_up()
                return controls
        raise AssertionError(f"{address} shows no skeleton")

    def _drawn(self, controls: list[BaseControl]) -> bool:
        """Whether everything is read and the browser has laid out all the words: of a list that draws what is in sight only,
        no more can be asked."""
        if any(one.key in (SKELETON, NOTHING_YET) for one in controls):
            return False
        there = list(takewhile(lambda one: not isinstance(one, ft.ListView), controls))
        return all(
            one._i in self.ruler.sizes for one in there if isinstance(one, ft.Text) and one._i in self.ruler.asked
        )

    def _catch_up(self) -> None:
        """Wait until the browser has drawn everything that was sent so far: a mark of a new width comes last."""
        width = 1 + (self._mark.width or 0) % 50

        def move() -> None:
            self._mark.width = width
            self._mark.update()

        self.steer(move)
        for _ in range(200):
            self.frames()
            if self.ruler.sizes.get(self._mark._i, (0.0, 0.0))[0] == width:
                self.frames()
                return
        raise AssertionError("the browser never caught up")

    def steer(self, what: Callable[[], None]) -> None:
        """Do something in the app, as its handlers do."""
        self.loop.call_soon_threadsafe(lambda: self.shown.run_task(self._steered, what))

    async def _steered(self, steer: Callable[[], None]) -> None:
        steer()

    def frames(self, number: int = 8) -> None:
        self.page.evaluate(
            "async most => { for (let n = 0; n < most; n++) await new Promise(done => requestAnimationFrame(done)) }",
            number,
        )


def _told(controls: list[BaseControl]) -> list[tuple[int, object]]:
    return [(one._i, getattr(one, "value", None)) for one in controls]


@contextmanager
def laid_out(device: Device, *, scale: float = 2.0) -> Iterator[Laid]:
    """Serve the sample shop to one browser whose letters are `scale` times their size."""
    port, laid = free_port(), Laid(device)
    screens: Any = flet_web.fastapi.app(
        laid.main, assets_dir=str(ASSETS), web_renderer=ft.WebRenderer.SKWASM, no_cdn=True
    )
    ruler = Ruler(TabletWeb(screens, device, None))
    server = uvicorn.Server(uvicorn.Config(ruler, port=port, log_level="error", ws="websockets-sansio"))
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    with sync_playwright() as play, play.chromium.launch(executable_path=obtain(), args=list(FLAGS)) as browser:
        while not server.started:
            serving.join(0.05)
        laid.open(browser, f"http://127.0.0.1:{port}", ruler, scale)
        yield laid
        laid.page.close()
    server.should_exit = True
    serving.join(20)
