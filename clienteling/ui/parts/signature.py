"""A field to sign in with a finger or a pen."""

from collections.abc import Callable, Sequence

import flet as ft
import flet.canvas as cv

from clienteling.theme import C, S
from clienteling.ui.parts.base import button, soft
from clienteling.words import Words
from sync.model.signature import HEIGHT, WIDTH, Point

Strokes = Sequence[Sequence[Point]]


def signature_field(
    _: Words,
    strokes: Strokes,
    *,
    begin: Callable[[Point], None],
    go_on: Callable[[Point], None],
    clear: Callable[[], None],
    width: float,
) -> ft.Control:
    """The field, `width` wide and a quarter of it high; points are given on the signature's own grid."""
    scale = width / WIDTH

    def on_grid(event: ft.DragStartEvent[ft.GestureDetector] | ft.DragUpdateEvent[ft.GestureDetector]) -> Point:
        at = event.local_position
        return round(at.x / scale), round(at.y / scale)

    def started(event: ft.DragStartEvent[ft.GestureDetector]) -> None:
        begin(on_grid(event))

    def moved(event: ft.DragUpdateEvent[ft.GestureDetector]) -> None:
        go_on(on_grid(event))

    pen = ft.Paint(color=C.INK, stroke_width=2.5, style=ft.PaintingStyle.STROKE, stroke_cap=ft.StrokeCap.ROUND)
    drawn: list[cv.Shape] = [
        cv.Path(
            [
                cv.Path.MoveTo(stroke[0][0] * scale, stroke[0][1] * scale),
                *(cv.Path.LineTo(x * scale, y * scale) for x, y in stroke),
            ],
            paint=pen,
        )
        for stroke in strokes
        if stroke
    ]
    paper = ft.Container(
        cv.Canvas(drawn, width=width, height=HEIGHT * scale),
        border=ft.Border.all(1, C.LINE), border_radius=S.RADIUS, bgcolor=C.SURFACE,
        width=width, height=HEIGHT * scale,
    )  # fmt: skip
    return ft.Column(
        [
            ft.Semantics(
                label=_("Field for the signature"),
                content=ft.GestureDetector(paper, on_pan_start=started, on_pan_update=moved, drag_interval=15),
            ),
            ft.Row([soft(_("Please sign here")), button(_("Clear the signature"), clear, kind="plain")], spacing=S.GAP),
        ],
        spacing=S.GAP_SMALL,
    )
