"""Keys alone: whatever takes a tap takes the focus too, and says one name."""

import flet as ft

from clienteling.ui.parts import text
from clienteling.ui.parts.base import tappable
from tests.ui.harness import walk


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
