"""A browser that may not show anything yet, or not any more: a manager lets it in with her PIN."""

import flet as ft

from clienteling.actions.fleet import admit_here
from clienteling.actions.session import set_language
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.i18n import LANGUAGE_NAMES, LANGUAGES
from clienteling.theme import C, S
from clienteling.ui.component import component, use_box
from clienteling.ui.parts import button, card, chip, field, heading, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.screens.sign_in_pin import verdict
from sync.client.types import PinOutcome, PinResult
from sync.model.pin_rules import LONGEST_PIN, SHORTEST_PIN
from sync.model.shop import Role


@component
def LetIn() -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    directory = pulse.directory
    managers = [
        one
        for one in directory.staff.values()
        if one.active and one.role is Role.MANAGER and one.shop_id == directory.shop_id
    ]
    chosen, choose = ft.use_state(managers[0].id if len(managers) == 1 else "")
    pin, show_pin = ft.use_state("")
    entered, busy = use_box(""), use_box(False)
    result, set_result = ft.use_state(PinResult(PinOutcome.OK))

    def set_pin(value: str) -> None:
        entered.current = value
        show_pin(value)

    def typed(event: ft.Event[ft.TextField]) -> None:
        set_pin("".join(c for c in str(event.data or "") if c.isdigit()))

    async def check() -> None:
        try:
            given = await admit_here(tablet, chosen, entered.current)
        finally:
            busy.current = False
        set_pin("")
        set_result(given)

    def enter() -> None:
        if chosen and len(entered.current) >= SHORTEST_PIN and not busy.current:
            busy.current = True  # a second tap would count as a second try
            tablet.run(check)

    retailer = directory.retailer
    demo_pin = retailer.demo_pins.get(chosen) if retailer and retailer.demo else None
    said = verdict(_, result)
    shop = directory.name(directory.shop_id or "", session.language)
    inside: list[ft.Control] = [
        ft.Row([ft.Icon(ft.Icons.LOCK_OUTLINED, size=36, color=C.PRIMARY)]),
        heading(_("This browser has not been let in")),
        text(_("It is new here, or a manager has turned it out. A manager of {shop} lets it in, once, with a PIN.", shop=shop)),
    ]  # fmt: skip
    if managers:
        inside += [
            choices([(one.id, directory.staff_name(one, _.language)) for one in managers], [chosen], choose),
            field(
                _("PIN"), value=pin, on_change=typed, on_submit=enter, password=True, error=said,
                keyboard_type=ft.KeyboardType.NUMBER, input_filter=ft.InputFilter(r"^[0-9]*$"), max_length=LONGEST_PIN, counter="",
            ),
            ft.Row(
                [
                    button(
                        _("Let this browser in"), enter, kind="filled", big=True,
                        disabled=not chosen or len(pin) < SHORTEST_PIN,
                    )
                ]
            ),
            *([ft.Row([chip(_("Demo: the PIN is {pin}", pin=demo_pin), "caution")])] if demo_pin else []),
            soft(_("Or from the list of devices, in a browser where a manager is signed in.")),
        ]  # fmt: skip
    else:
        inside.append(text(_("The names of the managers are not here yet; they come with the first sync.")))
    languages = ft.Row(
        [
            button(
                LANGUAGE_NAMES[code],
                call(set_language, tablet, code),
                kind="soft" if code == session.language else "plain",
            )
            for code in LANGUAGES
        ],
        alignment=ft.MainAxisAlignment.END,
    )
    width = min(520, session.pixels - 2 * S.EDGE)
    return ft.Container(
        ft.Column(
            [languages, ft.Container(card(*inside, spacing=S.GAP, padding=S.EDGE), width=width)],
            spacing=S.EDGE,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            scroll=ft.ScrollMode.AUTO,
        ),
        expand=True,
        padding=S.EDGE,
    )
