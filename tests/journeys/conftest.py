"""One demo and one browser for all journeys; each journey gets a fresh page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import FLAGS, obtain
from tests.journeys import camera
from tests.journeys.demo import Demo, start
from tests.journeys.tablet import Tablet


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = start(tmp_path_factory.mktemp("demo"))
    yield running
    assert running.stop() == 0, "Ctrl-C ends the demo cleanly"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("camera") / "camera.y4m"
    camera.show(path, None)
    return path


@pytest.fixture(scope="session")
def chromium(film: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS, *camera.flags(film)])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1180, "height": 820}, locale="ja-JP", permissions=["camera"])
    yield made
    made.close()


@pytest.fixture
def tablet(context: BrowserContext, demo: Demo) -> Tablet:
    made = Tablet(context.new_page(), demo.tablet)
    made.open()
    return made
