"""On the home screen: what the shop has in hand, and the way to the list."""

import flet as ft

from clienteling.context import call, use_pulse, use_tablet, use_words
from clienteling.queries.slips import Due, load_slips
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, card, soft, text

BETWEEN = 18
"""Between two cards; a shop without slips has none after the last card."""


@component
def SlipsHere() -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    directory = pulse.directory
    query, _again = use_query(
        lambda: load_slips(tablet.device.cache, directory.shop_id, tablet.staff, tablet.now(), directory.zone),
        [directory.shop_id, tablet.session.staff_id],
    )
    view = query.value
    if view is None or not view.lines:
        return ft.Container()
    ready = view.counts[Due.READY]
    found = card(
        text(_("{n} to see to today", n=view.pressing), bold=True)
        if view.pressing
        else text(_("Nothing pressing today")),
        *([soft(_("{n} waiting to be fetched", n=ready))] if ready else []),
        ft.Row([button(_("All slips"), call(tablet.go, "/slips"), icon=ft.Icons.CONTENT_CUT)]),
        title=_("Slips"),
        aside=_("{n} slips", n=len(view.lines)),
    )
    return ft.Container(found, padding=ft.Padding.only(top=BETWEEN))
