"""Contrast by computation: WCAG 2.2 AA asks for 4.5:1 for text, and 3:1 for the edge of what can be filled in."""

import ast
import colorsys
from collections.abc import Iterator
from pathlib import Path

import pytest

import clienteling
from clienteling import theme
from clienteling.palette import DARK, LIGHT, READABLE, SEEN, Palette, branded, contrast

PAIRS = (
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink_soft", "paper"), ("ink_soft", "surface"),
    ("ink_soft", "sunken"), ("primary", "surface"), ("primary", "primary_soft"), ("on_primary", "primary"),
    ("primary", "paper"), ("primary", "sunken"), ("primary", "caution_soft"), ("primary", "error_soft"),
    ("primary", "accent_soft"), ("primary", "good_soft"), ("ink", "primary_soft"), ("ink", "good_soft"),
    ("on_primary_soft", "primary_soft"), ("accent", "surface"), ("accent", "accent_soft"), ("on_accent", "accent"),
    ("good", "surface"), ("good", "good_soft"), ("caution", "surface"), ("caution", "caution_soft"), ("error", "surface"),
    ("error", "error_soft"), ("ink", "accent_soft"), ("ink", "caution_soft"), ("ink", "error_soft"), ("on_night", "night"),
)  # fmt: skip
HOUSES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
SEEDS = [
    "#" + "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue / 12, lightness, saturation))
    for hue in range(12)
    for lightness in (0.1, 0.3, 0.5, 0.7, 0.9)
    for saturation in (0.2, 0.6, 1.0)
] + ["#000000", "#FFFFFF", "#808080", "#FFFF00", "#FFE4E1", "#7A1F3D"]


@HOUSES
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(palette: Palette, ink: str, ground: str) -> None:
    """Every pair of text and ground that the parts use reaches 4.5:1."""
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= READABLE


@HOUSES
@pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
def test_the_edge_of_a_field_is_seen(palette: Palette, ground: str) -> None:
    """Where something can be written is told from what only stands there."""
    assert contrast(palette.edge, getattr(palette, ground)) >= SEEN


@HOUSES
def test_whatever_a_brand_s_colour_is_everything_can_be_read(palette: Palette) -> None:
    """Black, white, a pale yellow or a shrill green: each pair still reaches 4.5:1, in light and in dark."""
    for seed in SEEDS:
        made = branded(palette, seed)
        for ink, ground in PAIRS:
            found = contrast(getattr(made, ink), getattr(made, ground))
            assert found >= READABLE, (seed, ink, ground, found)


def test_a_brand_s_colour_that_can_be_read_is_taken_as_it_is() -> None:
    """A house that gives its own bordeaux sees that bordeaux, not something like it."""
    assert branded(LIGHT, "#7A1F3D").primary == "#7A1F3D"


@HOUSES
def test_without_a_brand_s_colour_the_house_s_palette_stands(palette: Palette) -> None:
    """No seed changes nothing."""
    assert branded(palette, "") == palette


def test_a_brand_s_colour_keeps_its_hue() -> None:
    """What is made darker or lighter to be read is still the same colour."""
    hue = colorsys.rgb_to_hls(0x7A / 255, 0x1F / 255, 0x3D / 255)[0]
    for palette in (LIGHT, DARK):
        made = branded(palette, "#7A1F3D")
        for colour in (made.primary, made.primary_soft):
            parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
            assert colorsys.rgb_to_hls(*parts)[0] == pytest.approx(hue, abs=0.02)


def nodes() -> Iterator[ast.AST]:
    """Yield every node of the tablet's own sources."""
    for path in Path(clienteling.__file__).parent.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_no_token_is_unused() -> None:
    """A token that no screen, part or theme takes is taken out: what stands in the theme is how the tablet looks."""
    classes = [one for one in vars(theme).values() if isinstance(one, type) and one.__module__ == theme.__name__]
    tokens = {f"{one.__name__}.{token}" for one in classes for token in vars(one) if not token.startswith("_")}
    used = {
        f"{one.value.id}.{one.attr}"
        for one in nodes()
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
    }
    assert {one.split(".")[0] for one in tokens} >= {"C", "T", "S", "E"}
    assert not tokens - used


def test_nothing_of_ours_moves() -> None:
    """No control is told to animate, so that nothing need be stilled for whoever has asked the device for less motion."""
    told = {one.arg for one in nodes() if isinstance(one, ast.keyword) and one.arg}
    named = {one.attr for one in nodes() if isinstance(one, ast.Attribute)}
    assert not {one for one in told | named if one.startswith(("animate", "Animat", "Shimmer"))}
