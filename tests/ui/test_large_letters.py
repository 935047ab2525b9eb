"""Letters of twice the size (WCAG 2.2, 1.4.4), laid out by a real browser: nothing runs over, is cut, or breaks within a word.

Here each screen in one of the ways to hold a tablet; `make letters` takes every screen in every way.
"""

import os

import flet as ft
import pytest

from clienteling.theme import C
from tests.ui.fake import FakeDevice
from tests.ui.fits import Fits
from tests.ui.harness import Screen, drive
from tests.ui.laid_out import Laid, laid_out
from tests.ui.sample import MINORU, MISAKI, SASAKI
from tests.ui.test_accessible import ADDRESSES

SCALE = 2.0
WAYS = [
    (MISAKI, "en", (412, 915)),
    (MINORU, "ja", (1180, 820)),
    (MINORU, "en", (820, 1180)),
    (MISAKI, "ja", (412, 915)),
    (MINORU, "en", (1180, 820)),
    (MISAKI, "ja", (820, 1180)),
]
EVERY = os.environ.get("LETTERS") == "all"


def wrong(laid: Laid, address: str, staff_id: str | None, language: str, size: tuple[int, int]) -> list[str]:
    controls = laid.go(address, staff_id=staff_id, language=language, size=size)
    assert sum(isinstance(one, ft.Text) and one._i in laid.ruler.sizes for one in controls) > 2, "measured"
    return Fits(controls, laid.ruler.sizes, SCALE).wrong()


@pytest.mark.browser
def test_every_screen_holds_letters_of_twice_the_size() -> None:
    """In Japanese and English, upright, lying and on a handheld; and the names one signs in by."""
    found = {}
    with laid_out(FakeDevice(), scale=SCALE) as laid:
        for turn, way in enumerate(
            WAYS
        ):  # way by way: each screen is drawn anew, and no size is that of other words before
            for address in ADDRESSES if EVERY else ADDRESSES[turn :: len(WAYS)]:
                if said := wrong(laid, address, *way):
                    found[address, *way[1:]] = said
        for _, language, size in WAYS if EVERY else WAYS[:2]:
            if said := wrong(laid, "/", None, language, size):
                found["sign-in", language, size] = said
    assert found == {}


@pytest.mark.browser
def test_what_stands_above_an_unverified_profile_fits_a_handheld() -> None:
    """What a member card's bars opened asks for an answer first: both answers are whole, in either language."""
    with laid_out(FakeDevice(), scale=1.0) as laid:
        laid.steer(lambda: setattr(laid.tablet.session, "unverified", SASAKI))
        for language in ("ja", "en"):
            controls = laid.go(f"/customers/{SASAKI}", staff_id=MISAKI, language=language, size=(412, 915))
            assert any(isinstance(one, ft.Container) and one.bgcolor == C.CAUTION_SOFT for one in controls)
            assert Fits(controls, laid.ruler.sizes, 1.0).wrong() == []


def test_the_measure_finds_what_it_looks_for() -> None:
    """A row that needs more than it has, a word that breaks, a line cut off, a hint and a label longer than their field are
    found."""
    words = ft.Text("Appointments", style=ft.TextStyle(size=12, height=1.5))
    line = ft.Text("seven words that need two whole lines", max_lines=1, style=ft.TextStyle(size=12, height=1.5))
    row, field = (
        ft.Row([words, line], spacing=8),
        ft.TextField(hint_text="Name or number", text_style=ft.TextStyle(size=16)),
    )
    named = ft.TextField(label="Name, phone, member no.", text_style=ft.TextStyle(size=16))
    sizes = {
        row._i: (200.0, 40.0),
        named._i: (400.0, 60.0),
        words._i: (90.0, 80.0),
        line._i: (300.0, 36.0),
        field._i: (160.0, 60.0),
    }
    said = Fits([row, words, line, field, named], sizes, SCALE).wrong()
    assert [one.split(":")[0] for one in said] == ["overflow", "squeezed", "cut", "cut", "cut"]
    sizes = {
        row._i: (900.0, 40.0),
        named._i: (700.0, 60.0),
        words._i: (190.0, 40.0),
        line._i: (600.0, 36.0),
        field._i: (500.0, 60.0),
    }
    assert Fits([row, words, line, field, named], sizes, SCALE).wrong() == []


def test_large_letters_get_the_layout_of_a_smaller_screen() -> None:
    """A tablet that lies has room for two columns; at twice the size it is a handheld, with the places along its foot."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")
        line = next(one for one in screen.session.page.overlay if isinstance(one, ft.Semantics)).content
        assert line is not None
        await screen.session.dispatch_event(line._i, "size_change", {"w": 60, "h": 80})
        session = screen.tablet.session
        assert (session.letters, session.width, session.pixels) == (2.0, 590, 1180)
        await screen.until(lambda: screen.find("読み取り", "tap"), "the bar")
        await screen.session.dispatch_event(screen.session.page._i, "resize", {"width": 820, "height": 1180})
        assert (session.width, session.pixels) == (410, 820)

    drive(steps)
