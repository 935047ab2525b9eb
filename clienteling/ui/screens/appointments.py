"""Today's appointments and those ahead; a video appointment opens its room, another the customer."""

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.appointments import Booking, load_bookings
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import card, chip, closed_state, divided, empty_state, error_panel, icon_button, soft, text
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import AppointmentKind


@component
def Appointments(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_bookings(tablet.device.cache, directory.shop_id, tablet.staff, now, directory.zone),
        [session.staff_id],
    )
    title = _("Appointments")
    if tablet.pulse.shut:
        return frame(title, closed_state(_))
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again))
    if query.value is None:
        return frame(title, list_skeleton(3, "time", act=48, groups=2), scroll=True)
    view = query.value
    today = card(
        *(
            divided([_row(tablet, _, one, dated=False) for one in view.today])
            or [empty_state(_("No appointments today"), icon=ft.Icons.EVENT_AVAILABLE)]
        ),
        title=_("Today"),
        aside=_("{n} appointments", n=len(view.today)),
        spacing=12,
    )
    later = card(
        *(divided([_row(tablet, _, one, dated=True) for one in view.later]) or [soft(_("None in the next two weeks"))]),
        title=_("Ahead"),
        aside=_("{n} appointments", n=len(view.later)),
        spacing=12,
    )
    return frame(
        title,
        ft.Column([today, later], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        scroll=True,
    )


def _row(tablet: Tablet, _: Words, one: Booking, *, dated: bool) -> ft.Control:
    appointment, name = one.appointment, _.honour(one.customer.name)
    video = appointment.appointment_kind is AppointmentKind.VIDEO
    label = _("Open the call with {name}", name=name) if video else _("Open {name}", name=name)

    def open_() -> None:
        if video:
            tablet.go(f"/appointments/{appointment.id}")
        else:
            tablet.run(open_customer, tablet, one.customer.id, "appointment")

    when = ft.Column(
        [
            *([soft(_.date(appointment.at))] if dated else []),
            text(_.time(appointment.at), size=T.TITLE, bold=True, height=1.2),
            soft(_("{n} min", n=appointment.minutes), size=T.SMALL),
        ],
        spacing=0,
    )
    badge = chip(_.code("appointment_kind", appointment.appointment_kind), "good" if video else "plain")
    joined = appointment.call and appointment.call.customer_joined_at and not appointment.call.ended_at
    who = _("with {staff:name}", staff=appointment.staff_id) if appointment.staff_id else ""
    whom: list[ft.Control] = [
        ft.Row(
            [text(name, bold=True), badge, *([chip(_("In the room"), "accent")] if joined else [])],
            spacing=8,
            wrap=True,
        ),
        soft(" · ".join(part for part in (appointment.subject, who) if part), lines=4),
    ]
    go = icon_button(
        ft.Icons.VIDEOCAM_OUTLINED if video else ft.Icons.PERSON_OUTLINED, label, open_, bgcolor=C.PRIMARY_SOFT
    )
    if tablet.session.width < S.SLIM_BELOW:
        first = ft.Row([when, go], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
        return ft.Column([first, *whom], spacing=2, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row(
        [
            ft.Container(when, width=(110 if dated else 80) * tablet.session.letters),
            ft.Column(whom, spacing=2, expand=True),
            go,
        ],
        spacing=12,
    )
