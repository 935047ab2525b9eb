"""Promising something: what, and the day is chosen already; two taps at the farewell."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import flet as ft

from clienteling.actions.promises import NewPromise, make
from clienteling.context import use_session, use_tablet, use_words
from clienteling.theme import S
from clienteling.ui.component import component, use_box, use_once
from clienteling.ui.parts import button, field, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.reach import Acts
from clienteling.ui.screens.promise_rows import colleagues
from sync.model.promise import Promised

DAYS: dict[Promised, int] = {
    Promised.ARRIVAL: 14,
    Promised.PHOTO: 1,
    Promised.FIND_OUT: 3,
    Promised.KEEP_ASIDE: 7,
    Promised.PREPARE: 14,
    Promised.OTHER: 7,
}
"""Until when each is usually promised, in days from today."""
CHOICES = (0, 1, 3, 7, 14, 30)


@dataclass(frozen=True)
class Form:
    what: str = ""
    days: int = 7
    to_staff_id: str = ""
    text: str = ""


@component
def PromiseForm(customer_id: str, visit_id: str | None) -> ft.Control:
    """A tap on what, a tap on the button; day, words and who keeps it only where they are other than usual."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    form, show = ft.use_state(Form())
    held, times = use_box(Form()), ft.use_state(0)
    start = use_once(times[0])
    today = tablet.now().astimezone(tablet.pulse.directory.zone).date()

    def put(**parts: Any) -> None:
        held.current = replace(held.current, **parts)
        show(held.current)

    def chose(code: str) -> None:
        put(what=code, days=DAYS[Promised(code)])

    def save() -> None:
        given = held.current
        if not given.what:
            return
        due = today + timedelta(days=given.days)
        to = given.to_staff_id or session.staff_id or ""
        new = NewPromise(Promised(given.what), due, to, given.text, visit_id)
        start(make, tablet, customer_id, new)
        held.current = Form()
        show(held.current)
        times[1](times[0] + 1)

    parts: list[ft.Control] = [choices([(one.value, _.code("promised", one)) for one in Promised], [form.what], chose)]
    if form.what:
        day = _.date(today + timedelta(days=form.days))
        who = form.to_staff_id or session.staff_id or ""
        parts += [
            Acts(
                button(
                    _("Promise until {day}", day=day), save, kind="filled", icon=ft.Icons.HANDSHAKE_OUTLINED, big=True
                )
            ),
            soft(_("You keep it") if who == session.staff_id else _("{staff:name} keeps it", staff=who)),
            text(_("Another day"), bold=True),
            choices(
                [(str(days), _.date(today + timedelta(days=days))) for days in CHOICES],
                [str(form.days)],
                lambda code: put(days=int(code)),
            ),
            text(_("Somebody else keeps it"), bold=True),
            choices(
                colleagues(tablet, session.staff_id),
                [form.to_staff_id],
                lambda code: put(to_staff_id="" if code == held.current.to_staff_id else code),
            ),
            field(
                _("What exactly"),
                hint=_("Size, colour, where to call: what whoever keeps it must know"),
                value=form.text,
                on_change=lambda event: put(text=event.control.value or ""),
                max_length=200,
            ),
        ]
    return ft.Column(parts, spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
