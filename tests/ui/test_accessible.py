"""Every screen, walked control by control: what can be used has a name and room for a finger, what can be read stands out."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import flet as ft
import pytest
from flet.components.component import Component
from flet.controls.base_control import BaseControl

from clienteling.palette import DARK, LIGHT, READABLE, Palette, branded, contrast
from clienteling.routes import ROUTES
from clienteling.theme import S, scheme
from tests.ui.harness import Screen, drive, walk
from tests.ui.sample import DRESS, MINORU, MISAKI, SASAKI

ROLES = [one.name for one in dataclasses.fields(ft.ColorScheme)]
KNOWN = {"customer_id": SASAKI, "appointment_id": "app-2", "product_id": DRESS}
"""Samples for the parts of an address; any other one leads to what a screen says of what is not there."""
ADDRESSES = [re.sub(r"\{(\w+)\}", lambda part: KNOWN.get(part[1], "none"), one.pattern) for one in ROUTES]
PALETTES = {
    "light": LIGHT,
    "dark": DARK,
    "light, bordeaux": branded(LIGHT, "#7A1F3D"),
    "dark, yellow": branded(DARK, "#FFE000"),
}


async def settled(screen: Screen, staff_id: str, address: str) -> list[BaseControl]:
    """Open a screen and wait until it is drawn: nothing of a skeleton, and the same controls twice."""
    await screen.sign_in(staff_id)
    await screen.go(address)
    await screen.settles()
    return screen.controls


def name_of(control: BaseControl) -> str:
    """What a screen reader says of something that can be used."""
    for field in ("label", "semantics_label", "content", "hint_text"):
        said = getattr(control, field, None)
        if isinstance(said, str) and said.strip():
            return said
    tooltip = getattr(control, "tooltip", None)
    return tooltip if isinstance(tooltip, str) else getattr(tooltip, "message", "") or ""


def used(control: BaseControl) -> bool:
    if isinstance(control, ft.GestureDetector) and control.exclude_from_semantics:
        return False  # a wider place for the finger, of something that has a name of its own
    return any(getattr(control, f"on_{event}", None) for event in ("click", "tap", "change", "submit"))


def inside_a_name(controls: list[BaseControl]) -> set[int]:
    """The ink of each `tappable`: the node around it has the name, and both are merged into one. Or words beside a box that
    says them itself, hidden from screen readers."""
    return {
        id(one.content)
        for one in controls
        if isinstance(one, ft.Semantics) and (one.label or one.exclude_semantics) and one.content is not None
    }


def spoken(value: Any, ground: str) -> Iterator[tuple[str, str, str]]:
    """Yield the words of each text or button with the roles of their ink and of the ground they stand on."""
    if isinstance(value, Component):
        yield from spoken(value._b, ground)
        return
    if isinstance(value, list | tuple):
        for one in value:
            yield from spoken(one, ground)
        return
    if not isinstance(value, BaseControl) or not getattr(value, "visible", True):
        return
    if isinstance(value, ft.Text):
        yield value.value, str(getattr(value.color, "value", value.color)), ground
        return
    if isinstance(value, ft.TextButton) and isinstance(value.content, str) and isinstance(value.style, ft.ButtonStyle):
        own = role(value.style.bgcolor) or "transparent"
        yield value.content, role(value.style.color), ground if own == "transparent" else own
        return
    style = value.style if isinstance(value, ft.TextButton) else None
    under = role(getattr(value, "bgcolor", None)) or role(style.bgcolor if style else None) or ground
    under = ground if under == "transparent" else under
    for name in ("content", "controls", "leading", "title", "views"):
        yield from spoken(getattr(value, name, None), under)


def role(colour: Any) -> str:
    return str(getattr(colour, "value", colour)) if colour else ""


def hexed(named: str, palette: Palette) -> str:
    """The colour of a Material role, in a palette."""
    if named.startswith("#"):
        return named
    if named in {"white", "black"}:
        return {"white": "#FFFFFF", "black": "#000000"}[named]
    return str(next(getattr(scheme(palette), one) for one in ROLES if one.replace("_", "") == named))


def silent(controls: list[BaseControl]) -> list[str]:
    """What can be used and says no name."""
    named = inside_a_name(controls)
    return [
        type(one).__name__
        for one in controls
        if used(one) and not isinstance(one, ft.Page | ft.View) and id(one) not in named and not name_of(one)
    ]


def small(controls: list[BaseControl]) -> list[tuple[str, object, object]]:
    """What can be tapped and is drawn too small for a finger."""
    return [
        (name_of(one), one.width, one.height)
        for one in controls
        if isinstance(one, ft.Container) and one.on_click and min(one.width or S.TOUCH, one.height or S.TOUCH) < S.TOUCH
    ]


def faint(said: set[tuple[str, str, str]], palette: Palette) -> set[tuple[str, str, str]]:
    """Words that do not stand out; what lies half transparent over the camera's picture is no token."""
    return {
        (words, ink, ground)
        for words, ink, ground in said
        if "," not in ink + ground and contrast(hexed(ink, palette), hexed(ground, palette)) < READABLE
    }


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("staff_id", "language", "size"),
    [(MISAKI, "ja", (1180, 820)), (MINORU, "en", (820, 1180)), (MISAKI, "en", (412, 915))],
    ids=["associate, Japanese, tablet", "manager, English, portrait", "associate, English, handheld"],
)
def test_a_screen_can_be_used_and_read_by_everybody(
    address: str, staff_id: str, language: str, size: tuple[int, int]
) -> None:
    """No button, field or tile is silent; none with a size of its own is smaller than 48 by 48 (what grows with its words
    is measured in the browser); each text reaches 4.5:1 with its nearest ground, by the tokens of light, dark, and two
    brands' colours."""

    async def steps(screen: Screen) -> None:
        controls = await settled(screen, staff_id, address)
        assert silent(controls) == []
        assert small(controls) == []
        said = {one for one in spoken(screen.session.page.views, role(ft.Colors.SURFACE_DIM)) if one[1] != "None"}
        assert len(said) > 2
        for name, palette in PALETTES.items():
            assert faint(said, palette) == set(), name

    drive(steps, language=language, size=size)


def test_the_walk_finds_what_it_looks_for() -> None:
    """A button without words, a tile without a name and grey on grey would be found."""
    tile = ft.Container(ft.Text("x"), on_click=print, width=40)
    found = list(walk(ft.Semantics(content=tile)))
    assert silent(found) == ["Container"]
    assert len(small(found)) == 1
    grey = ft.Container(ft.Text("x", color=ft.Colors.OUTLINE), bgcolor=ft.Colors.SURFACE)
    assert len(faint(set(spoken(grey, "")), LIGHT)) == 1
