"""Names are drawn in every script that customers write them in, by fonts of this tablet and nobody else's."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import flet as ft
import uvicorn
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from clienteling import theme
from clienteling.device import Device
from clienteling.ui.gallery.sample import Stand
from clienteling.ui.parts import text
from clienteling.web import TabletWeb
from sync.policy.assets import assets_folder
from tests.browser import FLAGS, obtain

CELL = 64
NOBODYS = "\uf8ff"
"""A character that no font has: what is drawn for it is the box of missing glyphs."""
WRITTEN = [*"𠮷槗髙﨑", *"김뷁", *"张赵丽", *"鍾", *"🌸💕"]
PATIENCE_SECONDS = 60


@contextmanager
def page_of(characters: list[str]) -> Iterator[str]:
    """Serve a page that shows each character in a cell of its own, one below the other, and give its address."""

    async def main(page: ft.Page) -> None:
        theme.dress(page)
        page.theme_mode = ft.ThemeMode.LIGHT
        page.add(
            ft.Column(
                [
                    ft.Container(text(one, size=40, height=1.2), width=CELL, height=CELL, alignment=ft.Alignment.CENTER)
                    for one in characters
                ],
                spacing=0,
            )
        )

    import flet_web.fastapi

    screens = flet_web.fastapi.app(
        main, assets_dir=str(assets_folder()), web_renderer=ft.WebRenderer.SKWASM, no_cdn=True
    )
    app: Any = TabletWeb(screens, cast("Device", Stand()))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="websockets-sansio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


def cells(picture: bytes, count: int) -> list[Image.Image]:
    drawn = Image.open(io.BytesIO(picture)).convert("L")
    return [drawn.crop((0, n * CELL, CELL, (n + 1) * CELL)) for n in range(count)]


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


def test_every_script_is_drawn_and_no_public_server_is_asked() -> None:
    """Rare kanji, Hangul, simplified and traditional Chinese and emoji are neither blank nor the box of missing glyphs;
    nothing is asked of another host for it."""
    characters = [NOBODYS, " ", *WRITTEN]
    asked: list[str] = []
    with page_of(characters) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS])
        page = browser.new_page(viewport={"width": 200, "height": CELL * len(characters)}, locale="ja-JP")
        page.on("request", lambda request: asked.append(request.url))
        page.goto(url)
        end, missing = time.monotonic() + PATIENCE_SECONDS, list(WRITTEN)
        while missing and time.monotonic() < end:
            page.wait_for_timeout(250)
            box, blank, *drawn = cells(page.screenshot(), len(characters))
            if not same(box, blank):  # else nothing at all is there yet
                missing = [
                    one for one, cell in zip(WRITTEN, drawn, strict=True) if same(cell, box) or same(cell, blank)
                ]
        browser.close()
    assert missing == []
    fonts = {one for one in asked if "noto" in one.lower() or "fonts.g" in one}
    assert {one for one in fonts if not one.startswith(url)} == set()
    assert {one.rpartition("/")[2] for one in fonts if "/assets/" not in one} == {
        "NotoSansKR-Names.woff2",
        "NotoSansSC-Names.woff2",
        "NotoColorEmoji-Names.woff2",
    }
