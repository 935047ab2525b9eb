"""What somebody before a real browser waits for: the app's first page, a profile after a scan, hits after a key."""

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as NeverCame

from sync.clock import system_clock
from sync.sandbox.codes import qr_png
from sync.server.enrolment import create_enrolment_code
from tests.bench.sync.house import House
from tests.bench.sync.peers.base import Processes, wait_for_port
from tests.bench.tablet.answered import Answered
from tests.bench.tablet.shop import PIN, code, known, scanned
from tests.browser import FLAGS, obtain
from tests.journeys import camera
from tests.journeys.tablet import Tablet
from tests.ports import free_port

BLANK, SHOWN = 15, 25
"""Frames of the film, ten a second: the counter alone, then her phone."""
TYPED = 100

_WATCH = """
name => {
  window.shown = null; window.painted = null;
  const canvas = document.createElement('canvas'); canvas.width = canvas.height = 8;
  const pen = canvas.getContext('2d', {willReadFrequently: true});
  const videos = () => {
    const found = []; const look = root => root.querySelectorAll('*').forEach(one => {
      if (one.tagName === 'VIDEO') found.push(one); if (one.shadowRoot) look(one.shadowRoot); });
    look(document); return found.filter(one => one.srcObject && one.srcObject.active && one.readyState > 1); };
  const seen = () => {
    for (const video of videos()) {
      pen.drawImage(video, video.videoWidth * .27, video.videoHeight * .07, 8, 8, 0, 0, 8, 8);
      const [red] = pen.getImageData(4, 4, 1, 1).data;
      if (red < 90 && window.shown === null) window.shown = performance.now();
    }
    const there = location.href.includes('/customers/') && [...document.querySelectorAll('h1,h2,h3,h4,h5,h6,[role=heading]')]
      .some(one => (one.getAttribute('aria-label') || one.textContent || '').includes(name));
    if (there) { window.painted = performance.now(); return; }
    requestAnimationFrame(seen);
  };
  requestAnimationFrame(seen);
}
"""
"""Notes the first frame in which the dark of a phone stands where the counter was, and the first in which her name is."""

_HITS = """
words => new Promise(done => {
  const began = window.typed;
  const look = () => {
    const there = [...document.querySelectorAll('flt-semantics')].some(one =>
      (one.getAttribute('aria-label') || one.textContent || '').includes(words));
    if (there) { done(performance.now() - began); return; }
    if (performance.now() - began > 10000) { done(null); return; }
    requestAnimationFrame(look);
  };
  look();
})
"""
"""Milliseconds until certain words are there; null where they do not come within ten seconds."""


@dataclass(frozen=True)
class Loaded:
    """What a load of the page took."""

    seconds: float
    requests: int
    kilobytes: float


class Seen:
    """One browser before one tablet process."""

    def __init__(self, page: Page, url: str, film: Path, echo: str) -> None:
        self._page, self._film, self._echo = page, film, echo
        self._tablet = Tablet(page, url)
        self.lost = 0
        """Texts that were typed into the search and never answered."""
        self.lost_by_echo = 0
        """Texts that were typed into the bare field and never came back: what the browser and Flet lose without us."""
        self.unseen = 0
        """Scans whose code was not seen in the film, or whose profile never came."""

    def load(self) -> Loaded:
        """Load the app until its names can be tapped; the second time what may be kept is in the browser's cache."""
        sizes: list[float] = []
        session = self._page.context.new_cdp_session(self._page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        began = time.perf_counter()
        self._tablet.open()
        self._tablet.sees("スタッフを選んでください")
        seconds = time.perf_counter() - began
        session.detach()
        return Loaded(seconds, len(sizes), sum(sizes) / 1024)

    def scans(self, customers: int) -> list[float]:
        """Return the seconds from the first frame with the code to her profile, of each scan that was seen whole."""
        self._sign_in()
        times: list[float] = []
        for number in scanned(customers):
            camera.play(self._film, qr_png(code(number)), blank=BLANK, shown=SHOWN)
            self._tablet.home()
            self._page.evaluate(_WATCH, f"{known(number).name} 様")
            self._tablet.press("読み取り")
            with suppress(NeverCame):
                self._page.wait_for_function("window.painted !== null", timeout=20_000)
            shown, painted = self._page.evaluate("[window.shown, window.painted]")
            if shown is None or painted is None:
                self.unseen += 1
            else:
                times.append((painted - shown) / 1000)
        return times

    def searches(self, wanted: Sequence[tuple[str, str]]) -> tuple[Answered, Answered]:
        """Type each text; return the milliseconds until its words are there, and those of a bare field's echo."""
        self._tablet.customers()
        self._tablet.field("お名前・かな・電話・会員番号").click()
        ours: list[float] = []
        for text, first in wanted:
            self._clear()
            self._tablet.sees("どなたをお探しですか")
            self._tablet.frames()
            took = self._typed(text, first)
            self.lost += not took
            ours += took
        self._page.goto(self._echo)
        Tablet(self._page, self._echo).open()
        echo: list[float] = []
        for text, _ in wanted:
            self._page.mouse.click(300, 40)  # it loses the focus now and then
            self._clear()
            self._tablet.frames()
            took = self._typed(text, f"echo {text}")
            self.lost_by_echo += not took
            echo += took
        return Answered(ours), Answered(echo)

    def _clear(self) -> None:
        self._page.keyboard.press("Control+A")
        self._page.keyboard.press("Delete")

    def _typed(self, text: str, words: str) -> list[float]:
        """Type, and return the time, or nothing where the text was lost: that is counted, not measured."""
        self._page.evaluate("window.typed = performance.now()")
        self._page.keyboard.insert_text(text)
        found = self._page.evaluate(_HITS, words)
        return [] if found is None else [float(found)]

    def _sign_in(self) -> None:
        self._tablet.press(re.compile("^高橋"))
        self._tablet.enter_pin(PIN)
        self._tablet.sees("会員コードを読み取る")


@contextmanager
def opened(folder: Path, made: House) -> Iterator[Seen]:
    """Start a tablet's process that holds everything, an echo beside it, and a browser."""
    folder.mkdir(parents=True)
    film = folder / "camera.y4m"
    camera.show(film, None)
    port, echo, processes = free_port(), free_port(), Processes()
    settings = {
        "DATA": folder / "tablet", "KEY_FILE": folder / "key", "SERVER_URL": made.url, "PORT": port, "NEW_BROWSERS": "free",
        "ENROL_CODE": create_enrolment_code(made.engine, "bench", system_clock),
    }  # fmt: skip
    environment = dict(os.environ) | {f"CLIENTELING_{name}": str(value) for name, value in settings.items()}
    try:
        app = processes.start([sys.executable, "-m", "clienteling.cli", "tablet"], folder / "tablet.log", environment)
        bare = processes.start(
            [sys.executable, "-m", "tests.bench.tablet.echo", str(echo)], folder / "echo.log", os.environ
        )
        wait_for_port(port, app, folder / "tablet.log")
        wait_for_port(echo, bare, folder / "echo.log")
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS, *camera.flags(film)])
            context = chromium.new_context(
                viewport={"width": 1180, "height": 820}, locale="ja-JP", permissions=["camera"]
            )
            yield Seen(context.new_page(), f"http://127.0.0.1:{port}", film, f"http://127.0.0.1:{echo}")
            chromium.close()
    finally:
        processes.close()
