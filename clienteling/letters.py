"""How large the letters are that somebody has set in the browser or on the device: Flutter scales every text by it, and tells
the app nothing. One line that nobody sees is measured instead.

At twice the size a tablet has room for as many letters as a handheld. So what a screen asks for its layout,
`Session.width`, counts in letters of the usual size, as a browser's zoom does: large letters get the layout of a smaller
screen, and nothing is squeezed.
"""

import flet as ft

from clienteling.state import Session

_SIZE = 40
"""Pixels of the measured line: large enough for steps of a fortieth."""


def measure(page: ft.Page, session: Session) -> None:
    """Keep `session.letters` and `session.width` as the letters are, and as the window is."""

    def fit() -> None:
        session.width = (page.width or session.pixels) / session.letters

    def measured(event: ft.LayoutSizeChangeEvent[ft.LayoutControl]) -> None:
        session.letters = max(event.height / _SIZE, 0.5)
        fit()

    def resized(event: ft.PageResizeEvent) -> None:
        session.height = event.height
        session.width = event.width / session.letters

    line = ft.Text(
        "M",
        style=ft.TextStyle(size=_SIZE, height=1),
        color=ft.Colors.TRANSPARENT,
        on_size_change=measured,
    )
    page.overlay.append(ft.Semantics(exclude_semantics=True, content=line))
    page.on_resize = resized
