"""Placeholder until the screen itself stands: says so, and leads on."""

import flet as ft

from clienteling.context import use_tablet, use_words
from clienteling.ui.component import component
from clienteling.ui.parts import button, empty_state
from clienteling.ui.shell import frame


@component
def Profile(customer_id: str, **_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    return frame(
        "Profile",
        empty_state(_("Not here yet"), customer_id, button(_("Today"), lambda: tablet.go("/"))),
    )
