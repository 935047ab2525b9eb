"""Customers: find one, or register one."""

import flet as ft

from clienteling.actions.search import entered
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import S
from clienteling.ui.component import component
from clienteling.ui.parts import button, empty_state, search_field
from clienteling.ui.parts.tabs import customers_or_products
from clienteling.ui.screens.search_results import SearchResults, register_button
from clienteling.ui.shell import frame
from clienteling.ui.sought import people_sought


@component
def Search(q: str = "", **_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    return frame(
        _("Customers"),
        ft.Column(
            [customers_or_products(_, "customers", tablet.go), Finder(q)],
            spacing=18,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


@component
def Finder(q: str) -> ft.Control:
    """The field and what it finds: a key draws these anew, and nothing around them."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    typed, set_typed = ft.use_state(q)

    def changed(event: ft.Event[ft.TextField]) -> None:
        set_typed(str(event.data or ""))

    def submitted(event: ft.Event[ft.TextField]) -> None:
        tablet.run(entered, tablet, str(event.control.value or ""))

    nothing = empty_state(
        _("Who are you looking for?"),
        _("A name in kanji, kana or romaji, the end of a telephone number, or a member number."),
        register_button(_, tablet),
        icon=ft.Icons.PERSON_SEARCH_OUTLINED,
    )
    bar: list[ft.Control] = [
        search_field(
            people_sought(_, session.width),
            value=typed,
            on_change=changed,
            on_submit=submitted,
            autofocus=True,
            expand=True,
        )
    ]
    if session.width >= S.WIDE_FROM:
        bar.append(
            button(
                _("Scan a member code"),
                call(tablet.go, "/scan"),
                kind="filled",
                big=True,
                icon=ft.Icons.QR_CODE_SCANNER,
            )
        )
    return ft.Column(
        [
            ft.Row(bar, spacing=14),
            ft.Column(
                [SearchResults(typed, nothing)],
                scroll=ft.ScrollMode.AUTO,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
        ],
        spacing=18,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
