"""`make screens`: a picture of every screen in both orientations, under docs/screens, from a demo of its own.

`python -m tests.journeys.screens [FOLDER]` uses a demo that already runs there.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import FLAGS, obtain
from tests.journeys import camera
from tests.journeys.demo import Demo, running, start
from tests.journeys.tablet import Tablet

SIZES = {"landscape": (1180, 820), "portrait": (820, 1180)}
OUT = Path(__file__).resolve().parents[2] / "docs" / "screens"
MIDORI, RYOKO = "佐々木 みどり", "松本 香織"
SETTLE = 1200
"""Milliseconds for pictures and fonts to be drawn, until two in a row are the same; only a picture waits for time, a test never
does."""
MOST_LOOKS = 6


class Album:
    """Takes the pictures of one orientation."""

    def __init__(self, page: Page, orientation: str) -> None:
        self.page = page
        self.orientation = orientation

    def take(self, name: str) -> None:
        path = OUT / f"{name}-{self.orientation}.png"
        self.page.mouse.move(1, 1)  # nothing is lit by the hand that came last
        seen = b""
        for _ in range(MOST_LOOKS):  # the camera's picture never stands still
            self.page.wait_for_timeout(SETTLE)
            before, seen = seen, self.page.screenshot(path=path)
            if seen == before:
                break
        with Image.open(path) as picture:  # 256 colours are enough for flat screens, at a third of the size
            picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=256).save(path, optimize=True)
        print(path.relative_to(OUT.parent.parent))


def of_tablet(album: Album, tablet: Tablet, demo: Demo, film: Path) -> None:
    """Walk through the app as its people do."""
    people = {one["name"]: one["member_number"] for one in demo.people()}
    tablet.sees("スタッフを選んでください")
    album.take("sign-in")
    tablet.press(re.compile(r"^髙橋\(美\) 販売スタッフ"))
    album.take("pin")
    tablet.sign_in("髙橋(美)")
    tablet.sees(re.compile("今日のフォロー"))
    album.take("home")
    tablet.scan(film, None)
    tablet.sees("カメラを使わずに", re.compile("枠に合わせて"))
    album.take("scan")
    tablet.home()
    tablet.scan(film, demo.code_png(people[MIDORI]))
    tablet.at_profile(MIDORI)
    album.take("profile")
    tablet.press(re.compile("^お手持ち"))
    album.take("belongings")
    tablet.press(re.compile("^承り"))
    tablet.press("承り票を作る")
    album.take("slip")
    tablet.press("戻る")
    tablet.press(re.compile("^接客・トレー"))
    album.take("visit")
    tablet.press("戻る")
    tablet.press("接客メモ")
    album.take("note")
    tablet.press("戻る")
    tablet.press("メッセージを書く")
    album.take("message")
    tablet.press("お客様")
    tablet.write(re.compile("お名前"), "佐藤")
    album.take("search")
    tablet.press(re.compile("登録"))
    album.take("register")
    tablet.press("戻る")
    tablet.press("商品")
    tablet.write(re.compile("^商品名"), "コート")
    tablet.press(re.compile("^カシミヤブレンドショートコート"))
    tablet.sees(re.compile("^在庫のある場所"))
    album.take("stock")
    tablet.press(re.compile("^お取り置き、"))
    album.take("holds")
    for place, name in (("承り票", "slips"), ("お約束帳", "promises"), ("わたしの成果", "results")):
        tablet.home()
        tablet.press(place)
        album.take(name)
    demo.network(up=False)
    tablet.home()
    tablet.sees("オフライン")
    album.take("offline")
    demo.network(up=True)
    tablet.sign_in("森田")
    tablet.press(re.compile("^フォロー"))
    tablet.sees("今週の送信")
    album.take("queue")
    tablet.sign_in("一ノ瀬")
    tablet.press("予約")
    album.take("appointments")
    tablet.press(re.compile(f"^{RYOKO} 様の相談を開く"))
    album.take("consult")


def of_world(album: Album, demo: Demo) -> None:
    """The customer's phone and the control page."""
    number = next(one["member_number"] for one in demo.people() if one["name"] == MIDORI)
    for name, address in (("phone", f"/phone/{number}"), ("phones", "/phone"), ("control", "/")):
        album.page.goto(demo.world + address)
        album.take(name)


def shoot(browser: Browser, demo: Demo, film: Path) -> None:
    for orientation, (width, height) in SIZES.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="ja-JP", permissions=["camera"]
        )
        page = context.new_page()
        tablet = Tablet(page, demo.tablet)
        tablet.open()
        of_tablet(Album(page, orientation), tablet, demo, film)
        of_world(Album(context.new_page(), orientation), demo)
        context.close()


def with_demo(use: Callable[[Demo], None], folder: Path | None) -> None:
    """Use the demo that runs in `folder`, or one of our own that ends afterwards."""
    if folder is not None:
        use(running(folder))
        return
    with TemporaryDirectory() as data:
        demo = start(Path(data))
        try:
            use(demo)
        finally:
            demo.stop()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work, sync_playwright() as playwright:
        film = Path(work) / "camera.y4m"
        camera.show(film, None)
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS, *camera.flags(film)])
        with_demo(lambda demo: shoot(browser, demo, film), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
        browser.close()


if __name__ == "__main__":
    main()
