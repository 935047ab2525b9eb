"""The cards of the home screen."""

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.context import Tablet, call
from clienteling.queries.home import Coming, Present, Today, Todo
from clienteling.routes import message_route
from clienteling.theme import C, S
from clienteling.ui.parts import (
    Tone,
    avatar,
    button,
    card,
    chip,
    divided,
    empty_state,
    soft,
    tappable,
    text,
)
from clienteling.words import Words
from sync.model.customer import AppointmentKind
from sync.model.outreach import Cause, FollowUpState

_TONES: dict[Cause, Tone] = {Cause.RETURNED: "accent", Cause.REPLY: "caution", Cause.BIRTHDAY: "accent"}


def todo_card(_: Words, tablet: Tablet, found: Today, *, fill: bool) -> ft.Control:
    """Follow-ups due, the reason in words beside each; "leave alone" is a state with a reason, not an omission."""
    rows = [_todo_row(_, tablet, todo) for todo in found.todos]
    if not rows:
        return card(
            empty_state(
                _("Nothing due today"),
                _("New ones appear here by themselves, with the reason beside them."),
                icon=ft.Icons.TASK_ALT,
            ),
            title=_("Today's follow-ups"),
            expand=fill or None,
        )
    if found.more:
        rows.append(button(_("{n} more in the queue", n=found.more), call(tablet.go, "/queue"), kind="plain"))
    return card(
        *divided(rows),
        title=_("Today's follow-ups: {n}", n=found.mine),
        aside=_("plus {n} unassigned", n=found.unassigned)
        if found.unassigned
        else _("Replies first, then by due time"),
        expand=fill or None,
        scroll=fill,
        spacing=4,
    )


def _todo_row(_: Words, tablet: Tablet, todo: Todo) -> ft.Control:
    one, name = todo.follow_up, _.honour(todo.customer.family_name)
    held = todo.restraint is not None
    badges = [chip(_.code("cause", one.cause), "plain" if held else _TONES.get(one.cause, "primary"))]
    if held:
        badges = [chip(_("Hold off for now"))]
    elif one.state is FollowUpState.RETURNED:
        badges.append(chip(_("Sent back"), "error"))
    elif todo.overdue:
        badges.append(chip(_("was due {at:ago}", at=one.due_at), "plain"))
    reason = _.reason(todo.restraint) if todo.restraint else _.reason(one.evidence)
    if one.state is FollowUpState.RETURNED and one.comment:
        reason = _("“{comment}”", comment=one.comment)
    elif not held and one.assignee_id is None:
        reason = f"{reason} · {_('unassigned')}"
    who = tappable(
        ft.Row(
            [
                avatar(todo.customer.family_name),
                ft.Column(
                    [
                        ft.Row(
                            [text(name, bold=True, color=C.INK_SOFT if held else C.INK), *badges],
                            spacing=8,
                            wrap=True,
                            run_spacing=2,
                            vertical_alignment=ft.CrossAxisAlignment.CENTER,
                        ),
                        soft(reason, lines=6, height=1.5),
                    ],
                    spacing=2,
                    expand=True,
                ),
            ],
            spacing=12,
        ),
        f"{name} {_.code('cause', one.cause)} {reason}",
        call(tablet.run, open_customer, tablet, one.customer_id, "follow_up"),
        padding=ft.Padding.symmetric(vertical=8),
    )
    label = _("Why") if held else _("Reply") if one.cause is Cause.REPLY else _("See the message")
    route = message_route(one.customer_id, cause=one.cause.value, follow_up=one.id)
    act = button(label, call(tablet.go, route), kind="outline" if held else "soft", tooltip=f"{name}: {label}")
    if tablet.session.width < S.SLIM_BELOW:
        return ft.Column([who, ft.Row([act], wrap=True)], spacing=0, key=one.id)
    if tablet.session.width >= S.NARROW_BELOW:
        return ft.Row([ft.Container(who, expand=True), act], spacing=12, key=one.id)
    # on a handheld the button has its share and no more, so that larger letters leave room for the customer
    way = ft.Container(act, expand=2, alignment=ft.Alignment.CENTER_RIGHT)
    return ft.Row([ft.Container(who, expand=3), way], spacing=12, key=one.id)


def present_card(_: Words, tablet: Tablet, found: Today) -> ft.Control:
    """Customers in the shop now, and who looks after them."""
    rows = [_present_row(_, tablet, one) for one in found.present]
    return card(
        *(divided(rows) if rows else [soft(_("Nobody has checked in yet. Scanning a member code records the visit."))]),
        title=_("In the shop"),
        aside=_("{n} here", n=len(rows)) if rows else "",
        spacing=4,
    )


def _present_row(_: Words, tablet: Tablet, one: Present) -> ft.Control:
    name = _.honour(one.customer.family_name)
    retailer = tablet.pulse.directory.retailer
    rank = (retailer.ranks if retailer else {}).get(one.customer.rank, one.customer.rank)
    came = _("since {at:time}", at=one.visit.at)
    by = _("with {staff:name}", staff=one.visit.staff_id) if one.visit.staff_id else ""
    detail = " · ".join(part for part in (came, by) if part)
    badge = [chip(rank, "primary")] if rank else []
    slim = tablet.session.width < S.SLIM_BELOW
    return tappable(
        ft.Row(
            [
                avatar(one.customer.family_name, strong=True),
                ft.Column([text(name, bold=True), soft(detail), *(badge if slim else [])], spacing=2, expand=True),
                *([] if slim else badge),
            ],
            spacing=12,
        ),
        f"{name} {detail}",
        call(tablet.run, open_customer, tablet, one.customer.id, "link"),
        padding=ft.Padding.symmetric(vertical=8),
        key=one.visit.id,
    )


def appointments_card(_: Words, tablet: Tablet, found: Today) -> ft.Control:
    """Today's appointments by time; a video one leads to its room."""
    rows = [_coming_row(_, tablet, one) for one in found.appointments]
    return card(
        *(divided(rows) if rows else [soft(_("No appointments left today."))]),
        title=_("Appointments"),
        aside=_("{n} today", n=len(rows)) if rows else "",
        spacing=4,
    )


def _coming_row(_: Words, tablet: Tablet, one: Coming) -> ft.Control:
    appointment, name = one.appointment, _.honour(one.customer.family_name)
    video = appointment.appointment_kind is AppointmentKind.VIDEO
    by = _("with {staff:name}", staff=appointment.staff_id) if appointment.staff_id else ""
    detail = " · ".join(part for part in (appointment.subject, by) if part)
    at = _.time(appointment.at)
    kind = _.code("appointment_kind", appointment.appointment_kind)
    go = (
        call(tablet.go, f"/appointments/{appointment.id}")
        if video
        else call(tablet.run, open_customer, tablet, one.customer.id, "appointment")
    )
    clock: list[ft.Control] = [ft.Container(width=52, height=0), text(at, color=C.INK_SOFT, no_wrap=True)]
    when, badge = ft.Column(clock, spacing=0, tight=True), chip(kind, "good" if video else "plain")
    who = ft.Column(
        [text(name, bold=True), *([soft(detail, lines=4)] if detail else [])],
        spacing=2,
        expand=tablet.session.width >= S.SLIM_BELOW or None,
    )
    return tappable(
        ft.Row([when, who, badge], spacing=S.GAP_SMALL)
        if who.expand
        else ft.Column([ft.Row([when, badge], wrap=True, spacing=S.GAP_SMALL), who], spacing=2),
        f"{at} {name} {kind} {detail}",
        go,
        padding=ft.Padding.symmetric(vertical=8),
        key=appointment.id,
    )
