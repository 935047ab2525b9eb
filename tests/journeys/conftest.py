"""One demo, one browser and one tablet on the counter for all journeys of a process, which follow each other as in a shop.
With `-n 2 --dist loadfile` there are two such shops side by side, each with files of journeys in their order: a journey mostly waits.

`JOURNEY_DEMO=folder` uses a demo that already runs there (`clienteling demo --data folder`) instead of starting one.
"""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as NeverThere

from sync.client import Client
from sync.clock import OffsetFileClock
from sync.sandbox.config import Folders
from sync.settings import TabletSettings
from tests.browser import FLAGS, obtain
from tests.journeys import camera
from tests.journeys.demo import Demo, running, start
from tests.journeys.tablet import Tablet


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Beside a journey's failure stands what the tablet said then, and its picture lies under `build/journeys`: the next journey
    leads it elsewhere."""
    report = yield
    tablet = getattr(item, "funcargs", {}).get("tablet")
    if report.failed and call.when == "call" and isinstance(tablet, Tablet):
        with suppress(PlaywrightError):  # the page itself may be what failed
            report.sections.append(("On the tablet then", tablet.said()))
            tablet.page.screenshot(path=Path("build/journeys") / f"{item.name}.png")
    return report


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    if there := os.environ.get("JOURNEY_DEMO"):
        yield running(Path(there))
        return
    started = start(tmp_path_factory.mktemp("demo"))
    yield started
    assert started.stop() == 0, "Ctrl-C ends the demo cleanly"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "camera.y4m"
    camera.show(path, None)
    return path


@pytest.fixture(autouse=True)
def empty_counter(film: Path) -> None:
    """No code of the journey before lies in front of the camera, to be read beside the one that a scanner types."""
    camera.show(film, None)


@pytest.fixture(scope="session")
def chromium(film: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS, *camera.flags(film)])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1180, "height": 820}, locale="ja-JP", permissions=["camera"])
    yield made
    made.close()


@pytest.fixture(scope="session")
def counter(context: BrowserContext, demo: Demo) -> Tablet:
    """The tablet on the shop's counter, loaded once."""
    made = Tablet(context.new_page(), demo.tablet)
    made.open()
    return made


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    """In which the journey runs (`tests.journeys.speech`)."""
    return str(os.environ.get("JOURNEY_LANGUAGE") or request.module.LANGUAGE)


@pytest.fixture
def tablet(counter: Tablet, demo: Demo, language: str) -> Iterator[Tablet]:
    """The counter's tablet with the network up and the journey's language spoken. Whoever is signed in stays so, and is asked
    for no PIN by a journey of her own; after a journey that failed the app is loaded anew."""
    try:
        counter.settle(language)
    except (AssertionError, NeverThere):
        counter.open()
        counter.sign_out()
        counter.speak(language)
    yield counter
    demo.network(up=True)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """Another page: a customer's phone, or what a link opens."""
    made = context.new_page()
    yield made
    made.close()


@pytest.fixture(scope="session")
def other_device(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A second tablet of the shop, enrolled with a one-time code: the real client, without a screen."""
    folder = tmp_path_factory.mktemp("other")
    settings = TabletSettings(
        data=folder / "data", server_url=demo.server, key_file=folder / "device.key", device_name="other"
    )
    device = Client(settings, OffsetFileClock(Folders(demo.data).clock))
    device.open()
    device.enrol(demo.enrolment_code("ginza"))
    until = time.monotonic() + 60
    while not (report := device.sync_once()).rows and report.again_soon and time.monotonic() < until:
        time.sleep(0.5)  # the server prepares the shop's data
    assert report.error is None
    assert report.rows > 0
    yield device
    device.close()
