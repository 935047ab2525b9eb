"""A new tablet joins its shop: by the camera, or by typing the one-time code."""

import flet as ft

from clienteling.actions.join import ASKS_FOR_SERIAL, join
from clienteling.context import use_pulse, use_session, use_tablet, use_words
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_box
from clienteling.ui.parts import button, card, field, heading, progress_bar, soft, text
from clienteling.ui.screens.scan import Viewfinder
from sync.model.outreach import Reason
from sync.policy.invitation import CODE_LENGTH, grouped


@component
def Join() -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    code, show_code = ft.use_state("")
    serial, show_serial = ft.use_state("")
    held, held_serial = use_box(""), use_box("")
    problem, set_problem = ft.use_state(Reason(code=""))
    working, set_working = ft.use_state(False)
    busy = use_box(False)

    async def use(scanned: str) -> None:
        if busy.current:
            return
        busy.current = True
        set_working(True)
        set_problem(Reason(code=""))
        try:
            found = await join(tablet, scanned, held_serial.current)
        finally:
            busy.current = False
            set_working(False)
        if found is not None:
            set_problem(found)
            if "://" in scanned and found.params["why"] in ASKS_FOR_SERIAL:
                type_code(scanned)  # it stays, so that only the serial number is to be added

    def type_code(value: str) -> None:
        held.current = value
        show_code(value)

    def type_serial(event: ft.Event[ft.TextField]) -> None:
        held_serial.current = str(event.data or "")
        show_serial(held_serial.current)

    def enter() -> None:
        tablet.run(use, held.current)

    why = str(problem.params.get("why", ""))
    asks = why in ASKS_FOR_SERIAL and not tablet.device.serial
    count = len(grouped(code).replace("-", ""))
    revoked = "revoked" in pulse.messages
    typed = card(
        *(
            [
                heading(_.code("sync_message", "revoked"), color=C.ERROR),
                text(
                    _("No customers are kept on it any more. What was not sent yet is kept for when it joins again.")
                ),
                *(
                    [text(_.code("sync_message", "unsent_handed_over"))]
                    if "unsent_handed_over" in pulse.messages
                    else []
                ),
            ]
            if revoked
            else [heading(_("This tablet has not joined a shop yet"))]
        ),
        text(_("Hold the QR code from head office or your manager before the camera, or type the code below it.")),
        *(
            [
                ft.Semantics(
                    live_region=True,
                    content=ft.Container(
                        text(_.reason(problem), color=C.ERROR, height=1.5),
                        bgcolor=C.ERROR_SOFT, border_radius=S.RADIUS, padding=14,
                    ),
                )
            ]
            if why
            else []
        ),
        field(
            _("One-time code"),
            value=code,
            hint="ABCD-EFGH-…",
            on_change=lambda event: type_code(str(event.data or "")),
            on_submit=enter,
            autocorrect=False,
            capitalization=ft.TextCapitalization.CHARACTERS,
        ),
        soft(_("{n} of {of} letters and digits. Spaces, hyphens and small letters make no difference.", n=count, of=CODE_LENGTH))
        if "://" not in code
        else soft(_("Read by the camera")),
        *(
            [field(_("Serial number of this device"), value=serial, on_change=type_serial, on_submit=enter)]
            if asks
            else []
        ),
        ft.Row([button(_("Join"), enter, kind="filled", big=True, disabled=working or count < CODE_LENGTH)]),
        *([progress_bar(_, None), soft(_("Joining…"))] if working else []),
        soft(_("Server: {server}", server=tablet.device.server_url), size=T.SMALL),
        spacing=S.GAP,
        padding=S.EDGE,
    )  # fmt: skip
    glass = keyed("join", Viewfinder, use, _("Hold the QR code in the frame"), _("Please type the code."))
    if session.width >= S.WIDE_FROM:
        return ft.Row(
            [
                ft.Container(glass, expand=True),
                ft.Column([typed], width=440, scroll=ft.ScrollMode.AUTO,
                          horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            ],
            spacing=S.EDGE,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )  # fmt: skip
    return ft.Column(
        [
            ft.Container(glass, expand=1 if why else 3),
            ft.Column([typed], scroll=ft.ScrollMode.AUTO, expand=1 if why else 2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        ],
        spacing=S.GAP,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
