"""A video appointment: the room with its link and who is in it, beside the customer's profile."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.consult import copied, join_call
from clienteling.context import Tablet, use_session, use_tablet, use_words
from clienteling.queries.appointments import Consultation, load_consultation
from clienteling.queries.profile import Profile
from clienteling.theme import C, S, T
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, empty_state, error_panel, text
from clienteling.ui.parts.skeletons import columns_skeleton
from clienteling.ui.parts.tabs import tabs
from clienteling.ui.screens.profile_about import about_card, identity
from clienteling.ui.screens.profile_history import History
from clienteling.ui.screens.profile_interest import interest
from clienteling.ui.shell import frame
from clienteling.words import Words


@component
def Consult(appointment_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_consultation(
            tablet.device.cache,
            appointment_id,
            shop=directory.shop,
            now=now,
            zone=directory.zone,
            playbook=directory.playbook,
        ),
        [appointment_id],
    )
    tab, set_tab = ft.use_state("web")
    call = query.value.appointment.call if query.value is not None else None
    over = call is not None and call.ended_at is not None

    def ended() -> None:
        if over:
            tablet.call_since = None  # whoever ended it: from now on the screen is covered again when left alone

    ft.use_effect(ended, [over])
    use_view(query.value.profile.facts.customer.id if query.value else None, "call")
    title = _("Video consultation")
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back="/appointments")
    if query.loading:
        return frame(title, columns_skeleton(session.width, (0, 5), (0, 6)), back="/appointments")
    if query.value is None:
        return frame(
            title,
            empty_state(_("This appointment is not on this tablet"), icon=ft.Icons.EVENT_BUSY),
            back="/appointments",
        )
    view = query.value
    wide, narrow = session.width >= S.WIDE_FROM, session.width < S.NARROW_BELOW
    parts = {"web": _("Online interests"), "history": _("History so far"), "about": _("About the customer")}
    views: dict[str, Callable[[Words, Profile], ft.Control]] = {
        "web": interest,
        "history": lambda _, view: keyed(f"history:{view.facts.customer.id}", History, view, not narrow),
        "about": about_card,
    }
    inside = views[tab](_, view.profile)
    her = ft.Column(
        [
            card(identity(_, view.profile, narrow=narrow), padding=16),
            card(text(view.appointment.subject or _("Nothing was written")), title=_("What it is about")),
            card(tabs(parts, tab, set_tab), inside)
            if narrow
            else card(tabs(parts, tab, set_tab), inside, expand=True, scroll=tab != "history", fill=tab == "history"),
        ],
        spacing=S.GAP,
        expand=None if narrow else 6 if wide else 3,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    room = _room(tablet, _, view, fill=not narrow)
    if narrow:  # too little height for two parts: the whole screen scrolls
        stacked = ft.Column([room, her], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        return frame(title, stacked, back="/appointments", scroll=True)
    room.expand = 5 if wide else 2
    body: ft.Control = (
        ft.Row([room, her], spacing=S.GAP, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
        if wide
        else ft.Column([room, her], spacing=S.GAP, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )
    return frame(title, body, back="/appointments")


def _room(tablet: Tablet, _: Words, view: Consultation, *, fill: bool) -> ft.Container:
    """Who is in the room, the customer's link, and entering or ending it; `fill` where it has a height of its own."""
    appointment, call = view.appointment, view.appointment.call
    name = _.honour(view.profile.facts.customer.name)
    over = call is not None and call.ended_at is not None
    here = call is not None and call.staff_joined_at is not None and not over
    lines = [
        text(f"{name} · {_.time(appointment.at)}", color=C.ON_NIGHT, size=T.TITLE, bold=True),
        _presence(_, name, call.customer_joined_at if call and not over else None, over),
        _presence(_, _("You"), call.staff_joined_at if call and not over else None, over),
    ]
    if not over and not tablet.pulse.online:
        lines.append(text(_("The call needs the network; the history and notes work without it."), color=C.ON_NIGHT))
    actions: list[ft.Control] = []
    if call is not None and not over:
        if here:
            actions.append(
                button(
                    _("End the call"),
                    lambda: tablet.run(join_call, tablet, appointment, "end"),
                    icon=ft.Icons.CALL_END,
                    danger=True,
                )
            )
        else:
            actions.append(
                button(
                    _("Enter the room"),
                    lambda: tablet.run(join_call, tablet, appointment, "join"),
                    kind="filled",
                    icon=ft.Icons.VIDEOCAM,
                )
            )
        if view.link:
            actions.append(
                button(
                    _("Copy the customer's link"),
                    lambda: tablet.run(copied, tablet),
                    icon=ft.Icons.LINK,
                    action=ft.CopyToClipboard(view.link),
                )
            )
    actions.append(
        button(
            _("Note this meeting"),
            lambda: tablet.go(f"/customers/{appointment.customer_id}/note"),
            icon=ft.Icons.EDIT_NOTE,
        )
    )
    return ft.Container(
        ft.Column(
            [
                *lines,
                *([text(view.link, color=C.ON_NIGHT, size=T.LABEL, selectable=True)] if view.link and not over else []),
                ft.Container(
                    ft.Icon(
                        ft.Icons.VIDEOCAM_OFF_OUTLINED if over or not here else ft.Icons.VIDEOCAM,
                        size=56,
                        color=C.ON_NIGHT,
                    ),
                    expand=fill or None,
                    alignment=ft.Alignment.CENTER,
                ),
                ft.Row(actions, wrap=True, spacing=S.GAP_SMALL, run_spacing=S.GAP_SMALL),
            ],
            spacing=10,
        ),
        bgcolor=C.NIGHT,
        border_radius=S.RADIUS,
        padding=20,
    )


def _presence(_: Words, who: str, joined: object, over: bool) -> ft.Control:
    if over:
        words, icon = _("{who}: the call is over", who=who), ft.Icons.CALL_END
    elif joined:
        words, icon = _("{who}: in the room since {at:time}", who=who, at=joined), ft.Icons.CHECK_CIRCLE
    else:
        words, icon = _("{who}: not in the room yet", who=who), ft.Icons.HOURGLASS_EMPTY
    return ft.Row(
        [
            ft.Icon(icon, size=18, color=C.ON_NIGHT),
            ft.Semantics(live_region=True, content=text(words, color=C.ON_NIGHT, size=14), expand=True),
        ],
        spacing=8,
    )
