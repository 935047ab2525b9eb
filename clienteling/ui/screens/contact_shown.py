"""A customer's telephone number or mail address: masked until a tap says that it is needed, and that is put on record."""

from typing import Literal

import flet as ft

from clienteling.actions.identify import reveal_contact
from clienteling.context import use_session, use_tablet, use_words
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_once
from clienteling.ui.parts import icon_button, text
from sync.model.customer import Customer
from sync.policy.masking import masked_mail, masked_phone, readable_phone

Field = Literal["phone", "email"]
CONTACT: tuple[Field, ...] = ("phone", "email")


def contact_shown(customer: Customer, field: Field, *, writing: bool = False) -> ft.Control:
    """One line for one of the two. Another customer, another person, or the screen left and come back to: masked again."""
    value = customer.phone if field == "phone" else customer.email
    return keyed(f"{customer.id}:{field}:{value}", ContactShown, customer.id, field, value, writing=writing)


@component
def ContactShown(customer_id: str, field: Field, value: str, *, writing: bool) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    shown_to, show_to = ft.use_state("")
    shown = bool(shown_to) and shown_to == session.staff_id
    start = use_once(shown)
    phone = field == "phone"

    async def reveal() -> None:
        staff_id = session.staff_id or ""
        if await reveal_contact(tablet, customer_id, field, writing=writing):  # on record first, on the screen after
            show_to(staff_id)

    said = readable_phone(value) if phone else value
    masked = masked_phone(value) if phone else masked_mail(value)
    if shown:
        label = _("Hide the telephone number") if phone else _("Hide the mail address")
        eye = icon_button(ft.Icons.VISIBILITY_OFF_OUTLINED, label, lambda: show_to(""))
    else:
        label = _("Show the telephone number") if phone else _("Show the mail address")
        eye = icon_button(ft.Icons.VISIBILITY_OUTLINED, label, lambda: start(reveal))
    icons: list[ft.Control] = (
        []
        if writing
        else [ft.Icon(ft.Icons.PHONE_OUTLINED if phone else ft.Icons.MAIL_OUTLINED, size=18, color=C.INK_SOFT)]
    )
    return ft.Row(
        [
            *icons,
            text(
                said if shown else masked,
                size=T.LABEL if writing else T.BODY,
                height=1.4,
                expand=True,
                expand_loose=True,
            ),
            eye,
        ],
        spacing=S.GAP_SMALL,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
