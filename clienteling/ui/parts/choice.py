"""Chips that are chosen with one tap: 48 to the finger, with their state told to a screen reader."""

from collections.abc import Callable, Iterable

import flet as ft

from clienteling.theme import C, S, T
from clienteling.ui.parts.base import tappable, text


def choices(options: Iterable[tuple[str, str]], chosen: Iterable[str], toggle: Callable[[str], object]) -> ft.Control:
    """A wrapping row of (code, label); `toggle` gets the tapped code."""
    on = set(chosen)

    def one(code: str, label: str) -> ft.Control:
        lit = code in on
        return tappable(
            ft.Container(
                text(label, size=T.BODY, bold=lit, color=C.ON_PRIMARY if lit else C.INK, height=1.2),
                bgcolor=C.PRIMARY if lit else C.SURFACE,
                border=ft.Border.all(1, C.PRIMARY if lit else C.LINE),
                border_radius=S.TOUCH / 2,
                padding=ft.Padding.symmetric(horizontal=18, vertical=14),
                height=S.TOUCH,
            ),
            label,
            lambda: toggle(code),
            selected=lit,
            border_radius=S.TOUCH / 2,
        )

    return ft.Row([one(code, label) for code, label in options], wrap=True, spacing=8, run_spacing=8)
