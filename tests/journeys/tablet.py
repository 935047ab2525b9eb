"""Drives the app as a member of staff does: by what the screen offers by name."""

import re
import time
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from clienteling.i18n import LANGUAGE_NAMES
from tests.journeys import camera
from tests.journeys.speech import Speech

PATIENCE = 30_000
"""Milliseconds that an expected thing may take to appear on a loaded machine; reached only when it never does."""

expect.set_options(timeout=PATIENCE)

_SAID = """
() => location.pathname + '\\n' + [...document.querySelectorAll('flt-semantics')]
  .map(one => [one.getAttribute('role'), one.getAttribute('aria-label') || (one.childElementCount ? '' : one.textContent)])
  .filter(([, words]) => words).map(([role, words]) => `${role || 'text'}: ${words}`).join('\\n')
"""


class Tablet:
    """One browser page that shows the app; in Japanese until told otherwise."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.words = Speech("ja")
        self.pin = ""
        """That of whoever signed in last."""
        page.set_default_timeout(PATIENCE)

    def open(self, path: str = "/") -> None:
        """Load the app and turn its accessibility tree on."""
        self.page.goto(self.url + path)
        self.words = Speech("ja")  # as the demo's tablet begins
        placeholder = self.page.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=60_000)
        placeholder.evaluate("element => element.click()")

    # -- what the screen says and offers

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """The first button of this name; a text is the whole name, a pattern may be a part of it."""
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str)).first

    def press(self, name: str | re.Pattern[str]) -> None:
        self.button(name).click()

    def confirm_whom(self) -> None:
        """Tick that it is she who is meant, where others have the same name."""
        box = self.page.get_by_role("checkbox", name=self.words("It is this customer that I write to"))
        if box.count():
            box.click()

    def press_in_list(self, name: str | re.Pattern[str]) -> None:
        """Press what a list holds, showing more of it for as long as it is not there."""
        wanted, more = self.button(name), self.button(self.words.like("Show more ({n} left)"))
        expect(wanted.or_(more).first).to_be_visible()
        while not wanted.is_visible():
            left = more.get_attribute("aria-label") or more.inner_text()
            more.click()
            expect(wanted.or_(more.filter(has_not_text=left)).first).to_be_visible()
        wanted.click()

    def text(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_text(words).or_(self.page.get_by_label(words)).first

    def sees(self, *words: str | re.Pattern[str], timeout: float = PATIENCE) -> None:
        """Wait until all of these words are on the screen, as text or as the name of something."""
        for one in words:
            expect(self.text(one)).to_be_attached(timeout=timeout)

    def sees_no(self, *words: str | re.Pattern[str]) -> None:
        """Wait until none of these words is on the screen any more."""
        for one in words:
            expect(self.page.get_by_text(one).or_(self.page.get_by_label(one))).to_have_count(0)

    def sees_state(self, *states: str) -> None:
        """Wait until the state of sync is said to be one of these sentences."""
        _ = self.words
        named = "|".join(_.within(one).pattern for one in states)
        self.sees(re.compile("^" + _("State of sync: {state}", state=f"({named})")))

    def sees_in_step(self) -> None:
        """Wait until nothing waits any more, and the server has had everything."""
        self.sees_state("Synced {at:time}", "{n} to look at")

    def count(self, words: str | re.Pattern[str]) -> Locator:
        """Everything that says these words, to be counted."""
        return self.page.get_by_text(words)

    def field(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=isinstance(name, str)).first

    def reads(self, name: str) -> str:
        """Return what a phone's camera reads from a code on the screen, which has this name."""
        expect(self.page.get_by_role("img", name=name)).to_be_visible()
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:  # its picture may be drawn later than its name
            self.frames()
            if found := zxingcpp.read_barcodes(Image.open(BytesIO(self.page.screenshot()))):
                return found[0].text
        raise AssertionError(f"no camera can read {name}")

    # -- hands

    def write(self, name: str | re.Pattern[str], words: str, *, at_end: bool = False) -> None:
        """Put words into a field: over what is there, or behind it."""
        self.field(name).click()
        self.frames()
        self.page.keyboard.press("Control+End" if at_end else "Control+A")
        self.page.keyboard.insert_text(words)

    def value(self, name: str | re.Pattern[str], *, without: str | re.Pattern[str] = "") -> str:
        """What stands in a field, once it is no longer `without`; Flutter says it to the browser once the field has been tapped."""
        field = self.field(name)
        field.click()
        self.frames()
        expect(field).not_to_have_value(without)
        return field.input_value()

    def frames(self) -> None:
        """Let Flutter draw a few frames: what is typed right after a tap would not reach the field that was tapped."""
        self.page.wait_for_function(  # `evaluate` would wait for ever for a page that hangs
            "async () => { for (let n = 0; n < 5; n++) await new Promise(requestAnimationFrame); return true }"
        )

    def wedge(self, code: str) -> None:
        """Scan with a keyboard-wedge scanner: the keys, then Enter."""
        self.page.keyboard.type(code, delay=6)
        self.page.keyboard.press("Enter")

    def scan(self, film: Path, picture: bytes | None) -> None:
        """Hold a picture before the camera, and open the scan screen from wherever we are."""
        camera.show(film, picture)
        if "/scan" in self.page.url:  # Chromium reads the film anew when the camera starts
            self.home()
        self.press(self.words("Scan"))

    # -- ways through the app

    def sign_in(self, name: str) -> None:
        """Sign in under a work name, as it is in Japanese, with the PIN that the demo shows; whoever is signed in already
        begins at home."""
        _ = self.words
        mine = self.button(_("{name}: your settings", name=_.who(name)))
        expect(mine.or_(self.someone).or_(self.button(_.like("{name}: your settings"))).first).to_be_visible()
        if mine.is_visible():
            self.home()
            return
        self.sign_out()
        self.press(re.compile(rf"^{re.escape(_.who(name))} ({_.roles})"))
        shown = self.page.get_by_text(_.like("Demo: the PIN is {pin}")).first.inner_text()
        self.pin = shown.split()[-1]
        self.enter_pin(self.pin)
        expect(self.button(_("Today"))).to_be_visible()

    def speak(self, language: str) -> None:
        """Have the app speak another language from now on, while nobody is signed in."""
        if language != self.words.language:
            self.press(LANGUAGE_NAMES[language])
            self.words = Speech(language)
            expect(self.someone).to_be_visible()

    def enter_pin(self, pin: str) -> None:
        self.field(self.words("PIN")).click()
        self.frames()
        self.page.keyboard.type(pin)
        self.page.keyboard.press("Enter")

    def sign_out(self) -> None:
        """Leave, if anybody is signed in."""
        leave = self.button(self.words.like("{name}: your settings"))
        expect(leave.or_(self.someone).first).to_be_visible()
        if leave.is_visible():
            leave.click()
            self.press(self.words("Sign out"))
            expect(self.someone).to_be_visible()

    @property
    def someone(self) -> Locator:
        """Somebody who can sign in."""
        return self.page.get_by_role("button", name=re.compile(f"({self.words.roles})")).first

    def settle(self, language: str) -> None:
        """Be where a journey begins: at the names, or at home where somebody of the language is signed in still."""
        if language != self.words.language:
            self.sign_out()
        signed_in = self.button(self.words.like("{name}: your settings"))
        expect(signed_in.or_(self.someone).first).to_be_visible()
        if signed_in.is_visible():
            self.home()
        self.speak(language)

    def home(self) -> None:
        """Go to the first screen, and wait until it is drawn whole."""
        self.press(self.words("Today"))
        expect(self.button(self.words("Scan a member code"))).to_be_visible()
        self.sees(self.words.like("Today's follow-ups"))

    def customers(self) -> None:
        """Go to where customers are looked for, and wait until it is there: the first screen has a field of the same name."""
        self.press(self.words("Customers"))
        self.sees(self.words.within("Who are you looking for?"))

    def open_member(self, member_number: str, name: str) -> None:
        """Open a profile by the whole member number, typed into the search field of the first screen."""
        self.home()
        self.write(self.words("Name, phone, member no."), member_number)
        self.page.keyboard.press("Enter")
        self.at_profile(name)

    def at_profile(self, name: str) -> None:
        """Wait until her profile is open."""
        expect(self.page.get_by_role("heading", name=self.words.honour(name))).to_be_attached()
        expect(self.button(self.words("Note this meeting"))).to_be_visible()

    def open_visit(self, name: str) -> None:
        """Go from her profile to her visit, whose tray is empty, and wait until it is there: both offer to note the meeting."""
        self.press(self.words.like("Visit: {n} on the tray", n="0"))
        self.sees(self.words("Visit of {name}", name=self.words.honour(name)))

    def said(self) -> str:
        """Everything that the screen says now, for whoever reads why a journey failed."""
        return str(self.page.wait_for_function(_SAID).json_value())


__all__ = ["PATIENCE", "Tablet"]
