"""The foot of a form: after its fields, in sight without scrolling, and over none of them."""

import flet as ft
import pytest
from flet.controls.base_control import BaseControl

from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive, walk
from tests.ui.keys import here, press, semantics
from tests.ui.laid_out import laid_out
from tests.ui.sample import MISAKI, SASAKI

FORMS = {
    f"/customers/{SASAKI}/note": "Save the note",
    f"/customers/{SASAKI}/slip": "Save the slip",
    f"/customers/{SASAKI}/message": "Send",
    "/register": "Register",
}
STACKED = [(820, 1180), (412, 915)]


def scrolls_with_the_form(screen: Screen, words: str) -> bool:
    found = screen.find(words, "click")
    scrolling = [one for one in screen.controls if isinstance(one, ft.Column) and one.scroll is not None]
    assert found is not None
    assert scrolling
    return any(one is found for column in scrolling for one in walk(column))


@pytest.mark.parametrize("size", [(1180, 820), *STACKED])
@pytest.mark.parametrize("address", [one for one in FORMS if not one.endswith("message")])
def test_save_comes_after_the_last_field(address: str, size: tuple[int, int]) -> None:
    """However the tablet is held, whoever goes through a form by Tab or with the thumb meets everything there is to fill in before
    the button that saves it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(address)
        await screen.until(lambda: screen.find(FORMS[address], "click"))
        order, found = screen.controls, screen.find(FORMS[address], "click")
        assert found is not None
        save = order.index(found)
        fields = [at for at, one in enumerate(order) if isinstance(one, ft.TextField)]
        assert len(fields) > 1
        assert save > max(fields)

    drive(steps, language="en", size=size)


@pytest.mark.parametrize("size", STACKED)
@pytest.mark.parametrize("address", FORMS)
def test_what_a_long_form_is_for_is_in_sight_without_scrolling(address: str, size: tuple[int, int]) -> None:
    """In portrait and on a handheld the button stands below what scrolls; there is one of it."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(address)
        await screen.until(lambda: screen.find(FORMS[address], "click"))
        assert not scrolls_with_the_form(screen, FORMS[address])
        named = [one for one in screen.controls if isinstance(one, ft.TextButton) and one.content == FORMS[address]]
        assert len(named) == 1

    drive(steps, language="en", size=size)


def test_a_low_window_is_all_form() -> None:
    """A handheld on its side, with larger letters, would have no room left for a field above a foot that stays."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.until(lambda: screen.find("Save the note", "click"))
        assert scrolls_with_the_form(screen, "Save the note")

    drive(steps, language="en", size=(915, 380))


def test_what_is_missing_is_said_at_the_foot() -> None:
    """Why nothing was saved stands beside the button that was pressed, wherever the form was scrolled to."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/note")
        await screen.until(lambda: screen.find("Save the note", "click"))
        await screen.tap("Save the note")
        await screen.sees("A tag, a feeling or a few words are needed")
        said = next(one for one in screen.controls if _says(one, "A tag, a feeling or a few words are needed"))
        scrolling = [one for one in screen.controls if isinstance(one, ft.Column) and one.scroll is not None]
        assert not any(one is said for column in scrolling for one in walk(column))

    drive(steps, language="en", size=(412, 915))


def _says(one: BaseControl, words: str) -> bool:
    return isinstance(one, ft.Text) and one.value == words


@pytest.mark.browser
def test_the_foot_covers_nothing_that_has_the_focus() -> None:
    """By Tab through the note on a handheld: each stop before the button lies above it, scrolled there where it has to be."""
    with laid_out(FakeDevice(), scale=1.0) as laid:
        semantics(laid)
        laid.go(f"/customers/{SASAKI}/note", staff_id=MISAKI, language="en", size=(412, 915))
        stops = []
        for _ in range(60):
            press(laid, "Tab", 6)
            stop = here(laid)
            assert stop is not None
            stops.append(stop)
            if stop.name == "Save the note":
                break
        *fields, save = stops
        assert len(fields) > 20
        assert [one.name for one in fields if one.at[1] + one.at[3] > save.at[1] + 1] == []
