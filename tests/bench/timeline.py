"""Scrolls five years of a customer's history, one month and an empty list, in real Chromium, and compares the frames:
`python -m tests.bench.timeline [--entries 1800] [--seconds 8] [--rounds 3]`. Prints Markdown.

A frame's time is the distance between two calls of `requestAnimationFrame` while the wheel turns. All lists are one screen
(`/customers/{id}/timeline`) over the same sample shop; the empty one has an entry for each kind and nothing to scroll, so that
nothing of it is drawn again. The month's is scrolled up and down: what moving pictures cost, whatever the length.
"""

import argparse
import re
import statistics
import threading
import time
import urllib.request
from datetime import timedelta

import uvicorn
from playwright.sync_api import Page, ViewportSize, sync_playwright

from clienteling.app import create_asgi
from sync.model.catalogue import Money
from sync.model.customer import Channel, Feeling, Interaction, Order, OrderLine, Visit
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose
from sync.settings import TabletSettings
from tests.browser import FLAGS, obtain
from tests.ui.fake import FakeDevice
from tests.ui.sample import GINZA, INOUE, MATSUMOTO, MISAKI, NOW, SASAKI
from tests.ui.shots import semantics

DAYS, MONTH = 5 * 365, 60
"""Days of the long history, entries of the short one."""
PORT = 8659
SIZE: ViewportSize = {"width": 1180, "height": 820}
_FRAMES = """seconds => new Promise(done => {
    const gaps = []; let last = performance.now(); const end = last + seconds * 1000;
    const tick = now => { gaps.push(now - last); last = now; now < end ? requestAnimationFrame(tick) : done(gaps); };
    requestAnimationFrame(tick);
})"""


def history(device: FakeDevice, customer: str, entries: int, days: int) -> None:
    """Give one customer visits, purchases, notes and messages with replies, evenly over so many days."""
    for number in range(entries // 4):
        at = NOW - timedelta(days=days * number / (entries // 4), hours=1)
        one = OrderLine(variant_id="v-dress-m", sku="LN-1", name="リネンワンピース", price=Money(amount=32000))
        reply = number % 2 == 0
        device.cache.put(Visit(id=f"{customer}-v{number}", customer_id=customer, shop_id=GINZA, staff_id=MISAKI, at=at))
        device.cache.put(
            Order(id=f"{customer}-o{number}", customer_id=customer, number=f"G-{number}", shop_id=GINZA, at=at + timedelta(minutes=40),
                  lines=(one,), total=Money(amount=32000), staff_id=MISAKI)
        )  # fmt: skip
        device.cache.put(
            Interaction(id=f"{customer}-n{number}", customer_id=customer, shop_id=GINZA, staff_id=MISAKI, at=at + timedelta(hours=1),
                        text="旅行用のワンピースをお探し。シワになりにくい素材がお好き", tags=("travel",), feeling=Feeling.HAPPY)
        )  # fmt: skip
        device.cache.put(
            Message(
                id=f"{customer}-m{number}", customer_id=customer, channel=Channel.LINE, cause=Cause.REPLY if reply else Cause.AFTER_VISIT,
                direction=Direction.IN if reply else Direction.OUT, purpose=Purpose.REPLY, shop_id=GINZA, staff_id=MISAKI,
                state=MessageState.RECEIVED if reply else MessageState.DELIVERED, body="先日はありがとうございました。",
                at=at + timedelta(days=1), state_at=at + timedelta(days=1),
            )
        )  # fmt: skip


def learn(page: Page) -> list[tuple[float, float]]:
    """Sign in by the accessibility tree once; return where the taps went. With that tree on, every frame costs more, and a
    shop's tablet has it on only for a screen reader."""
    semantics(page)
    page.wait_for_timeout(2500)
    spots = []
    for name in (re.compile("高橋\\(美\\)"), *"246810", re.compile("^サインイン$")):
        button = page.get_by_role("button", name=name, exact=isinstance(name, str)).first
        button.wait_for(timeout=20_000)
        box = button.bounding_box()
        assert box is not None
        spots.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
        button.click()
        page.wait_for_timeout(300)
    return spots


def scroll(page: Page, seconds: float, back_after: int) -> list[float]:
    """Turn the wheel all the while, the other way after so many turns (0: never); return the times between frames, in ms."""
    page.mouse.move(600, 500)
    page.evaluate("seconds => { window.__frames = null; }", seconds)
    page.evaluate(f"seconds => {{ ({_FRAMES})(seconds).then(found => window.__frames = found); }}", seconds)
    end, turns = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        back = back_after and turns // back_after % 2
        page.mouse.wheel(0, -240 if back else 240)
        turns += 1
        page.wait_for_timeout(50)
    page.wait_for_function("() => window.__frames !== null", timeout=30_000)
    found: list[float] = page.evaluate("() => window.__frames")
    return found[1:]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1800)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    device = FakeDevice()
    history(device, SASAKI, given.entries, DAYS)
    history(device, MATSUMOTO, MONTH, 30)
    app = create_asgi(TabletSettings(), device, lambda: NOW)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="warning", ws="websockets-sansio")
    )
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz").read()
    lists = (("empty list", INOUE, 0), ("one month, up and down", MATSUMOTO, MONTH // 8), ("five years", SASAKI, 0))
    gaps: dict[str, list[float]] = {name: [] for name, _customer, _back in lists}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS])
        page = browser.new_page(viewport=SIZE, locale="ja-JP")
        page.goto(f"http://127.0.0.1:{PORT}/")
        spots = learn(page)
        page.close()
        for _ in range(given.rounds):
            for name, customer, back_after in lists:
                page = browser.new_page(viewport=SIZE, locale="ja-JP")
                page.goto(f"http://127.0.0.1:{PORT}/customers/{customer}/timeline")
                page.wait_for_timeout(4000)
                for spot in spots:
                    page.mouse.click(*spot)
                    page.wait_for_timeout(300)
                page.wait_for_timeout(2500)
                gaps[name] += scroll(page, given.seconds, back_after)
                page.screenshot(path=f"build/timeline-{name.replace(' ', '-').replace(',', '')}.png")
                page.close()
        browser.close()
    server.should_exit = True
    print(
        f"{given.entries} entries beside an empty list, {given.rounds} times {given.seconds:g} s of the wheel turning\n"
    )
    print(
        "| list | frames | p50 ms | p95 ms | p99 ms | longest ms | frames over 50 ms |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for name, found in gaps.items():
        cuts = statistics.quantiles(found, n=100)
        slow = sum(1 for one in found if one > 50)
        print(
            f"| {name} | {len(found)} | {cuts[49]:.1f} | {cuts[94]:.1f} | {cuts[98]:.1f} | {max(found):.0f} |"
            f" {slow} ({100 * slow / len(found):.1f} %) |"
        )


if __name__ == "__main__":
    main()
