"""Keys alone: whatever takes a tap takes the focus too, and says one name."""

import flet as ft
import pytest

from clienteling.palette import DARK, LIGHT, SEEN, Palette, contrast
from clienteling.ui.parts import text
from clienteling.ui.parts.base import FOCUSED, tappable
from tests.ui.harness import Screen, drive, walk
from tests.ui.sample import MINORU
from tests.ui.test_accessible import ADDRESSES, settled


def test_what_takes_a_tap_is_one_thing_for_finger_key_and_ear() -> None:
    """The name, the ink that takes the focus, and the tap are merged into one node; what is inside stays silent, so that
    nothing is said twice and no tab stop is without a name."""
    made = tappable(text("佐々木 様"), "佐々木 様を開く", print, selected=True)
    assert isinstance(made, ft.MergeSemantics)
    named, *_rest = [one for one in walk(made.content) if isinstance(one, ft.Semantics)]
    assert (named.label, named.button, named.selected, named.exclude_semantics) == (
        "佐々木 様を開く",
        True,
        True,
        False,
    )
    ink = named.content
    assert isinstance(ink, ft.Container)
    assert ink.ink
    assert ink.on_click is named.on_tap
    inside = ink.content
    assert isinstance(inside, ft.Semantics)
    assert inside.exclude_semantics


@pytest.mark.parametrize("address", ADDRESSES)
def test_whatever_is_tapped_takes_the_focus_and_wears_its_mark(address: str) -> None:
    """A place without ink would take a tap and no key; a button without its ring, or a field without its line, would not say
    that the keyboard is there."""

    async def steps(screen: Screen) -> None:
        controls = await settled(screen, MINORU, address)
        beside = {id(one.content) for one in controls if isinstance(one, ft.Semantics) and one.exclude_semantics}
        tapped = [  # but not words beside a box, which takes the focus itself
            one for one in controls if isinstance(one, ft.Container) and one.on_click and id(one) not in beside
        ]
        assert [one for one in tapped if not one.ink] == []
        buttons = [one for one in controls if isinstance(one, ft.TextButton)]
        styles = [one.style for one in buttons if isinstance(one.style, ft.ButtonStyle)]
        assert len(styles) == len(buttons)
        assert all(isinstance(one.side, dict) and one.side[ft.ControlState.FOCUSED] == FOCUSED for one in styles)
        fields = [one for one in controls if isinstance(one, ft.TextField)]
        assert all(isinstance(one.border, dict) and ft.ControlState.FOCUSED in one.border for one in fields)
        assert tapped or buttons

    drive(steps)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ring_stands_out_from_what_a_button_stands_on(palette: Palette) -> None:
    """It lies around the button, so the button's own ground does not matter."""
    assert FOCUSED.stroke_align == ft.BorderSideStrokeAlign.OUTSIDE
    grounds = (
        palette.paper,
        palette.surface,
        palette.sunken,
        palette.caution_soft,
        palette.good_soft,
        palette.error_soft,
    )
    assert min(contrast(palette.accent, one) for one in grounds) >= SEEN
