"""The cookie of a shop host's browser, from the page that gives it to the connection that needs it."""

import asyncio
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from clienteling.app import create_asgi
from clienteling.seat import browser_name, read_cookie
from clienteling.web import TabletWeb
from sync.client.browsers import Browsers
from sync.client.device import Device
from sync.ids import new_id
from sync.settings import TabletSettings
from tests.ui.fake import FakeDevice
from tests.ui.sample import NOW

PAGE = {"accept": "text/html,application/xhtml+xml"}


def answered(app: Any, headers: dict[str, str], scheme: str = "http") -> list[str]:
    """Open the page and return the cookies that it gives."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://tablet") as client:
            return await client.get("/", headers=headers)

    answer = asyncio.run(run())
    assert answer.status_code == 200
    return answer.headers.get_list("set-cookie")


def app() -> Any:
    return create_asgi(TabletSettings(), FakeDevice(), lambda: NOW)


def test_the_page_gives_a_cookie_that_nothing_else_can_reach() -> None:
    """256 bits; out of reach of scripts and of other sites; each browser its own; with TLS bound to the host and to TLS."""
    (plain,), (other,), (safe,) = answered(app(), PAGE), answered(app(), PAGE), answered(app(), PAGE, "https")
    assert plain != other
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(plain.split("; "))
    assert "Secure" not in plain
    assert safe.startswith("__Host-")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(safe.split("; "))
    (morsel,) = SimpleCookie(plain.split(";")[0]).values()
    assert len(morsel.value) == 43


def test_whoever_has_one_gets_no_other() -> None:
    """The page opened again leaves the browser who it is; neither do fonts and scripts make anybody new."""
    (given,) = answered(app(), PAGE)
    cookie = given.split(";")[0]
    assert answered(app(), {**PAGE, "cookie": f"other=1; {cookie}"}) == []
    assert answered(app(), {"accept": "*/*"}) == []
    assert len(answered(app(), {**PAGE, "cookie": "clienteling-browser=short"})) == 1


class Screens:
    """Stands where Flet does: takes note of who came through, and in which seat."""

    def __init__(self) -> None:
        self.seats: list[str | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from clienteling.seat import SEAT

        self.seats.append(SEAT.get())


class Host(FakeDevice):
    """A shop host with a real file of browsers."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.file = Device(folder / "device.db", b"\x01" * 32)
        self.kept = Browsers(self.file, lambda: NOW, new_id, free=False)
        self.browsers = self.kept  # type: ignore[assignment]


def connect(web: TabletWeb, cookie: str, origin: str = "https://tablet:8550") -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"user-agent", b"Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Safari/537.36")]
    headers += [(b"host", b"Tablet:8550"), (b"origin", origin.encode())]
    headers += [(b"cookie", cookie.encode())] if cookie else []
    asyncio.run(web({"type": "websocket", "scheme": "ws", "path": "/ws", "headers": headers}, receive, send))
    return sent


def test_a_connection_without_its_cookie_is_none_of_ours(tmp_path: Path) -> None:
    """Another site's page, or a program, gets no session; the browser with its cookie gets its own seat, each time the same."""
    host, screens = Host(tmp_path), Screens()
    web = TabletWeb(screens, host)
    for bad in ("", "clienteling-browser=guess", "other=" + "a" * 43):
        assert connect(web, bad)[0]["type"] == "websocket.close"
    for origin in ("https://evil.example", "http://tablet:8551", "null"):
        assert connect(web, "clienteling-browser=" + "a" * 43, origin)[0]["type"] == "websocket.close"
    assert screens.seats == []
    for _ in range(2):
        assert connect(web, "clienteling-browser=" + "a" * 43) == []
    connect(web, "clienteling-browser=" + "b" * 43)
    one, again, other = screens.seats
    assert one == again != other
    assert {browser.name for browser in host.kept.all()} == {"Chrome, Android"}
    host.file.close()


def test_a_cookie_of_plain_http_counts_for_nothing_behind_tls() -> None:
    """Otherwise somebody on the way could plant one."""
    assert read_cookie("clienteling-browser=" + "a" * 43, tls=True) == ""
    assert read_cookie("__Host-clienteling-browser=" + "a" * 43, tls=True) == "a" * 43


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1", "Safari, iPad"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("curl/8", "?"),
        ("", "?"),
    ],
)
def test_browsers_are_called_what_people_call_them(agent: str, name: str) -> None:
    """By make and system, which is enough to tell the tablets of a shop apart together with who is signed in."""
    assert browser_name(agent) == name
