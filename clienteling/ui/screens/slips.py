"""What the shop has in hand for its customers, by the day it is promised for, with what to do next."""

import flet as ft

from clienteling.context import use_session, use_tablet, use_words
from clienteling.queries.slips import Due, Slips, load_slips
from clienteling.theme import S
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, closed_state, divided, empty_state, error_panel, freshness, heading
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.screens.slip_row import SlipRow
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.slip import SlipKind


@component
def SlipList(**_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    session = use_session()
    directory = tablet.pulse.directory
    query, again = use_query(
        lambda: load_slips(tablet.device.cache, directory.shop_id, tablet.staff, tablet.now(), directory.zone),
        [directory.shop_id, tablet.session.staff_id],
    )
    kind, set_kind = ft.use_state("")
    mine, set_mine = ft.use_state(False)
    title = _("Slips")
    if tablet.pulse.shut:
        return frame(title, closed_state(_), back="/")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back="/")
    if query.value is None:
        return frame(
            title, list_skeleton(3, "none", lines=3, act=120, above=(96, 120, 96, 120), groups=2), back="/", scroll=True
        )
    view = query.value
    if not view.lines:
        empty = empty_state(
            _("Nothing in hand"),
            _("Alterations, orders, returns and complaints are opened on the customer's profile."),
            button(_("Search"), lambda: tablet.go("/search"), kind="filled", icon=ft.Icons.SEARCH),
            icon=ft.Icons.CONTENT_CUT,
        )
        return frame(title, empty, back="/")
    filters = choices(
        [("", _("All")), ("mine", _("Mine")), *((one.value, _.code("slip_kind", one)) for one in SlipKind)],
        [*([kind] if kind else []), *(["mine"] if mine else []), *([] if kind or mine else [""])],
        lambda code: set_mine(not mine) if code == "mine" else (set_kind(code), set_mine(mine and bool(code))),
        one_line=True,
    )
    shown = [
        one
        for one in view.lines
        if (not kind or one.slip.slip_kind == kind) and (not mine or one.slip.owner_id == session.staff_id)
    ]
    groups: list[ft.Control] = [
        card(
            *divided([keyed(one.slip.id, SlipRow, one.slip, _.honour(one.customer.name), True) for one in lines]),
            title=_.code("slip_due", due),
            aside=_("{n} slips", n=len(lines)),
            spacing=12,
        )
        for due in Due
        if (lines := [one for one in shown if one.due is due])
    ]
    body = ft.Column(
        [
            heading(_summary(_, view), size=16),
            filters,
            *(groups or [empty_state(_("None of this kind"), icon=ft.Icons.FILTER_LIST_OFF)]),
            freshness(_, tablet.pulse.last_synced_at, _("Slips")),
        ],
        spacing=S.GAP,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return frame(title, body, back="/", scroll=True)


def _summary(_: Words, view: Slips) -> str:
    if view.pressing:
        return _("{n} to see to today, {ready} waiting to be fetched", n=view.pressing, ready=view.counts[Due.READY])
    return _("Nothing pressing today; {ready} waiting to be fetched", ready=view.counts[Due.READY])
