"""Contrast by computation: WCAG 2.2 AA asks for 4.5:1 for text."""

import pytest

from clienteling.theme import DARK, LIGHT, Palette

PAIRS = (
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink_soft", "paper"), ("ink_soft", "surface"),
    ("ink_soft", "sunken"), ("primary", "surface"), ("primary", "primary_soft"), ("on_primary", "primary"),
    ("on_primary_soft", "primary_soft"), ("accent", "surface"), ("accent", "accent_soft"), ("on_accent", "accent"),
    ("good", "surface"), ("good", "good_soft"), ("caution", "surface"), ("caution", "caution_soft"), ("error", "surface"),
    ("error", "error_soft"), ("ink", "accent_soft"), ("ink", "caution_soft"), ("ink", "error_soft"), ("on_night", "night"),
)  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(palette: Palette, ink: str, ground: str) -> None:
    """Every pair of text and ground that the parts use reaches 4.5:1."""
    high, low = sorted((luminance(getattr(palette, ink)), luminance(getattr(palette, ground))), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5
