"""Colour, type, spacing, radius, elevation: one place. Controls use the roles named here, so that light and dark
are a switch, not an edit. The colours themselves are in `clienteling.palette`. There are no tokens of motion: no control
of ours is told to animate, which also serves whoever has asked the device for less of it.

Every pair of text and ground used below reaches 4.5:1 (WCAG 2.2 AA); `tests/ui/test_theme.py` computes it.
"""

from typing import Final

import flet as ft

from clienteling.palette import DARK, LIGHT, Palette, branded

REGULAR: Final = "BIZ UDPGothic"
BOLD: Final = "BIZ UDPGothic Bold"
RARE: Final = "Noto Sans JP Rare Names"
"""Ideographs of names that BIZ UDPGothic lacks, such as 𠮷 and 槗."""
FONTS: Final = {
    REGULAR: "/fonts/BIZUDPGothic-Regular.ttf",
    BOLD: "/fonts/BIZUDPGothic-Bold.ttf",
    RARE: "/fonts/NotoSansJP-RareNames.otf",
}
"""Flet takes one file per family name, so bold is a family of its own rather than a smeared regular."""


class C:
    """Colour roles. Each is a Material role, filled from a palette; see `scheme`."""

    PAPER: Final = ft.Colors.SURFACE_DIM
    SURFACE: Final = ft.Colors.SURFACE
    SUNKEN: Final = ft.Colors.SURFACE_CONTAINER
    LINE: Final = ft.Colors.OUTLINE_VARIANT
    """A hairline that only divides."""
    EDGE: Final = ft.Colors.OUTLINE
    """The edge of what can be filled in."""
    INK: Final = ft.Colors.ON_SURFACE
    INK_SOFT: Final = ft.Colors.ON_SURFACE_VARIANT
    PRIMARY: Final = ft.Colors.PRIMARY
    ON_PRIMARY: Final = ft.Colors.ON_PRIMARY
    PRIMARY_SOFT: Final = ft.Colors.PRIMARY_CONTAINER
    ON_PRIMARY_SOFT: Final = ft.Colors.ON_PRIMARY_CONTAINER
    ACCENT: Final = ft.Colors.TERTIARY
    ON_ACCENT: Final = ft.Colors.ON_TERTIARY
    ACCENT_SOFT: Final = ft.Colors.TERTIARY_CONTAINER
    GOOD: Final = ft.Colors.SECONDARY
    GOOD_SOFT: Final = ft.Colors.SECONDARY_CONTAINER
    CAUTION: Final = ft.Colors.ON_SECONDARY_FIXED
    CAUTION_SOFT: Final = ft.Colors.SECONDARY_FIXED
    ERROR: Final = ft.Colors.ERROR
    ERROR_SOFT: Final = ft.Colors.ERROR_CONTAINER
    NIGHT: Final = ft.Colors.INVERSE_SURFACE
    """The dark ground of the camera and of notices that pass."""
    ON_NIGHT: Final = ft.Colors.ON_INVERSE_SURFACE


class T:
    """Type sizes in logical pixels."""

    SMALL: Final = 12
    LABEL: Final = 13
    BODY: Final = 15
    TITLE: Final = 19
    DISPLAY: Final = 25


class S:
    """Spaces and sizes in logical pixels."""

    RADIUS: Final = 14
    RADIUS_SMALL: Final = 8
    """Of pictures and of what stands inside a card."""
    GAP: Final = 16
    GAP_SMALL: Final = 8
    EDGE: Final = 24
    RAIL: Final = 88
    HEADER: Final = 64
    TOUCH: Final = 48
    CHIP: Final = 26
    AROUND_LINE: Final = ft.Padding.symmetric(vertical=12)
    """Around a line of body text that is tapped: with its 24 high enough for a finger, and with large letters higher."""
    WIDE_FROM: Final = 1000
    """Below this width a screen stacks its columns (portrait)."""
    NARROW_BELOW: Final = 600
    """Below this width it is a handheld: the rail lies at the foot, and what stands side by side is stacked."""
    SLIM_BELOW: Final = 320
    """Below this width, of a handheld with large letters, nothing stands beside words."""
    FOOT_FROM: Final = 400
    """From this height, in letters, what a form is for stays in sight at the window's foot; a lower one is all form."""
    EDGE_NARROW: Final = 12
    BAR: Final = 68


class E:
    """Elevation: paper, cards and buttons lie flat, told apart by colour and a hairline; a dialog lies over them."""

    FLAT: Final = 0
    LIFTED: Final = 6


def scheme(p: Palette) -> ft.ColorScheme:
    """Return the palette as Material roles, in the meaning that `C` gives them."""
    return ft.ColorScheme(
        primary=p.primary,
        on_primary=p.on_primary,
        primary_container=p.primary_soft,
        on_primary_container=p.on_primary_soft,
        secondary=p.good,
        on_secondary=p.surface,
        secondary_container=p.good_soft,
        on_secondary_container=p.good,
        secondary_fixed=p.caution_soft,
        on_secondary_fixed=p.caution,
        tertiary=p.accent,
        on_tertiary=p.on_accent,
        tertiary_container=p.accent_soft,
        on_tertiary_container=p.accent,
        error=p.error,
        on_error=p.surface,
        error_container=p.error_soft,
        on_error_container=p.error,
        surface=p.surface,
        surface_dim=p.paper,
        surface_container=p.sunken,
        surface_container_low=p.paper,
        surface_container_lowest=p.surface,
        surface_container_high=p.sunken,
        surface_container_highest=p.sunken,
        surface_tint=p.surface,
        on_surface=p.ink,
        on_surface_variant=p.ink_soft,
        outline=p.edge,
        outline_variant=p.line,
        inverse_surface=p.night,
        on_inverse_surface=p.on_night,
        inverse_primary=p.primary_soft,
    )


def material(p: Palette) -> ft.Theme:
    """Return the Flet theme of a palette."""
    return ft.Theme(
        font_family=REGULAR,
        use_material3=True,
        color_scheme=scheme(p),
        scaffold_bgcolor=p.paper,
        canvas_color=p.surface,
        divider_color=p.line,
        visual_density=ft.VisualDensity.STANDARD,
        dialog_theme=ft.DialogTheme(elevation=E.LIFTED),
        focus_color=ft.Colors.with_opacity(0.4, p.accent),  # where the keyboard is, seen from an arm's length
    )


MODES: Final = {"system": ft.ThemeMode.SYSTEM, "light": ft.ThemeMode.LIGHT, "dark": ft.ThemeMode.DARK}


def locales(language: str) -> ft.LocaleConfiguration:
    """Return in which language Flutter's own words are: how many letters are left in a field, what the clipboard's menu says."""
    each = {"ja": ft.Locale("ja", "JP"), "en": ft.Locale("en", "US")}
    return ft.LocaleConfiguration(supported_locales=list(each.values()), current_locale=each[language])


def dress(page: ft.Page, seed: str = "") -> None:
    """Give a page its fonts, and its themes in the brand's colour (`#RRGGBB`; empty is the house's navy)."""
    if not page.web:
        page.fonts = dict(FONTS)  # a browser loads them before the first paint, see `clienteling.web`
    page.theme = material(branded(LIGHT, seed))
    page.dark_theme = material(branded(DARK, seed))
    page.theme_mode = MODES["system"]
    page.padding = 0
    page.spacing = 0
    page.bgcolor = C.PAPER
