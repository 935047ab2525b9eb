"""Where the thumb is: what a form is for lies on the side where the person at the tablet wants the rail (`/me`)."""

import flet as ft

from clienteling.context import use_session
from clienteling.theme import S
from clienteling.ui.component import component


@component
def Acts(*controls: ft.Control) -> ft.Control:
    """The foot of a form: what it is for first, ways out after it. The first lies nearest the edge under the thumb; what has
    no room in one line goes below."""
    left = use_session().side == "left"
    return ft.Row(
        list(controls if left else reversed(controls)),
        wrap=True,
        spacing=S.GAP,
        run_spacing=S.GAP_SMALL,
        alignment=ft.MainAxisAlignment.START if left else ft.MainAxisAlignment.END,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
