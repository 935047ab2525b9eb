"""A new customer, in one short form: names, how to reach her, and what she agrees to. Works offline too."""

from dataclasses import replace
from typing import Any

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.register import Form, phone_digits, problems, register
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.search import alike
from clienteling.theme import C, S
from clienteling.ui.component import component, use_box, use_once, use_query
from clienteling.ui.parts import button, card, divided, field, soft, stack, text
from clienteling.ui.parts.choice import tick_box
from clienteling.ui.parts.customers import hit_row
from clienteling.ui.parts.signature import signature_field
from clienteling.ui.reach import form_foot
from clienteling.ui.shell import frame
from sync.model.customer import Channel
from sync.model.shop import RetailerSettings
from sync.model.signature import Point
from sync.policy.wordings import current, sentence


@component
def Register(**_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    form, show_form = ft.use_state(Form())
    filled = use_box(form)  # keys may come faster than renders, so handlers read this and not `form`
    tried, set_tried = ft.use_state(False)
    signing, set_signing = ft.use_state(False)
    start = use_once()
    name, phone = f"{form.family_name} {form.given_name}".strip(), phone_digits(form.phone)
    same, _again = use_query(lambda: alike(tablet.device, name=name, phone=phone), [name, phone])
    wrong = problems(form) if tried else {}
    shown = current("registration", _.language)
    wide, narrow = session.width >= S.WIDE_FROM, session.width < S.NARROW_BELOW
    roomy = session.width >= S.SLIM_BELOW  # a label is one line

    def set_form(value: Form) -> None:
        filled.current = value
        show_form(value)

    def put(part: str, event: ft.Event[ft.TextField]) -> None:
        changed: dict[str, Any] = {part: str(event.data or "")}
        set_form(replace(filled.current, **changed))

    def put_consent(channel: Channel, *, on: bool) -> None:
        agreed = filled.current.consents
        set_form(replace(filled.current, consents=agreed | {channel} if on else agreed - {channel}))

    def entry(part: str, label: str, **more: Any) -> ft.Control:
        def typed(event: ft.Event[ft.TextField]) -> None:
            put(part, event)

        error = _(wrong[part]) if part in wrong else ""
        return field(label, value=str(getattr(form, part)), error=error, on_change=typed, expand=True, **more)

    def begin(point: Point) -> None:
        set_form(replace(filled.current, strokes=(*filled.current.strokes, (point,))))

    def go_on(point: Point) -> None:
        *before, last = filled.current.strokes or ((),)
        set_form(replace(filled.current, strokes=(*before, (*last, point))))

    def clear() -> None:
        set_form(replace(filled.current, strokes=()))

    def save() -> None:
        set_tried(True)
        if not problems(filled.current):
            start(register, tablet, filled.current)

    def consent(channel: Channel, sentence: str) -> ft.Control:
        def tapped() -> None:
            put_consent(channel, on=channel not in filled.current.consents)

        box = tick_box(sentence, channel in form.consents, lambda on: put_consent(channel, on=on))
        words = ft.Container(text(sentence, height=1.4), on_click=tapped)
        return ft.Row(
            [
                box,
                ft.Semantics(exclude_semantics=True, content=words, expand=True),  # the box says it already
            ],
            spacing=0,
        )

    names = card(
        _pair(entry("family_name", _("Family name (required)") if roomy else _("Family name"), autofocus=True), entry("given_name", _("Given name")), stacked=narrow),
        _pair(entry("family_kana", _("Family name in kana") if roomy else _("Family (kana)")), entry("given_kana", _("Given name in kana") if roomy else _("Given (kana)")), stacked=narrow),
        title=_("Name"), spacing=14,
    )  # fmt: skip
    reach = card(
        _pair(
            entry("phone", _("Telephone"), keyboard_type=ft.KeyboardType.PHONE),
            entry("email", _("Mail address"), keyboard_type=ft.KeyboardType.EMAIL),
            stacked=narrow,
        ),
        title=_("Contact details"), aside=_("One of the two is enough; none is fine as well"), spacing=14,
    )  # fmt: skip
    consents = card(
        soft(_("Read it out, and tick only what the customer agrees to. It can be stopped at any time.")),
        *(consent(each, sentence(shown, each.value, brand=_brand(pulse.directory.retailer))) for each in (Channel.SMS, Channel.EMAIL)),
        *(
            [
                signature_field(
                    _, form.strokes, begin=begin, go_on=go_on, clear=clear, width=320 if narrow else 560
                )
            ]
            if signing
            else [ft.Row([button(_("Have it signed"), call(set_signing, True), icon=ft.Icons.DRAW_OUTLINED)])]
        ),
        *([text(_(wrong["signature"]), color=C.ERROR)] if "signature" in wrong else []),
        soft(_("LINE is asked for when the customer adds our account as a friend.")),
        title=_("Consent"), spacing=6,
    )  # fmt: skip
    hits = same.value or ()
    duplicates = (
        card(
            text(_("Is it one of them? Then open that customer instead of registering twice."), color=C.CAUTION),
            *divided(
                [hit_row(_, hit, pulse.directory, call(tablet.run, open_customer, tablet, hit.customer_id, "search")) for hit in hits]
            ),
            title=_("Already a customer?"),
            tone="caution",
        )
        if hits
        else None
    )  # fmt: skip
    foot = form_foot(
        button(_("Register"), save, kind="filled", big=True),
        wrong=_("Please look at the marked fields.") if wrong else "",
    )
    later = [] if pulse.online else [soft(_("Without a network the registration is saved here and sent later."))]
    cards = [names, reach, *([duplicates] if duplicates else []), consents, *later]
    return frame(
        _("New customer"),
        ft.Container(
            stack(cards),
            width=820 if wide else None,
        ),
        actions=[
            button(
                _("Customer's phone"),
                call(tablet.go, "/register/phone"),
                icon=ft.Icons.QR_CODE_2,
            )
        ],
        back="/search",
        scroll=True,
        foot=foot,
    )


def _brand(retailer: RetailerSettings | None) -> str:
    return retailer.brand if retailer else ""


def _pair(left: ft.Control, right: ft.Control, *, stacked: bool) -> ft.Control:
    """Two fields side by side, level at the top also when one of them has something to say below; on a handheld stacked."""
    if stacked:
        return ft.Column([ft.Row([left]), ft.Row([right])], spacing=14)
    return ft.Row([left, right], spacing=14, vertical_alignment=ft.CrossAxisAlignment.START)
