"""Chips and boxes that are chosen with one tap: 48 to the finger, with their state told to a screen reader."""

from collections.abc import Callable, Iterable

import flet as ft

from clienteling.theme import C, S, T
from clienteling.ui.parts.base import tappable, text


def choices(
    options: Iterable[tuple[str, str]],
    chosen: Iterable[str],
    toggle: Callable[[str], object],
    *,
    faded: Iterable[str] = (),
    one_line: bool = False,
) -> ft.Control:
    """A wrapping row of (code, label); `toggle` gets the tapped code. What is `faded` can be looked at, but not be used;
    in `one_line` they scroll sideways instead."""
    on, pale = set(chosen), set(faded)

    def one(code: str, label: str) -> ft.Control:
        lit, off = code in on, code in pale
        ink = C.ON_PRIMARY if lit else C.INK_SOFT if off else C.INK
        words = text(label, size=T.BODY, bold=lit, color=ink, height=1.2)
        return tappable(
            ft.Row([ft.Icon(ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, size=16, color=ink), words], spacing=6, tight=True)
            if off
            else words,
            label,
            lambda: toggle(code),
            selected=lit,
            # of what takes the tap itself: a ground inside it would hide the mark of the keyboard's focus
            bgcolor=C.PRIMARY if lit else C.SUNKEN if off else C.SURFACE,
            border=ft.Border.all(1, C.PRIMARY if lit else C.LINE),
            border_radius=S.TOUCH / 2,
            padding=ft.Padding.symmetric(horizontal=18, vertical=14),  # and a hairline on either side: 48
        )

    made = [one(code, label) for code, label in options]
    if one_line:
        return ft.Row(made, scroll=ft.ScrollMode.AUTO, spacing=8)
    return ft.Row(made, wrap=True, spacing=8, run_spacing=8)


def tick_box(sentence: str, value: bool, ticked: Callable[[bool], object]) -> ft.Control:
    """A box to tick, with no words beside it; a screen reader hears `sentence`."""

    def changed(event: ft.Event[ft.Checkbox]) -> None:
        ticked(event.data in {True, "true"})

    box = ft.Checkbox(
        semantics_label=sentence,
        value=value,
        on_change=changed,
        active_color=C.PRIMARY,
        check_color=C.ON_PRIMARY,
        scale=S.TOUCH / 40,  # a browser's own are 40
    )
    return ft.Container(box, width=S.TOUCH, height=S.TOUCH, alignment=ft.Alignment.CENTER)
