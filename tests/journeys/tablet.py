"""Drives the app as a member of staff does: by what the screen offers by name."""

import re

from playwright.sync_api import Locator, Page, expect

PATIENCE = 20_000
"""Milliseconds that an expected thing may take to appear on a loaded machine; reached only when it never does."""


class Tablet:
    """One browser page that shows the app."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(PATIENCE)

    def open(self, path: str = "/") -> None:
        """Load the app and turn its accessibility tree on."""
        self.page.goto(self.url + path)
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=60_000)
        placeholder.evaluate("element => element.click()")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name).first

    def press(self, name: str | re.Pattern[str]) -> None:
        self.button(name).click()

    def text(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_text(words).first

    def sees(self, words: str | re.Pattern[str], *, timeout: float = PATIENCE) -> None:
        """Wait until the words are on the screen, as text or as the name of something."""
        found = self.page.get_by_text(words).or_(self.page.get_by_label(words)).first
        expect(found).to_be_attached(timeout=timeout)

    def field(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("textbox", name=name).first

    def wedge(self, code: str) -> None:
        """Scan with a keyboard-wedge scanner: the keys, then Enter."""
        self.page.keyboard.type(code, delay=5)
        self.page.keyboard.press("Enter")
