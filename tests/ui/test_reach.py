"""In a real browser: whatever can be tapped has a name and room for a finger, and the keyboard alone reaches it and shows where
it is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, sync_playwright

from clienteling.app import create_asgi
from sync.settings import TabletSettings
from tests.browser import FLAGS, obtain
from tests.journeys.tablet import Tablet
from tests.ports import free_port
from tests.ui.fake import FakeDevice
from tests.ui.sample import NOW, PINS, SASAKI

pytestmark = pytest.mark.browser
PLACES = {
    "/": "会員コードを読み取る",
    "/me": "画面の明るさ",
    "/search": "どなたをお探しですか",
    f"/customers/{SASAKI}": "お声がけの前に",
    f"/customers/{SASAKI}/note": "お客様のご様子",
    "/queue": "すべて",
    "/appointments": "石田 恵 様",
    "/sync": "サーバーにつながっています",
}
TAPPABLE = (
    "flt-semantics[role=button], flt-semantics[flt-tappable], flt-semantics[role=checkbox], flt-semantics[role=tab]"
)
MEASURE = """all => all.map(node => {
    const box = node.getBoundingClientRect();
    const cut = [...function* () { for (let up = node.parentElement; up; up = up.parentElement) yield up; }()].some(up => {
        const style = getComputedStyle(up), room = up.getBoundingClientRect();
        const scrolls = [style.overflowX, style.overflowY].some(how => how === 'scroll' || how === 'auto');
        return scrolls && (box.right >= room.right - 1 || box.bottom >= room.bottom - 1 || box.left <= room.left + 1
            || box.top <= room.top + 1);
    });
    return [node.getAttribute('aria-label') || node.innerText || '', box.width, box.height, cut];
})"""
"""Name, width, height, and whether a list that scrolls cuts it off."""


@contextmanager
def tablet_of(width: int, height: int) -> Iterator[tuple[Tablet, Page]]:
    """The sample shop in a browser of this size, signed in."""
    port = free_port()
    app: Any = create_asgi(TabletSettings(port=port), FakeDevice(), lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="websockets-sansio"))
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    with sync_playwright() as play, play.chromium.launch(executable_path=obtain(), args=list(FLAGS)) as browser:
        page = browser.new_page(viewport={"width": width, "height": height}, locale="ja-JP")
        tablet = Tablet(page, f"http://127.0.0.1:{port}")
        while not server.started:
            serving.join(0.05)
        tablet.open()
        tablet.press("高橋(美) 販売スタッフ")
        tablet.enter_pin(PINS[next(iter(PINS))])
        tablet.sees(PLACES["/"])
        yield tablet, page
        page.close()
    server.should_exit = True
    serving.join(20)


def go(tablet: Tablet, address: str) -> None:
    tablet.page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')) }", address
    )
    tablet.sees(PLACES[address])
    tablet.frames()


@pytest.mark.parametrize(("width", "height"), [(1180, 820), (820, 1180), (412, 915)])
def test_everything_that_can_be_tapped_is_named_and_large_enough(width: int, height: int) -> None:
    """At least 48 by 48 on the screen itself, at every size of a tablet and on a handheld. What is scrolled half out of
    sight is measured where it is whole."""
    with tablet_of(width, height) as (tablet, page):
        for address in PLACES:
            go(tablet, address)
            found = page.locator(TAPPABLE).evaluate_all(MEASURE)
            assert len(found) > 5, address
            assert [one for one in found if not one[0].strip()] == [], address
            small = [one for one in found if min(one[1:3]) < 47.5 and not one[3]]
            assert small == [], address


def test_the_keyboard_alone_reaches_everything_and_shows_where_it_is() -> None:
    """Tab goes through the places and the screen's own buttons; the picture changes with each step, and Enter opens what
    has the focus."""
    with tablet_of(1180, 820) as (tablet, page):
        go(tablet, "/me")
        wanted = {"読み取り", "今日", "お客様", "予約", "明るい", "暗い", "左手", "右手", "サインアウト", "English"}
        reached: list[str] = []
        before = page.screenshot()
        for _ in range(40):
            page.keyboard.press("Tab")
            tablet.frames()
            name = page.evaluate(
                "document.activeElement?.getAttribute('aria-label') || document.activeElement?.innerText || ''"
            )
            now = page.screenshot()
            if name and name not in reached:
                reached.append(name)
                for _ in range(20):  # the mark fades in
                    if now != before:
                        break
                    tablet.frames()
                    now = page.screenshot()
                assert now != before, f"nothing shows that {name} has the focus"
            before = now
            if name == "暗い" and wanted <= set(reached):
                break
        assert wanted - set(reached) == set()
        while (
            page.evaluate("document.activeElement?.getAttribute('aria-label') || document.activeElement?.innerText")
            != "今日"
        ):
            page.keyboard.press("Tab")
            tablet.frames()
        page.keyboard.press("Enter")
        tablet.sees(PLACES["/"])
