"""A one-time code for a new device of this shop, to be held before its camera, with the time it still holds."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import flet as ft

from clienteling.actions.fleet import make_code
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.state import is_manager
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_box
from clienteling.ui.parts import button, card, empty_state, field, heading, soft, text
from clienteling.ui.reach import Acts
from clienteling.ui.screens.counted import run_out, time_left, use_left
from clienteling.ui.shell import frame
from sync.model.fleet import NewCode
from sync.policy import qr
from sync.policy.invitation import grouped, link, trustworthy

LONGEST_NAME = 80


@component
def AddDevice(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    name, show_name = ft.use_state("")
    held = use_box("")
    made, set_made = ft.use_state(cast("NewCode | None", None))
    busy = use_box(False)
    title = _("Add a device")
    if not is_manager(tablet.staff):
        return frame(
            title, empty_state(_("Only a manager of this shop may do this."), icon=ft.Icons.LOCK_OUTLINED), back="/"
        )

    def typed(event: ft.Event[ft.TextField]) -> None:
        held.current = str(event.data or "")
        show_name(held.current)

    async def make() -> None:
        try:
            found = await make_code(tablet, held.current)
        finally:
            busy.current = False
        if found is not None:
            set_made(found)

    def new() -> None:
        if not busy.current:
            busy.current = True  # a second tap would make a second code
            tablet.run(make)

    shop = tablet.pulse.directory.name(tablet.pulse.directory.shop_id or "", session.language)
    steps = card(
        heading(_("A new device for {shop}", shop=shop)),
        text(_("1. Start the app on the new device. It opens its camera by itself.")),
        text(_("2. Make a code here and hold this screen before that camera.")),
        text(_("3. It joins, fetches what it needs, and then shows the names of the staff.")),
        field(
            _("Name of the device (optional)"),
            value=name,
            hint=_("e.g. Counter 2"),
            max_length=LONGEST_NAME,
            on_change=typed,
        ),
        Acts(button(_("Make a code"), new, kind="filled", big=True, icon=ft.Icons.QR_CODE)),
        soft(_("A code takes in one device, within 10 minutes. That you made it is put on record.")),
        spacing=S.GAP,
        padding=S.EDGE,
    )
    shown = (
        keyed(made.code, Shown, made, new)
        if made is not None
        else empty_state(_("The code will stand here"), icon=ft.Icons.QR_CODE_2)
    )
    right = ft.Container(
        shown, bgcolor=C.SURFACE, border=ft.Border.all(1, C.LINE), border_radius=S.RADIUS, padding=S.EDGE,
        alignment=ft.Alignment.CENTER, expand=True,
    )  # fmt: skip
    if session.width < S.NARROW_BELOW:
        right.expand = None
        body: ft.Control = ft.Column(
            [steps, right], spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        return frame(title, body, back="/fleet", scroll=True)
    if session.width >= S.WIDE_FROM:
        body = ft.Row(
            [ft.Column([steps], width=420, scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.STRETCH), right],
            spacing=S.GAP, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )  # fmt: skip
    else:
        body = ft.Column(
            [steps, right], spacing=S.GAP, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )  # fmt: skip
    return frame(title, body, back="/fleet")


@component
def Shown(code: NewCode, new: Callable[[], None]) -> ft.Control:
    """The code, counting down; once it has run out it is not shown any more."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    left = use_left(code.server_time, code.expires_at)
    if left <= timedelta():
        return run_out(_, _("It takes in nobody any more."), new)
    said, shown = time_left(_, left, code.expires_at - code.server_time)
    server = tablet.device.server_url
    side = 340 if session.width >= S.NARROW_BELOW else 240
    picture: ft.Control = (
        ft.Container(
            ft.Image(src=qr.png(link(server, code.code)), width=side, height=side,
                     semantics_label=_("QR code for the new device"), gapless_playback=True),
            bgcolor=ft.Colors.WHITE, border_radius=S.RADIUS,
        )
        if trustworthy(server)
        else ft.Container(
            text(_("Devices take a server's address from a QR code only with https. Please type this code on the new device.")),
            width=side,
        )
    )  # fmt: skip
    return ft.Column(
        [
            picture,
            ft.Container(
                text(_in_two_lines(code.code), size=T.BODY, bold=True, text_align=ft.TextAlign.CENTER, selectable=True), width=side + 40
            ),
            said,
            ft.Container(shown, width=side),
            button(_("To the list of devices"), call(tablet.go, "/fleet"), kind="plain"),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
        spacing=12,
        tight=True,
        scroll=ft.ScrollMode.AUTO,
    )  # fmt: skip


def _in_two_lines(code: str) -> str:
    half = len(grouped(code)) // 2
    return f"{grouped(code)[:half]}\n{grouped(code)[half + 1 :]}"
