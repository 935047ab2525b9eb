"""Where the thumb is: what a form is for lies on the side where the person at the tablet wants the rail (`/me`)."""

import flet as ft

from clienteling.context import use_session
from clienteling.theme import C, S
from clienteling.ui.component import component
from clienteling.ui.parts import soft


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


def form_foot(*controls: ft.Control, wrong: str = "") -> ft.Control:
    """The foot of a whole screen that is a form (`frame(foot=...)`): what was wrong at the last try stands above it, and is said."""
    acts = Acts(*controls)
    if not wrong:
        return acts
    said = ft.Semantics(live_region=True, content=soft(wrong, color=C.ERROR))
    return ft.Column([said, acts], spacing=S.GAP_SMALL, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
