"""What stands around every screen in practice, so that nobody takes one for the other."""

import flet as ft

from clienteling.actions.practice import end_practice
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C, S
from clienteling.ui.component import component
from clienteling.ui.parts import button, empty_state, text
from clienteling.ui.shell import frame

REACHES_OUT = ("/fleet", "/access")
"""Screens that show nothing but what lies outside this tablet."""


@component
def NotInPractice(**_more: str) -> ft.Control:
    """Says why a screen is not there in practice."""
    _ = use_words()
    return frame(
        _("Not in practice"),
        empty_state(
            _("Devices and access are real"),
            _("What this screen shows and does lies outside practice. End practice to use it."),
            icon=ft.Icons.SCHOOL_OUTLINED,
        ),
        back="/",
    )


@component
def Band() -> ft.Control:
    """Says what this is, leads to the lesson, and out. Nothing but what it is while a customer or nobody looks."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    alone = session.covered or session.show_customer
    return ft.Row(
        [
            ft.Icon(ft.Icons.SCHOOL_OUTLINED, color=C.CAUTION),
            text(_("Practice: invented customers, nothing is sent"), bold=True, color=C.CAUTION, height=1.3, expand=True),
            *([] if alone else [
                button(_("Lesson"), call(tablet.go, "/practice"), kind="plain"),
                button(_("End practice"), call(end_practice, tablet), kind="outline"),
            ]),
        ],
        spacing=S.GAP_SMALL,
    )  # fmt: skip


def practice_frame(inside: ft.Control) -> ft.Control:
    """A thick frame in the colour of caution, and the band on top of it."""
    return ft.Container(
        ft.Column(
            [
                ft.Container(
                    Band(), bgcolor=C.CAUTION_SOFT, padding=ft.Padding.symmetric(horizontal=S.GAP, vertical=4)
                ),
                ft.Container(inside, expand=True),
            ],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        border=ft.Border.all(6, C.CAUTION),
        expand=True,
    )
