"""The way back from what customers look at: a long press, or the PIN for whoever uses keys or a screen reader. A tap alone
shows the field and nothing else: the tablet may be in the customer's hand."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.session import show_customer, sign_in
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C, S
from clienteling.ui.component import component, use_box
from clienteling.ui.parts import button, field, soft, text
from clienteling.ui.screens.sign_in_pin import verdict
from sync.client.types import PinOutcome, PinResult
from sync.model.pin_rules import LONGEST_PIN, SHORTEST_PIN


@component
def Leave(asked: bool, ask: Callable[[bool], None]) -> ft.Control:
    """The button in the header."""
    tablet, _ = use_tablet(), use_words()
    return button(
        _("Staff only"),
        call(ask, not asked),
        icon=ft.Icons.LOCK_OUTLINE,
        on_long_press=call(show_customer, tablet, on=False),
    )


@component
def ByPin(close: Callable[[bool], None]) -> ft.Control:
    """Asks for the PIN of whoever is signed in, without a name."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    typed = use_box("")
    busy = use_box(False)
    result, set_result = ft.use_state(PinResult(PinOutcome.OK))

    def changed(event: ft.Event[ft.TextField]) -> None:
        typed.current = str(event.data or "")

    async def check() -> None:
        try:
            given = await sign_in(tablet, session.staff_id or "", typed.current)
        finally:
            busy.current = False
        set_result(given)
        if given.ok:
            show_customer(tablet, on=False)

    def enter() -> None:
        if len(typed.current) >= SHORTEST_PIN and not busy.current:
            busy.current = True  # a second tap would count as a second try
            tablet.run(check)

    said = verdict(_, result)
    return ft.Container(
        ft.Row(
            [
                soft(_("Staff: press and hold the button, or enter your PIN.")),
                ft.Container(
                    field(
                        _("PIN"), on_change=changed, on_submit=enter, password=True, max_length=LONGEST_PIN, counter="",
                        keyboard_type=ft.KeyboardType.NUMBER, input_filter=ft.InputFilter(r"^[0-9]*$"),
                    ),
                    width=200,
                ),
                button(_("Back to staff"), enter, kind="filled"),
                button(_("Cancel"), call(close, False), kind="plain"),
                *([text(said, color=C.ERROR)] if said else []),
            ],
            spacing=S.GAP,
            run_spacing=S.GAP_SMALL,
            wrap=True,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP_SMALL),
        border=ft.Border(bottom=ft.BorderSide(1, C.LINE)),
    )  # fmt: skip
