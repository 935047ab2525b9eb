"""A customer links her LINE account: a code to hold towards her, and word of it as soon as LINE has confirmed it."""

from typing import cast

import flet as ft

from clienteling.actions.own_phone import make_line_link
from clienteling.context import call, use_pulse, use_tablet, use_words
from clienteling.queries.own_phone import line_of
from clienteling.theme import C, S, T
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_box, use_query
from clienteling.ui.parts import button, card, empty_state, soft, text
from clienteling.ui.parts.skeletons import code_skeleton
from clienteling.ui.screens.phone_code import CodeShown
from clienteling.ui.shell import frame
from sync.model.own_phone import OwnPhoneLink


@component
def LinkLine(customer_id: str, **_more: str) -> ft.Control:
    tablet, pulse, _ = use_tablet(), use_pulse(), use_words()
    made, set_made = ft.use_state(cast("OwnPhoneLink | None", None))
    failed, set_failed = ft.use_state("")
    busy = use_box(False)
    query, _again = use_query(lambda: line_of(tablet.device, customer_id), [customer_id])
    her, back = query.value, f"/customers/{customer_id}"
    use_view(her.customer_id if her is not None else None)
    to_profile = button(_("Back to the profile"), call(tablet.go, back), kind="plain")

    async def make() -> None:
        try:
            found = await make_line_link(tablet, customer_id)
        finally:
            busy.current = False
        set_failed(found if isinstance(found, str) else "")
        if not isinstance(found, str):
            set_made(found)

    def new() -> None:
        if not busy.current:
            busy.current = True  # a second tap would make a second code
            tablet.run(make)

    wanted = her is not None and not her.linked

    def start() -> None:
        if pulse.online and made is None and wanted:
            new()

    ft.use_effect(start, [pulse.online, wanted])

    if her is None:
        body: ft.Control = code_skeleton(tablet.session.width)
    elif her.linked:
        body = ft.Semantics(
            live_region=True,
            content=card(
                ft.Row(
                    [
                        ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, color=C.GOOD, size=32),
                        text(
                            _("{name} is connected with LINE", name=_.honour(her.name)),
                            size=T.TITLE, bold=True, expand=True,
                        ),
                    ],
                    spacing=S.GAP_SMALL,
                ),
                text(_("Being connected is no consent: what the customer agreed to decides whether you may write.")),
                ft.Row([button(_("Back to the profile"), call(tablet.go, back), kind="filled", big=True)], wrap=True),
                spacing=S.GAP, padding=S.EDGE,
            ),
        )  # fmt: skip
    elif made is not None:
        lines = (
            text(_("Please read this with your phone's camera"), size=T.TITLE, bold=True),
            text(_("LINE opens with a short message. Send it as it is, and open the link in the answer.")),
            soft(
                _(
                    "As soon as LINE has confirmed it, it shows here. A LINE account of another profile is not connected."
                )
            ),
        )
        gone = _("Nobody can connect with it any more.")
        body = keyed(made.url, CodeShown, made, new, lines, gone, to_profile)
    elif failed == "no_account":
        body = empty_state(
            _("The shop's LINE account is not set up"),
            _("Head office enters its id in the server's settings. Until then nobody can connect here."),
            to_profile,
            icon=ft.Icons.LINK_OFF,
        )
    elif not pulse.online or failed:
        body = empty_state(
            _("Connecting with LINE needs the network"),
            _("No code could be made just now. Nothing was changed."),
            *([button(_("Make a new code"), new, kind="filled")] if pulse.online else []),
            to_profile,
            icon=ft.Icons.CLOUD_OFF_OUTLINED,
        )
    else:
        body = code_skeleton(tablet.session.width)
    return frame(_("Connect with LINE"), body, back=back, scroll=True)
