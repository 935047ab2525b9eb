"""The two addresses of the tablet's web process, with a real provider between them, and the cookie that holds them together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from clienteling.came import SignedIn
from clienteling.company import Company
from clienteling.company_web import COOKIE, binding
from clienteling.seat import cookie_name
from clienteling.web import TabletWeb
from sync.clock import system_clock
from sync.model.shop import Role
from sync.settings import TabletSettings
from tests.integration.company.provider import PUBLIC, Provider, running
from tests.integration.company.test_company import somebody
from tests.ui.fake import FakeDevice

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider's process."""
    with running(tmp_path_factory.mktemp("provider")) as found:
        yield found


class Screens:
    """In the place of the app's screens: notes which browser's session is opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    async def __call__(self, scope: MutableMapping[str, Any], _receive: object, send: Send) -> None:
        if scope["type"] == "http":  # the page itself, with which a browser gets its seat
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        self.opened.append(binding())


def company(provider: Provider, url: str) -> Company:
    settings = TabletSettings(_env_file=None, oidc_issuer=provider.url, oidc_client_id=PUBLIC, tablet_url=url)
    return Company(settings, lambda: [somebody("T1", Role.STYLIST)], lambda one: one.active, system_clock)


def test_there_and_back(provider: Provider) -> None:
    """The browser goes to the provider with a cookie that no script reads, and comes back to the app; the session that it then
    opens is the stylist's, and another browser's is nobody's."""
    house, screens = company(provider, "http://tablet.test"), Screens()
    web = TabletWeb(screens, FakeDevice(), house)

    async def run() -> tuple[httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app=web)
        async with httpx.AsyncClient(transport=transport, base_url="http://tablet.test") as browser:
            there = await browser.get("/company/login")
            back = await asyncio.to_thread(provider.log_in, there.headers["location"], "stylist")
            home = await browser.get(f"{urlsplit(back).path}?{urlsplit(back).query}")
            await browser.get("/", headers={"Accept": "text/html"})
            seat = f"{cookie_name(tls=False)}={browser.cookies[cookie_name(tls=False)]}"
            for cookies in (f"{seat}; {COOKIE}={browser.cookies[COOKIE]}", f"{seat}; theme=dark", seat):
                scope = {"type": "websocket", "path": "/ws", "headers": [(b"cookie", cookies.encode())]}
                await asyncio.create_task(web(scope, _receive, _send))
            return there, home

    there, home = asyncio.run(run())
    assert there.status_code == home.status_code == 303
    assert there.headers["location"].startswith(provider.url)
    assert home.headers["location"] == "/"
    said = there.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(said.split("; "))
    assert there.headers["cache-control"] == home.headers["cache-control"] == "no-store"
    mine, others, nobodys = screens.opened
    assert (others, nobodys) == ("", "")
    assert [house.take(one) for one in (others, nobodys, mine, mine)] == [None, None, SignedIn("id-T1"), None]


def test_behind_tls_the_cookie_is_secure(provider: Provider) -> None:
    """It never goes over a line that somebody can read."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(
            app=TabletWeb(Screens(), FakeDevice(), company(provider, "https://tablet.test"))
        )
        async with httpx.AsyncClient(transport=transport, base_url="https://tablet.test") as browser:
            return await browser.get("/company/login")

    assert "Secure" in asyncio.run(run()).headers["set-cookie"].split("; ")


def test_only_getting_and_only_where_it_is_set(provider: Provider) -> None:
    """No form begins a login, and where no provider is set there are no such addresses."""
    house = company(provider, "http://tablet.test")

    async def run() -> int:
        transport = httpx.ASGITransport(app=TabletWeb(Screens(), FakeDevice(), house))
        async with httpx.AsyncClient(transport=transport, base_url="http://tablet.test") as browser:
            return (await browser.post("/company/login")).status_code

    assert asyncio.run(run()) == 405


async def _receive() -> MutableMapping[str, Any]:
    return {}


async def _send(_message: MutableMapping[str, Any]) -> None:
    return None
