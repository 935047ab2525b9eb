"""お取り置き・お取り寄せ: what is spoken for here, asked of us, or on its way, and what to do next with each."""

import flet as ft

from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.queries.holds import Row, load_holds
from clienteling.theme import S
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, columns, divided, empty_state, error_panel, soft
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.screens.holds_row import HoldRow
from clienteling.ui.shell import frame


@component
def Holds(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    directory = tablet.pulse.directory
    query, again = use_query(
        lambda: load_holds(tablet.device.cache, directory.shop, tablet.now(), directory.zone), [directory.shop_id]
    )
    title = _("Holds")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again))
    if query.value is None:
        return frame(title, list_skeleton(4, "product", act=120), scroll=True)
    view = query.value
    find = button(_("Find a product"), call(tablet.go, "/products"), kind="plain", icon=ft.Icons.SEARCH)
    if not (view.to_do or view.waiting or view.ended):
        nothing = empty_state(
            _("Nothing is held or asked for"),
            _("Find a product, or scan its label: from its stock you can hold it, have it sent here, or send it home."),
            button(_("Find a product"), call(tablet.go, "/products"), icon=ft.Icons.SEARCH),
            icon=ft.Icons.BOOKMARK_BORDER,
        )
        return frame(title, nothing)

    def rows(those: tuple[Row, ...]) -> list[ft.Control]:
        return divided([keyed(one.hold.id, HoldRow, one) for one in those])

    to_do = card(
        *(rows(view.to_do) or [soft(_("Nothing to do here now."))]),
        title=_("To do now"),
        aside=_("{n} to do", n=len(view.to_do)),
        spacing=12,
    )
    waiting = card(
        *(rows(view.waiting) or [soft(_("Nothing is waiting."))]),
        title=_("Waiting"),
        aside=_("{n} waiting", n=len(view.waiting)),
        spacing=12,
    )
    ended = [card(*rows(view.ended), title=_("Ended in the last days"), spacing=12)] if view.ended else []
    if session.width >= S.WIDE_FROM:
        beside = ft.Column([waiting, *ended], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        body: ft.Control = columns(to_do, beside, shares=(1, 1))
    else:
        body = ft.Column([to_do, waiting, *ended], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, body, scroll=True, actions=[find])
