"""Chips and boxes that are chosen with one tap: 48 to the finger, with their state told to a screen reader."""

from collections.abc import Callable, Iterable

import flet as ft

from clienteling.theme import C, S, T
from clienteling.ui.parts.base import pill, text


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
        return pill(
            ft.Row([ft.Icon(ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, size=16, color=ink), words], spacing=6, tight=True)
            if off
            else words,
            label,
            lambda: toggle(code),
            selected=lit,
            ground=C.PRIMARY if lit else C.SUNKEN if off else C.SURFACE,
            edge=C.PRIMARY if lit else C.LINE,
            padding=ft.Padding.symmetric(horizontal=19, vertical=15),  # 48 high
        )

    made = [one(code, label) for code, label in options]
    if one_line:
        return ft.Row(made, scroll=ft.ScrollMode.AUTO, spacing=8)
    return ft.Row(made, wrap=True, spacing=8, run_spacing=8)


def switch(sentence: str, value: bool, turned: Callable[[bool], object]) -> ft.Control:
    """A switch with its sentence beside it, of as many lines as it needs; a tap on either turns it."""

    def changed(event: ft.Event[ft.Switch]) -> None:
        turned(event.data in {True, "true"})

    return ft.Row(
        [
            ft.MergeSemantics(
                ft.Semantics(
                    label=sentence,
                    content=ft.Switch(value=value, on_change=changed, active_track_color=C.PRIMARY, height=48),
                )
            ),
            ft.GestureDetector(
                ft.Semantics(exclude_semantics=True, content=text(sentence, height=1.4)),
                on_tap=lambda: turned(not value),
                exclude_from_semantics=True,
                expand=True,
            ),
        ],
        spacing=S.GAP_SMALL,
        height=None,
    )


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
