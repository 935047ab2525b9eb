"""The page's own order of Tab, in a real browser that nobody has told to speak: as somebody finds it who has just put a hand to a keyboard."""

from collections.abc import Iterator

import flet as ft
import pytest

from tests.ui.fake import FakeDevice
from tests.ui.keys import here, picture, press, unmarked
from tests.ui.laid_out import Laid, laid_out
from tests.ui.sample import MISAKI

HANDHELD = (412, 915)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def laid() -> Iterator[Laid]:
    with laid_out(FakeDevice(), scale=1.0) as made:
        yield made


def typed(laid: Laid) -> dict[str, str]:
    return {str(one.label): str(one.value) for one in laid.controls() if isinstance(one, ft.TextField) and one.value}


def steps(laid: Laid, key: str) -> list[str]:
    """Press a key until the focus comes round, and return the names on the way; of a field, whose name is in the tree only,
    which kind of thing it is."""
    names: list[str] = []
    for _ in range(40):
        press(laid, key, 6)
        stop = here(laid)
        names.append((stop.name or stop.tag) if stop else "")
        if len(names) > 1 and names[-1] == names[0]:
            return names[:-1]
    raise AssertionError(f"never comes round: {names}")


def test_a_form_is_filled_in_from_the_first_key_on(laid: Laid) -> None:
    """Tab leads from the field that waits for typing to the next, also the first time, when it turns the accessibility tree on;
    what is typed on the way is kept."""
    laid.go("/register", staff_id=MISAKI, language="en", size=HANDHELD)
    assert laid.page.locator("flt-semantics").count() == 0
    for words in ("Sato", "Hanako", "サトウ", "ハナコ"):
        laid.page.keyboard.insert_text(words)
        laid.frames(8)
        press(laid, "Tab", 12)
    laid.page.keyboard.insert_text("0901")
    laid.frames(20)
    assert laid.page.locator("flt-semantics").count() > 10
    assert list(typed(laid).values()) == ["Sato", "Hanako", "サトウ", "ハナコ", "0901"]


def test_the_bar_comes_after_the_end_of_the_screen_and_not_at_the_fold(laid: Laid) -> None:
    """On a handheld the form is longer than the screen is high: its foot comes before the bar, whole and in sight; back the same
    way; and round again."""
    laid.go("/register", staff_id=MISAKI, language="en", size=HANDHELD)
    while (stop := here(laid)) is None or stop.name != "Register":
        press(laid, "Tab", 6)
    assert stop.at[1] + stop.at[3] < 852
    forth, back = steps(laid, "Tab"), steps(laid, "Shift+Tab")
    assert forth[0] == "Today"
    assert forth[-1] == "Register"
    assert len(forth) == 20
    assert forth.count("INPUT") == 6
    assert back == forth[::-1]
    while (stop := here(laid)) is None or stop.role != "checkbox":
        press(laid, "Tab", 6)
    assert stop.at[3] == 48


def test_a_scanners_tab_is_no_step(laid: Laid) -> None:
    """Some scanners end a code with Tab: so soon after a letter it is left to whoever listens for codes."""
    laid.go("/register", staff_id=MISAKI, language="en", size=HANDHELD)
    press(laid, "Tab", 6)
    heard = laid.page.evaluate(
        """() => {
          const heard = [], note = event => heard.push(event.key), target = document.activeElement;
          const key = (name, at) => {
            const event = new KeyboardEvent('keydown', {key: name, bubbles: true, cancelable: true});
            Object.defineProperty(event, 'timeStamp', {value: at});
            target.dispatchEvent(event);
          };
          document.body.addEventListener('keydown', note);
          key('7', 1000), key('Tab', 1005), key('7', 2000), key('Tab', 2500);
          document.body.removeEventListener('keydown', note);
          return heard;
        }"""
    )
    assert heard == ["7", "Tab", "7"]


def test_what_wears_no_mark_is_found(laid: Laid) -> None:
    """The picture changes around what has got the focus; of two pictures of the same mark it would be said."""
    laid.go("/register", staff_id=MISAKI, language="en", size=HANDHELD)
    while (before := here(laid)) is None or before.name != "Today":
        press(laid, "Tab", 6)
    bare = picture(laid)
    press(laid, "Tab")
    assert unmarked(laid, bare, before) == []
    laid.frames(20)
    assert unmarked(laid, picture(laid), before) == ["Customers"]
