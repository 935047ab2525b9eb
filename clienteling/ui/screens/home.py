"""Today: find or scan a customer, what to do, who is here, who comes."""

from collections.abc import Sequence

import flet as ft

from clienteling.actions.search import entered
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.home import Today, today
from clienteling.theme import S
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, closed_state, error_panel, search_field
from clienteling.ui.parts.skeletons import home_skeleton
from clienteling.ui.screens.home_asked import asked_card
from clienteling.ui.screens.home_cards import appointments_card, present_card, todo_card
from clienteling.ui.screens.home_places import places
from clienteling.ui.screens.home_promises import promises_card
from clienteling.ui.screens.home_slips import BETWEEN, SlipsHere
from clienteling.ui.screens.search_results import SearchResults
from clienteling.ui.shell import frame
from clienteling.ui.sought import people_sought


@component
def Home(**_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    typed, set_typed = ft.use_state("")
    directory, staff_id = pulse.directory, session.staff_id
    query, again = use_query(
        lambda: today(
            tablet.device,
            staff_id=staff_id,
            shop_id=directory.shop_id,
            zone=directory.zone,
            now=tablet.now(),
            playbook=directory.playbook,
        ),
        [staff_id],
    )
    wide, narrow = session.width >= S.WIDE_FROM, session.width < S.NARROW_BELOW

    def changed(event: ft.Event[ft.TextField]) -> None:
        set_typed(str(event.data or ""))

    def submitted(event: ft.Event[ft.TextField]) -> None:
        tablet.run(entered, tablet, str(event.control.value or ""))

    field = search_field(
        people_sought(_, session.width),
        value=typed,
        on_change=changed,
        on_submit=submitted,
        expand=True,
    )
    scan = button(
        _("Scan a member code"),
        call(tablet.go, "/scan"),
        kind="filled",
        big=True,
        icon=ft.Icons.QR_CODE_SCANNER,
        expand=narrow or None,
    )
    ways = [] if typed.strip() else [places(_, tablet, narrow=narrow)]
    below: ft.Control
    if typed.strip():
        below = ft.Column(
            [SearchResults(typed)],
            scroll=ft.ScrollMode.AUTO,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    elif tablet.pulse.shut:
        below = ft.Container(closed_state(_), alignment=ft.Alignment.CENTER, expand=True)
    elif query.error is not None:
        below = error_panel(_, again)
    elif query.value is None:
        below = home_skeleton(session.width)
    else:
        below = _columns(query.value, wide, ways if narrow else [])
        ways = [] if narrow else ways
    return frame(
        directory.name(directory.shop_id or "", session.language),
        ft.Column(
            [*([ft.Row([field]), ft.Row([scan])] if narrow else [ft.Row([field, scan], spacing=14)]), *ways, below],
            spacing=S.EDGE_NARROW if narrow else BETWEEN,
            expand=True,
        ),
    )


def _columns(found: Today, wide: bool, above: Sequence[ft.Control]) -> ft.Control:
    """The day, in two columns or in one; what stands `above` it scrolls with it."""
    left, right = Todos(found, wide), Around(found)
    if wide:
        return ft.Row(
            [
                ft.Container(left, expand=59),
                ft.Container(
                    ft.Column(
                        [right],
                        scroll=ft.ScrollMode.AUTO,
                        expand=True,
                        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    ),
                    expand=41,
                ),
            ],
            spacing=BETWEEN,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    return ft.Column(
        [*above, right, left],
        spacing=BETWEEN,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Todos(found: Today, wide: bool) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    return todo_card(_, tablet, found, fill=wide)


@component
def Around(found: Today) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    cards = ft.Column(
        [
            *asked_card(_, tablet, found),
            *promises_card(_, tablet, found),
            present_card(_, tablet, found),
            appointments_card(_, tablet, found),
        ],
        spacing=BETWEEN,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Column([cards, SlipsHere()], spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
