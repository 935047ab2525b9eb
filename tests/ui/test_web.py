"""The tablet's own web server: health, pictures, compressed and cached static files."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from clienteling.app import create_asgi
from clienteling.web import TabletWeb
from sync.errors import Offline
from sync.settings import TabletSettings
from tests.ui.fake import FakeDevice
from tests.ui.sample import NOW


def get(device: FakeDevice, *requests: tuple[str, dict[str, str]]) -> list[httpx.Response]:
    """Send requests to one app and return the answers, bodies as they came over the wire."""

    async def run() -> list[httpx.Response]:
        app: Any = create_asgi(TabletSettings(), device, lambda: NOW)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tablet") as client:
            return [await client.get(path, headers=headers) for path, headers in requests]

    return asyncio.run(run())


def test_health_says_when_the_tablet_can_be_worked_with() -> None:
    """Ready means enrolled and the first sync done."""
    fresh = FakeDevice()
    fresh.state = replace(fresh.state, last_synced_at=None)
    for device, ready in ((FakeDevice(), True), (FakeDevice(enrolled=False), False), (fresh, False)):
        assert get(device, ("/healthz", {}))[0].json() == {"ready": ready}


def test_static_files_are_compressed_once_and_cached() -> None:
    """Brotli for who takes it, plain for who does not; an unchanged file is not sent again; fonts keep for a week."""
    font = "/fonts/BIZUDPGothic-Regular.ttf"
    packed, plain, again = get(
        FakeDevice(),
        (font, {"accept-encoding": "br"}),
        (font, {"accept-encoding": "identity"}),
        (font, {"accept-encoding": "br", "if-none-match": '"x"'}),
    )
    assert packed.headers["content-encoding"] == "br"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) * 0.7
    assert "max-age=604800" in packed.headers["cache-control"]
    assert again.status_code == 200
    same = get(FakeDevice(), (font, {"if-none-match": packed.headers["etag"]}))[0]
    assert (same.status_code, same.content) == (304, b"")


def test_nothing_isolates_the_page_and_nobody_else_may_read_it() -> None:
    """Whatever Flet adds by itself: neither the page nor a file asks the browser for isolation, by which it would draw in two
    threads (docs/decisions/0008), and no other page is let in."""
    for answer in get(FakeDevice(), ("/", {"accept": "text/html"}), ("/queue", {}), ("/canvaskit/skwasm.js", {})):
        assert answer.status_code == 200
        assert "cross-origin-embedder-policy" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_large_files_are_ready_before_somebody_waits() -> None:
    """What a first load waits for is read and compressed when the tablet begins to serve, and not again when it is asked for."""
    read: list[str] = []

    async def run() -> httpx.Response:
        inside: Any = create_asgi(TabletSettings(), FakeDevice(), lambda: NOW)
        enough = asyncio.Event()

        async def screens(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                read.append(scope["path"])
                if scope["path"].endswith("MaterialIcons-Regular.otf"):
                    enough.set()
                await inside(scope, receive, send)

        web: Any = TabletWeb(screens, FakeDevice())
        await web({"type": "lifespan"}, None, None)
        await asyncio.wait_for(enough.wait(), 60)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="http://tablet") as client:
            return await client.get("/main.dart.wasm", headers={"accept-encoding": "br"})

    answer = asyncio.run(run())
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "br")
    assert read.count("/main.dart.wasm") == 1


def test_the_fonts_load_before_the_first_paint() -> None:
    """The engine's manifest names the house's fonts, and none of those for formulas."""
    manifest = get(FakeDevice(), ("/assets/FontManifest.json", {"accept-encoding": "identity"}))[0]
    families = [entry["family"] for entry in json.loads(manifest.content)]
    assert {"BIZ UDPGothic", "BIZ UDPGothic Bold", "MaterialIcons"} <= set(families)
    assert not [family for family in families if "KaTeX" in family]


def test_the_page_speaks_to_this_tablet_only() -> None:
    """Its policy names no other host, and it stands behind every route."""
    home, deep = get(FakeDevice(), ("/", {}), ("/customers/abc", {}))
    assert home.status_code == deep.status_code == 200
    assert "default-src 'self'" in home.headers["content-security-policy"]
    assert "http" not in home.headers["content-security-policy"]
    assert home.headers["cache-control"] == "no-cache"


def test_the_order_of_tab_is_set_before_flutter_listens() -> None:
    """The script stands in the page itself, ahead of Flutter's: no request more, and the key comes to it first."""
    page = get(FakeDevice(), ("/customers/abc", {}))[0]
    assert page.text.index("flt-semantics-placeholder") < page.text.index("flutter_bootstrap.js")
    assert page.headers["content-length"] == str(len(page.content))


@pytest.mark.parametrize(
    "path", ["/locale/ja/home.po", "/playbook/default.toml", "/templates/ja/x.toml", "/page/by_keys.js"]
)
def test_the_apps_own_files_are_not_served(path: str) -> None:
    """Catalogues, playbook and templates are for the app."""
    assert get(FakeDevice(), (path, {}))[0].status_code == 404


def test_pictures_come_from_the_device(tmp_path: Path) -> None:
    """A picture that is here is sent with its type; one that cannot be had now is a plain 404."""
    kept = tmp_path / "a.webp"
    kept.write_bytes(b"RIFF")

    class Album(FakeDevice):
        def fetch_picture(self, path: str) -> Path | None:
            if path == "products/a.webp":
                return kept
            raise Offline()

    here, away = get(Album(), ("/media/products/a.webp", {}), ("/media/products/b.webp", {}))
    assert (here.status_code, here.content, here.headers["content-type"]) == (200, b"RIFF", "image/webp")
    assert away.status_code == 404
