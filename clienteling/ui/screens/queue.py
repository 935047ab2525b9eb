"""Placeholder until the screen itself stands: says so, and leads on."""

import flet as ft

from clienteling.context import use_tablet, use_words
from clienteling.ui.component import component
from clienteling.ui.parts import button, empty_state
from clienteling.ui.shell import frame


@component
def Queue(**_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    return frame(
        "Queue",
        empty_state(_("Not here yet"), "", button(_("Today"), lambda: tablet.go("/"))),
    )
