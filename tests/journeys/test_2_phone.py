"""The customer's phone: a code that changes, and her inboxes."""

from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from sync.policy.membership import STEP_SECONDS, parse_code
from sync.sandbox.pages.words import WORDS
from tests.journeys.demo import Demo

LANGUAGE = "en"


def read(picture: bytes) -> str:
    return zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text


def agreed(page: Page, demo: Demo, member: str) -> str:
    """Return the code that page, text and picture show alike: a time step may end between two of the three."""
    for _ in range(20):
        shown = page.locator("#code").inner_text()
        if shown and shown == demo.code(member) == read(demo.code_png(member)):
            return shown
        page.wait_for_timeout(250)
    raise AssertionError("page, text and picture never show the same code")


def test_the_code_changes_with_the_time_step_and_the_picture_says_the_same(page: Page, demo: Demo) -> None:
    """The page shows a QR code whose text is `code.txt`; one time step later both show the next code of the same app."""
    member = demo.person("returning")["member_number"]
    page.goto(f"{demo.world}/phone/{member}")
    first = agreed(page, demo, member)
    demo.later(STEP_SECONDS)
    expect(page.locator("#code")).not_to_have_text(first)
    second = agreed(page, demo, member)
    one, two = parse_code(first), parse_code(second)
    assert (two.app_id, two.retailer) == (one.app_id, one.retailer)
    assert two.step > one.step
    assert two.digest != one.digest


def test_the_phone_has_an_inbox_for_each_way_to_reach_her(page: Page, demo: Demo, language: str) -> None:
    """LINE, SMS and mail stand on the page, each with its own inbox; the list names what is special about a customer."""
    person = demo.person("returning")
    page.goto(f"{demo.world}/phone?lang={language}")
    expect(page.get_by_text(person["special"][language])).to_be_visible()
    page.get_by_role("link", name=person["name"]).first.click()
    for tab, view in (("LINE", "line"), ("SMS", "sms"), (WORDS[language]["mail"], "email")):
        page.get_by_role("tab", name=tab).click()
        expect(page.locator(f"#list-{view}")).to_be_visible()
