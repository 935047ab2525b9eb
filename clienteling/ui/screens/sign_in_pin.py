"""The PIN pad: six digits or more, by taps or keys; says what was wrong and for how long to wait."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.session import sign_in, unlock
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.theme import REGULAR, C, S, T
from clienteling.ui.component import component, use_box
from clienteling.ui.parts import button, chip, field, heading, icon_button, soft, text
from clienteling.words import Words
from sync.client.types import PinOutcome, PinResult
from sync.model.pin_rules import LONGEST_PIN, SHORTEST_PIN
from sync.model.shop import Role, Staff


def verdict(_: Words, result: PinResult) -> str:
    """Say why a PIN did not open, and what to do."""
    match result.outcome:
        case PinOutcome.OK:
            return ""
        case PinOutcome.WRONG:
            return _("That PIN is not right. {n} more tries.", n=result.tries_left)
        case PinOutcome.DELAYED:
            return _("Too many tries. Please wait {n} seconds.", n=result.wait_seconds)
        case PinOutcome.LOCKED:
            return _("Locked. Please ask your manager to unlock it.")
        case PinOutcome.UNKNOWN:
            return _("There is no PIN for you on this tablet yet. It comes with the next sync.")


@component
def PinPad(staff_id: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    pin, show_pin = ft.use_state("")
    entered = use_box("")  # taps may come faster than renders, so handlers read this and not `pin`
    result, set_result = ft.use_state(PinResult(PinOutcome.OK))
    busy = use_box(False)
    helper, set_helper = ft.use_state("")  # the manager who unlocks this person's PIN with her own
    unlocked, set_unlocked = ft.use_state(False)
    directory = pulse.directory
    whose = helper or staff_id
    name = directory.name(staff_id, session.language)
    retailer = directory.retailer
    demo_pin = retailer.demo_pins.get(whose) if retailer and retailer.demo else None

    def set_pin(value: str) -> None:
        entered.current = value
        show_pin(value)

    def digit(value: str) -> None:
        set_pin(entered.current + value)

    def delete() -> None:
        set_pin(entered.current[:-1])

    def typed(event: ft.Event[ft.TextField]) -> None:
        set_pin("".join(c for c in str(event.data or "") if c.isdigit()))

    async def check() -> None:
        try:
            if helper:
                given = await unlock(tablet, staff_id, helper, entered.current)
            else:
                given = await sign_in(tablet, staff_id, entered.current)
        finally:
            busy.current = False
        set_pin("")
        set_unlocked(bool(helper) and given.ok)
        set_result(given)
        if helper and given.ok:
            set_helper("")

    def enter() -> None:
        if len(entered.current) >= SHORTEST_PIN and not busy.current:
            busy.current = True  # a second tap would count as a second try
            tablet.run(check)

    def ask(manager_id: str) -> None:
        set_pin("")
        set_helper(manager_id)
        set_result(PinResult(PinOutcome.OK))

    said = verdict(_, result)
    ready = len(pin) >= SHORTEST_PIN
    managers = [one for one in directory.staff.values() if may_unlock(one, staff_id, directory.shop_id)]
    ways: list[ft.Control] = []
    if helper:
        ways.append(button(_("Cancel"), call(ask, ""), kind="plain"))
    elif result.outcome is PinOutcome.LOCKED:
        ways += [
            button(
                _("Unlock with the PIN of {name}", name=directory.staff_name(one, _.language)),
                call(ask, one.id),
                kind="soft",
            )
            for one in managers
        ]
    title = _("{name}: PIN", name=directory.name(whose, session.language))
    return ft.Column(
        [
            heading(title),
            *([soft(_("To unlock {name}", name=name))] if helper else []),
            *([chip(_("Demo: the PIN is {pin}", pin=demo_pin), "caution")] if demo_pin else []),
            ft.Container(
                field(
                    _("PIN"), value=pin, on_change=typed, on_submit=enter, password=True,
                    keyboard_type=ft.KeyboardType.NUMBER, input_filter=ft.InputFilter(r"^[0-9]*$"), max_length=LONGEST_PIN, counter="", text_align=ft.TextAlign.CENTER,
                ),
                width=280,
            ),
            ft.Container(
                ft.Semantics(
                    live_region=True,
                    content=text(said, size=T.LABEL, color=C.ERROR, text_align=ft.TextAlign.CENTER, height=1.5),
                )
                if said
                else soft(_("Unlocked. Please enter your PIN.") if unlocked else _("Six digits or more")),
                height=40 * session.letters,
                width=320,
                alignment=ft.Alignment.CENTER,
            ),
            ft.Row(
                [
                    *(_key(value, call(digit, value)) for value in "123456789"),
                    ft.Container(
                        icon_button(ft.Icons.CLEAR, _("Clear"), call(set_pin, "")),
                        width=88, height=60, alignment=ft.Alignment.CENTER,
                    ),
                    _key("0", call(digit, "0")),
                    ft.Container(
                        icon_button(ft.Icons.BACKSPACE_OUTLINED, _("Delete"), delete),
                        width=88, height=60, alignment=ft.Alignment.CENTER,
                    ),
                ],
                wrap=True, width=288, spacing=12, run_spacing=10,
            ),
            ft.Container(
                button(_("Unlock") if helper else _("Resume") if session.covered else _("Sign in"), enter, kind="filled", big=True, disabled=not ready, width=288),
                margin=ft.Margin.only(top=6),
            ),
            *ways,
        ],
        spacing=10,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
        tight=True,
        scroll=ft.ScrollMode.AUTO,
    )  # fmt: skip


def may_unlock(person: Staff, locked_id: str, shop_id: str | None) -> bool:
    """Whether this person may let another one try again: a manager who works in this shop, and not the same person."""
    here = shop_id in (person.shop_id, *person.helps_shop_ids)
    return person.active and person.role is Role.MANAGER and person.id != locked_id and here


def _key(value: str, on_click: Callable[[], None]) -> ft.Control:
    return ft.TextButton(
        content=value,
        on_click=on_click,
        width=88,
        height=60,
        style=ft.ButtonStyle(
            bgcolor=C.SUNKEN,
            color=C.INK,
            text_style=ft.TextStyle(font_family=REGULAR, size=24),
            shape=ft.RoundedRectangleBorder(radius=S.RADIUS),
        ),
    )
