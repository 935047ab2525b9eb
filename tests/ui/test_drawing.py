"""What makes Flet's drawing cheaper finds what Flet itself would find."""

import asyncio
from collections.abc import Callable
from typing import Any

import flet as ft
import pytest
from flet.components.component import Renderer
from flet.controls.base_control import BaseControl
from flet.controls.object_patch import DiffBuilder
from flet.messaging.protocol import Message, MessageAction, PatchControlBody

from clienteling.ui import drawing
from clienteling.ui.gallery.sample import words
from clienteling.ui.gallery.shown import SHOWN, Shown
from tests.ui.harness import opened, walk


def _found(way: Callable[..., Any], made: ft.Control, *, frozen: bool) -> list[tuple[str, str, bool]]:
    """Return what a way finds in a new part: each control's kind, that of its parent, and whether it is frozen."""
    holder, builder = ft.Column(), DiffBuilder(None, made, control_cls=BaseControl)
    found = [*way(builder, made, holder, frozen)]
    return [(one._c, one.parent._c, hasattr(one, "_frozen")) for one in found]


@pytest.mark.parametrize("shown", [one for one in SHOWN if not one.name[0].isupper()], ids=lambda one: one.name)
@pytest.mark.parametrize("frozen", [True, False], ids=["drawn", "made by hand"])
def test_a_new_part_is_prepared_as_flet_would(shown: Shown, frozen: bool) -> None:
    """The same controls, under the same parents, frozen or not: none is left without a page, and none without its id."""
    renderer: Any = Renderer
    with renderer().with_context():
        ours, theirs = (
            [_found(way, control, frozen=frozen) for _, control in shown.states(words("ja"))]
            for way in (drawing.by_set_fields, drawing.by_all_fields)
        )
    assert [sorted(each) for each in ours] == [sorted(each) for each in theirs]
    assert any(ours)


@pytest.mark.parametrize("route", ["/", "/search?q=1", "/queue", "/customers/cust-1", "/products", "/register"])
def test_whatever_stands_on_a_screen_can_be_tapped(route: str) -> None:
    """Flet's own way through all fields meets no control that the session has not been told of, or that has no page."""

    async def run() -> None:
        async with opened() as screen:
            await screen.sign_in()
            await screen.go(route)
            await asyncio.sleep(0)
            await screen.until(lambda: len(screen.controls) > 40, "a screen")
            lost = [
                one
                for one in walk(screen.session.page.views)
                if screen.session.index.get(one._i) is not one or one.page is not screen.session.page
            ]
            assert not lost

    asyncio.run(run())


def test_a_message_is_not_written_out() -> None:
    """Flet puts each message into a line of its log as text, whether anybody keeps it or not: names have no place there."""
    message = Message(MessageAction.PATCH_CONTROL, PatchControlBody(1, [ft.Text("佐々木 様")]))
    assert "佐々木" not in f"{message}"
