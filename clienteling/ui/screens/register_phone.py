"""A new customer registers on her own phone: a code to hold towards her, and word of it as soon as she has."""

from typing import cast

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.own_phone import alike_anywhere, make_link, welcome
from clienteling.actions.search import open_beyond
from clienteling.context import call, use_pulse, use_tablet, use_words
from clienteling.queries.own_phone import Joined, joined
from clienteling.queries.search import Hit
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_box, use_once, use_query
from clienteling.ui.parts import button, card, divided, empty_state, soft, text
from clienteling.ui.parts.customers import hit_row
from clienteling.ui.parts.skeletons import code_skeleton
from clienteling.ui.screens.phone_code import CodeShown
from clienteling.ui.shell import frame
from sync.model.own_phone import OwnPhoneLink


@component
def RegisterOnPhone(**_more: str) -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    made, set_made = ft.use_state(cast("OwnPhoneLink | None", None))
    failed, set_failed = ft.use_state(False)
    busy = use_box(False)
    waiting_for = made.customer_id if made is not None else ""
    query, _again = use_query(lambda: joined(tablet.device, waiting_for), [waiting_for])
    staff_form = button(
        _("Register with the form instead"), call(tablet.go, "/register"), kind="plain", icon=ft.Icons.EDIT_NOTE
    )

    async def make() -> None:
        try:
            found = await make_link(tablet)
        finally:
            busy.current = False
        set_failed(found is None)
        if found is not None:
            set_made(found)

    def new() -> None:
        if not busy.current:
            busy.current = True  # a second tap would make a second code
            tablet.run(make)

    def start() -> None:
        if pulse.online and made is None:
            new()

    ft.use_effect(start, [pulse.online])

    if query.value is not None:
        body: ft.Control = Arrived(query.value)
    elif made is not None:
        lines = (
            text(_("Please read this with your phone's camera"), size=T.TITLE, bold=True),
            text(_("A page opens with two fields. It takes about half a minute.")),
            soft(_("As soon as the registration is done, it shows here.")),
        )
        gone = _("Nobody can register with it any more.")
        body = keyed(made.url, CodeShown, made, new, lines, gone, staff_form)
    elif not pulse.online or failed:
        body = empty_state(
            _("The customer's own phone needs the network"),
            _("This tablet has no connection just now. The form works without one."),
            button(_("Register with the form instead"), call(tablet.go, "/register"), kind="filled"),
            icon=ft.Icons.CLOUD_OFF_OUTLINED,
        )
    else:
        body = code_skeleton(tablet.session.width)
    return frame(_("Registration on the customer's phone"), body, back="/register", scroll=True)


@component
def Arrived(found: Joined) -> ft.Control:
    """Who registered. The tablet may still be in her sight: who may be the same is shown on the staff's tap. Nobody is merged."""
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    same, set_same = ft.use_state(cast("tuple[Hit, ...]", ()))
    start = use_once(same)

    async def go_on() -> None:
        hits = () if same else await alike_anywhere(tablet, found)
        if hits:
            set_same(hits)
        else:
            await welcome(tablet, found.customer_id)

    here = {hit.customer_id for hit in found.alike}
    rows = [
        hit_row(
            _, hit, pulse.directory,
            call(tablet.run, open_customer, tablet, hit.customer_id, "search")
            if hit.customer_id in here
            else call(tablet.run, open_beyond, tablet, hit.customer_id),
        )
        for hit in same
    ]  # fmt: skip
    arrived = card(
        ft.Row(
            [
                ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, color=C.GOOD, size=32),
                text(_("{name} has registered", name=_.honour(found.name)), size=T.TITLE, bold=True, expand=True),
            ],
            spacing=S.GAP_SMALL,
        ),
        text(_("Thank you for registering.")),
        ft.Row([button(_("Open the new profile"), call(start, go_on), kind="filled", big=True)]),
        spacing=S.GAP, padding=S.EDGE,
    )  # fmt: skip
    told = card(
        text(
            _("The same number or name is here already. Nothing has been merged, and the customer was not told. Please ask before you go on."),
            color=C.CAUTION,
        ),
        *divided(rows),
        title=_("Already a customer?"),
        tone="caution",
    )  # fmt: skip
    return ft.Semantics(
        live_region=True,
        content=ft.Column(
            [arrived, *([told] if same else [])], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        ),
    )
