"""Tabs: two to five views of one card."""

from collections.abc import Callable, Mapping

import flet as ft

from clienteling.theme import C, T
from clienteling.ui.parts.base import tappable, text
from clienteling.words import Words


def tabs(parts: Mapping[str, str], shown: str, choose: Callable[[str], object]) -> ft.Control:
    """A row of tabs, or two where they have no room in one: none is out of sight. `parts` are code to label, `choose` gets the tapped code."""

    def one(code: str, label: str) -> ft.Control:
        on = code == shown
        return tappable(
            ft.Container(
                text(label, size=T.BODY, bold=on, color=C.PRIMARY if on else C.INK_SOFT, height=1.2),
                padding=ft.Padding.symmetric(horizontal=9, vertical=13.5),  # 48 with the line below
                border=ft.Border(bottom=ft.BorderSide(3, C.PRIMARY if on else ft.Colors.TRANSPARENT)),
            ),
            label,
            lambda: choose(code),
            selected=on,
            border_radius=0,
        )

    row = ft.Row([one(code, label) for code, label in parts.items()], spacing=0, run_spacing=0, wrap=True)
    return ft.Container(row, border=ft.Border(bottom=ft.BorderSide(1, C.LINE)))


def customers_or_products(_: Words, shown: str, go: Callable[[str], object]) -> ft.Control:
    """What is looked for: people or products, side by side."""
    places = {"customers": "/search", "products": "/products"}
    return tabs({"customers": _("Customers"), "products": _("Products")}, shown, lambda code: go(places[code]))
