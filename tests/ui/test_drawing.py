"""What makes Flet's drawing cheaper finds what Flet itself would find."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft
import msgpack  # type: ignore[import-untyped]
import pytest
from flet.components.component import Renderer
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.controls.object_patch import DiffBuilder
from flet.messaging.protocol import Message, MessageAction, PatchControlBody
from flet.messaging.session import Session as FletSession

from clienteling.ui import drawing
from clienteling.ui.component import component
from clienteling.ui.gallery.sample import words
from clienteling.ui.gallery.shown import SHOWN, Shown
from tests.ui.harness import ENCODE, FakeConnection, opened, walk


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


@pytest.mark.parametrize("shown", [one for one in SHOWN if not one.name[0].isupper()], ids=lambda one: one.name)
def test_a_part_that_leaves_takes_all_with_it(shown: Shown) -> None:
    """The same controls as Flet would find: each hears that it is gone, and none stays known to the session."""
    renderer: Any = Renderer
    with renderer().with_context():
        for _, control in shown.states(words("ja")):
            builder = DiffBuilder(control, None, control_cls=BaseControl)
            drawing.by_set_fields(builder, control, ft.Column(), True)
            ours, theirs = (
                [*way(builder, control, True)] for way in (drawing.removed_by_set_fields, drawing.removed_by_all_fields)
            )
            assert {id(one) for one in ours} == {id(one) for one in theirs}
            assert len(ours) == len(theirs) > 0
            assert ours[-1] is control


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


@ft.observable
@dataclass
class Shared:
    """Something that several parts show."""

    number: int = 0


def test_a_part_is_drawn_once_with_what_is_around_it() -> None:
    """Flet draws what has changed in no order: a part by itself, and once more with what holds it. Here what holds it comes first."""
    drawn: list[str] = []

    @component
    def Inner(shared: Shared) -> ft.Control:
        drawn.append("inner")
        return ft.Text(str(shared.number))

    @component
    def Outer(shared: Shared) -> ft.Control:
        drawn.append("outer")
        return ft.Column([Inner(shared) for _ in range(8)])

    async def run() -> None:
        wire, shared = FakeConnection({}), Shared()
        session: Any = FletSession(wire)  # Flet's own annotations stop here
        wire.session = session
        _context_page.set(session.page)
        msgpack.packb(session.get_page_patch(), default=ENCODE)
        session.page.render(Outer, shared)
        drawn.clear()
        shared.number = 7
        for _ in range(20):
            await asyncio.sleep(0)
        session.close()
        assert b"\xa17" in wire.last

    asyncio.run(run())
    assert drawn == ["outer", *["inner"] * 8]
