"""The phone's page in a browser."""

import contextlib
import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import FLAGS, obtain
from tests.integration.sandbox.conftest import Served
from tests.unit.sandbox.outside import greeting

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=list(FLAGS))
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
        made = context.new_page()
        errors: list[str] = []
        made.on("pageerror", lambda error: errors.append(str(error)))
        made.goto(f"{served.config.world_url}/phone/100001")
        yield made
        browser.close()
        assert errors == []


def push(served: Served, text: str) -> None:
    headers = {"Authorization": f"Bearer {served.config.line_channel_token}"}
    served.http.post("/line/v2/bot/message/push", json=greeting(text), headers=headers).raise_for_status()


def test_code_on_the_screen_is_the_one_of_the_moment(served: Served, page: Page) -> None:
    """What a camera would see on the page reads as a code the phone holds then; its text stands below it."""
    text = page.locator("#code")
    for _ in range(3):  # again when the 15 seconds end in between
        held, picture = served.http.get("/phone/100001/code.txt").text, b""
        with contextlib.suppress(AssertionError):
            expect(text).to_have_text(held, timeout=3_000)
            picture = page.screenshot()
        if text.inner_text() == held:
            break
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    assert found.text == held


def test_code_changes_by_itself(served: Served, page: Page) -> None:
    """Once its 15 seconds are over, the page shows the next code without being touched."""
    text = page.locator("#code")
    expect(text).not_to_be_empty()
    before = text.inner_text()
    served.http.post("/demo/clock", json={"offset_seconds": 3600}).raise_for_status()
    expect(text).not_to_have_text(before)


def test_messages_arrive_while_typing(served: Served, page: Page) -> None:
    """A message that comes in shows by itself, with its link, and what is being typed stays."""
    page.locator("#tab-line").click()
    box = page.locator("#view-line textarea")
    box.fill("金曜に伺い")
    push(served, "新作です https://kazami.example/n")
    expect(page.locator("#list-line .bubble")).to_contain_text("新作です")
    assert page.locator("#list-line a").get_attribute("href") == "https://kazami.example/n"
    assert box.input_value() == "金曜に伺い"
    box.fill("金曜に伺います")
    page.locator("#view-line button", has_text="送信").click()
    expect(page.locator("#list-line .bubble.mine")).to_contain_text("金曜に伺います")
    assert box.input_value() == ""


def test_words_are_shown_as_words(served: Served, page: Page) -> None:
    """Markup in a message is text, not part of the page."""
    push(served, "<img src=x onerror=document.title='broken'><b>太字</b>")
    page.locator("#tab-line").click()
    expect(page.locator("#list-line .words")).to_have_text("<img src=x onerror=document.title='broken'><b>太字</b>")
    assert page.title() == "佐々木 みどり"


def test_unread_count_goes_when_read(served: Served, page: Page) -> None:
    """A tab shows how many unread messages it has until it is opened."""
    push(served, "ひとつ")
    push(served, "ふたつ")
    expect(page.locator("#badge-line")).to_have_text("2")
    page.locator("#tab-line").click()
    expect(page.locator("#badge-line")).to_be_hidden()


def test_blocking_says_so(served: Served, page: Page) -> None:
    """Blocked, the page says that nothing arrives any more, and writing is refused with the reason."""
    page.locator("#tab-line").click()
    page.locator("#block").click()
    expect(page.locator("#blocked")).to_be_visible()
    page.locator("#view-line textarea").fill("もしもし")
    page.locator("#view-line button", has_text="送信").click()
    expect(page.locator("#alarm")).to_contain_text("できませんでした")
    assert page.locator("#view-line textarea").input_value() == "もしもし"
    page.locator("#block").click()
    expect(page.locator("#blocked")).to_be_hidden()


def test_control_page_cuts_and_joins(served: Served, page: Page) -> None:
    """The big button cuts the network, says so, and joins it again."""
    page.goto(served.config.world_url)
    state, button = page.locator("#network-state"), page.locator("#network")
    expect(state).to_have_text("つながっています")
    button.click()
    expect(state).to_have_text("切れています")
    assert served.http.get("/demo/network").json()["up"] is False
    button.click()
    expect(state).to_have_text("つながっています")
