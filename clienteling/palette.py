"""Colours as figures: the house's palettes, and one made from a brand's seed colour that stays readable whatever it is.

The palettes are the tokens of the product's drawings: calm paper, one navy, one warm accent. Contrast is WCAG 2.2's.
"""

import colorsys
from dataclasses import dataclass, replace
from typing import Final

READABLE: Final = 4.5
"""Contrast of text with its ground (WCAG 2.2 AA, 1.4.3)."""
SEEN: Final = 3.0
"""Contrast of the edge of a field and of the mark of the keyboard's focus with their ground (1.4.11, 2.4.11)."""


@dataclass(frozen=True)
class Palette:
    """Hex colours of one brightness."""

    paper: str
    surface: str
    sunken: str
    line: str
    edge: str
    ink: str
    ink_soft: str
    primary: str
    on_primary: str
    primary_soft: str
    on_primary_soft: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    good_soft: str
    caution: str
    caution_soft: str
    error: str
    error_soft: str
    night: str
    on_night: str

    @property
    def grounds(self) -> tuple[str, ...]:
        """Everything that a word in the primary colour may stand on."""
        return (self.paper, self.surface, self.sunken, self.primary_soft, self.accent_soft, self.good_soft,
                self.caution_soft, self.error_soft)  # fmt: skip


LIGHT: Final = Palette(
    paper="#F6F5F1", surface="#FFFFFF", sunken="#EFEEE8", line="#DEDCD3", edge="#83878F", ink="#1E2430",
    ink_soft="#5A6270", primary="#27496D", on_primary="#FFFFFF", primary_soft="#DCE7F3", on_primary_soft="#1F3D5C",
    accent="#9A4420", on_accent="#FFFFFF", accent_soft="#FBE9E0", good="#2E6B4F", good_soft="#DFF0E7",
    caution="#7A5600", caution_soft="#FBF0D2", error="#A3231B", error_soft="#FBE3E1",
    night="#2A303A", on_night="#FFFFFF",
)  # fmt: skip

DARK: Final = Palette(
    paper="#14171C", surface="#1D2128", sunken="#272C35", line="#3A404B", edge="#848B98", ink="#ECEEF2",
    ink_soft="#B3BAC6", primary="#A9C8E8", on_primary="#10263C", primary_soft="#2B4360", on_primary_soft="#DCE7F3",
    accent="#F2B496", on_accent="#43190A", accent_soft="#422A20", good="#9FD6BB", good_soft="#1F4534",
    caution="#F0D58C", caution_soft="#3B3119", error="#F5B5AF", error_soft="#4D2321",
    night="#0E1013", on_night="#FFFFFF",
)  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB` as WCAG defines it: 0 is black, 1 is white."""
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours: 1 (the same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def branded(palette: Palette, seed: str) -> Palette:
    """Return the palette with the brand's colour for what can be tapped; without a seed, the palette itself.

    The seed gives the hue, luminance is what contrast asks for: so every seed, a pale yellow too, can be read. The warm
    accent, and what green, amber and red say, stay the house's.
    """
    if not seed:
        return palette
    light = luminance(palette.surface) > 0.5
    soft = _shade(seed, luminance(palette.primary_soft), at_most=0.55)
    grounds = [luminance(one) for one in replace(palette, primary_soft=soft).grounds]
    own = luminance(seed)
    if light:
        primary = _shade(seed, min(own, (min(grounds) + 0.05) / _MARGIN - 0.05))
    else:
        primary = _shade(seed, max(own, (max(grounds) + 0.05) * _MARGIN - 0.05))
    on_primary = "#FFFFFF" if light else _shade(seed, luminance(palette.on_primary), at_most=0.55)
    on_soft = _shade(seed, luminance(palette.on_primary_soft), at_most=0.6)
    return replace(palette, primary=primary, on_primary=on_primary, primary_soft=soft, on_primary_soft=on_soft)


_MARGIN: Final = READABLE * 1.03
"""A little more than is asked for, because a colour is rounded to 256 steps a channel."""


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _shade(seed: str, wanted: float, *, at_most: float = 1.0) -> str:
    """Return the seed's hue at a luminance, no more saturated than `at_most`."""
    hue, _lightness, saturation = colorsys.rgb_to_hls(*_rgb(seed))
    if abs(luminance(seed) - wanted) < 1e-9 and saturation <= at_most:
        return seed.upper()
    saturation, low, high = min(saturation, at_most), 0.0, 1.0
    for _ in range(24):
        middle = (low + high) / 2
        if luminance(_hex(hue, middle, saturation)) < wanted:
            low = middle
        else:
            high = middle
    return _hex(hue, low, saturation)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, lightness, saturation))


__all__ = ["DARK", "LIGHT", "READABLE", "SEEN", "Palette", "branded", "contrast", "luminance"]
