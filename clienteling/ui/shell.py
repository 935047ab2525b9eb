"""What stands around every screen: the rail, the header, the line of notices."""

from collections.abc import Sequence

import flet as ft

from clienteling.actions.session import show_customer
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.home import waiting_count
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import avatar, button, heading, icon_button, soft, sync_badge, sync_words, tappable, text
from clienteling.words import Words

_ITEMS = (
    ("home", "/", ft.Icons.LIGHT_MODE_OUTLINED, "Today"),
    ("customers", "/search", ft.Icons.PERSON_OUTLINED, "Customers"),
    ("queue", "/queue", ft.Icons.CHAT_BUBBLE_OUTLINE, "Follow-ups"),
    ("appointments", "/appointments", ft.Icons.CALENDAR_TODAY_OUTLINED, "Appointments"),
)


def frame(
    title: str,
    body: ft.Control,
    *,
    actions: Sequence[ft.Control] = (),
    back: str | None = None,
    scroll: bool = False,
) -> ft.Control:
    """What every screen returns: a header with title, actions and the state of sync, above its content.

    `back` is a route for a back arrow. `scroll` lets the whole body scroll (a form, a list); else the body fills what
    is left and scrolls inside itself.
    """
    padding = ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP + 4)
    inside: ft.Control = (
        ft.Column(
            [ft.Container(body, padding=padding)],
            scroll=ft.ScrollMode.AUTO,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        if scroll
        else ft.Container(body, padding=padding, expand=True)
    )
    return ft.Column(
        [Header(title, actions, back), OfflineStrip(), inside],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Header(title: str, actions: Sequence[ft.Control], back: str | None) -> ft.Control:
    tablet, session, _, pulse = use_tablet(), use_session(), use_words(), use_pulse()
    return ft.Container(
        ft.Row(
            [
                *([icon_button(ft.Icons.ARROW_BACK, _("Back"), lambda: tablet.go(back))] if back else []),
                ft.Container(heading(title, text={"lines": 1}), expand=True),
                *actions,
                icon_button(
                    ft.Icons.STOREFRONT_OUTLINED, _("Show to the customer"), call(show_customer, tablet, on=True)
                )
                if session.width < S.WIDE_FROM
                else button(_("Show to the customer"), call(show_customer, tablet, on=True), kind="outline"),
                tappable(
                    ft.Container(sync_badge(_, pulse), alignment=ft.Alignment.CENTER_RIGHT, height=S.TOUCH),
                    _("State of sync: {state}", state=sync_words(_, pulse)[1]),
                    lambda: tablet.go("/sync"),
                ),
            ],
            spacing=S.GAP,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        height=S.HEADER,
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=S.EDGE),
        border=ft.Border(bottom=ft.BorderSide(1, C.LINE)),
    )


@component
def OfflineStrip() -> ft.Control:
    """Says, while there is no network, what still works and what waits."""
    _, pulse = use_words(), use_pulse()
    if pulse.online or not pulse.loaded:
        return ft.Container(height=0)
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.CLOUD_OFF_OUTLINED, size=18, color=C.CAUTION),
                text(
                    _("Offline. Everything here goes on; what you save is sent when connected."),
                    size=T.LABEL,
                    color=C.CAUTION,
                    height=1.3,
                ),
            ],
            spacing=10,
        ),
        bgcolor=C.CAUTION_SOFT,
        padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=8),
    )


def _rail_item(
    tablet: Tablet, _: Words, item: tuple[str, str, ft.IconData, str], lit: str, count: int = 0
) -> ft.Control:
    name, route, icon, label = item
    on = name == lit
    ink = C.PRIMARY if on else C.INK_SOFT
    words = _(label)
    mark = (
        ft.Container(
            text(str(min(count, 99)), size=11, bold=True, color=C.ON_ACCENT, height=1.2),
            bgcolor=C.ACCENT,
            border_radius=8,
            padding=ft.Padding.symmetric(horizontal=6, vertical=1),
            right=12,
            top=0,
        )
        if count
        else ft.Container(width=0, height=0)
    )
    return tappable(
        ft.Column(
            [
                ft.Stack(
                    [ft.Container(ft.Icon(icon, size=23, color=ink), width=74, alignment=ft.Alignment.CENTER), mark]
                ),
                text(words, size=T.SMALL, bold=on, color=ink, height=1.3, lines=1),
            ],
            spacing=4,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        _("{label}, {n} to do", label=words, n=count) if count else words,
        call(tablet.go, route),
        selected=on,
        key=name,
        width=74,
        height=60,
        bgcolor=C.PRIMARY_SOFT if on else None,
    )


@component
def Rail(lit: str) -> ft.Control:
    """Never changes: scan on top, the four places, who is signed in at the foot."""
    tablet, _, session = use_tablet(), use_words(), use_session()
    staff = tablet.staff
    directory, staff_id = tablet.pulse.directory, session.staff_id
    name = directory.staff_name(staff, session.language) if staff else ""
    query, _again = use_query(
        lambda: waiting_count(
            tablet.device, staff_id=staff_id, shop_id=directory.shop_id, zone=directory.zone, now=tablet.now()
        ),
        [staff_id],
    )
    todo = query.value or 0

    def leave() -> None:
        from clienteling.actions.session import sign_out

        sign_out(tablet)

    return ft.Container(
        ft.Column(
            [
                tappable(
                    ft.Icon(ft.Icons.QR_CODE_SCANNER, size=30, color=C.ON_PRIMARY),
                    _("Scan"),
                    lambda: tablet.go("/scan"),
                    width=60,
                    height=60,
                    bgcolor=C.PRIMARY,
                    border_radius=18,
                    alignment=ft.Alignment.CENTER,
                ),
                ft.Container(height=6),
                *(_rail_item(tablet, _, item, lit, todo if item[0] == "queue" else 0) for item in _ITEMS),
                ft.Container(expand=True),
                tappable(
                    ft.Column(
                        [avatar(name, strong=True), soft(name, size=T.SMALL, lines=1)],
                        spacing=4,
                        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                    ),
                    _("{name}: sign out", name=name),
                    leave,
                    width=74,
                ),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        width=S.RAIL,
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(vertical=14),
        border=ft.Border(right=ft.BorderSide(1, C.LINE)),
    )


@component
def NoticeHost() -> ft.Control:
    """The line at the foot of the screen that passes, with a way back where there is one."""
    tablet, _, session = use_tablet(), use_words(), use_session()
    notice = session.notice

    async def expire() -> None:
        if notice is not None:
            await tablet.pause(notice.seconds)
            if session.notice is not None and session.notice.serial == notice.serial:
                session.notice = None

    ft.use_effect(expire, [notice.serial if notice else 0])
    if notice is None:
        return ft.Container(width=0, height=0)
    return ft.Container(
        ft.Container(
            ft.Row(
                [
                    ft.Semantics(live_region=True, content=text(notice.text, color=C.ON_NIGHT, height=1.4)),
                    *([button(_("Undo"), lambda: undo(tablet), kind="soft")] if notice.undo else []),
                ],
                spacing=S.GAP,
                tight=True,
            ),
            bgcolor=C.NIGHT,
            border_radius=S.RADIUS,
            padding=ft.Padding.symmetric(horizontal=20, vertical=12),
        ),
        alignment=ft.Alignment.BOTTOM_CENTER,
        left=S.RAIL,
        right=0,
        bottom=S.EDGE,
    )


def undo(tablet: Tablet) -> None:
    """Take back the command that the notice speaks of."""
    from clienteling.actions.session import recall

    tablet.run(recall, tablet)
