import flet as ft

from clienteling.context import use_pulse, use_session, use_tablet
from clienteling.ui.component import component
from clienteling.ui.parts import button, text


@component
def SignIn() -> ft.Control:
    tablet, session, pulse = use_tablet(), use_session(), use_pulse()

    def pick(staff_id: str) -> None:
        session.staff_id = staff_id

    return ft.Column(
        [
            text("sign in"),
            *(button(person.family_name, lambda i=person.id: pick(i)) for person in pulse.directory.staff.values()),
        ]
    )
