import flet as ft

from clienteling.context import use_words
from clienteling.ui.component import component
from clienteling.ui.parts import text
from clienteling.ui.shell import frame


@component
def Search(**_more: str) -> ft.Control:
    _ = use_words()
    return frame(_("Today"), text("search"))
