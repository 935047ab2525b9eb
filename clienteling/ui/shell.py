"""What stands around the content of every screen: the header, what is said offline, the line of notices."""

from collections.abc import Sequence

import flet as ft

from clienteling.actions.session import recall, show_customer
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.state import Pulse
from clienteling.theme import C, S, T
from clienteling.ui.component import component
from clienteling.ui.parts import (
    apart,
    button,
    dot,
    heading,
    icon_button,
    long_ago,
    sync_badge,
    sync_words,
    tappable,
    text,
)
from clienteling.words import Words


def frame(
    title: str,
    body: ft.Control,
    *,
    actions: Sequence[ft.Control] = (),
    back: str | None = None,
    scroll: bool = False,
    foot: ft.Control | None = None,
) -> ft.Control:
    """What every screen returns: a header with title, actions and the state of sync, above its content. On a handheld the
    actions have a line of their own: beside them the title would have no room.

    `back` is a route for a back arrow. `scroll` lets the whole body scroll (a form, a list); else the body fills what
    is left and scrolls inside itself. `foot` is what a long form is for: it stays in sight at the foot of the window, in
    the same place however far one has scrolled.
    """
    return ft.Column(
        [Header(title, actions, back), OfflineStrip(), Body(body, scroll, foot)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Body(body: ft.Control, scroll: bool, foot: ft.Control | None) -> ft.Control:
    """The screen's content in its margins."""
    session = use_session()
    narrow = session.width < S.NARROW_BELOW
    padding = ft.Padding.all(S.EDGE_NARROW) if narrow else ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP + 4)
    if not scroll:
        return ft.Container(body, padding=padding, expand=True)
    if foot is None or session.height / session.letters < S.FOOT_FROM:  # in a window so low the form needs all of it
        return _scrolled([ft.Container(body, padding=padding), *([_foot(foot, padding)] if foot is not None else [])])
    return ft.Column(
        [apart(_scrolled([ft.Container(body, padding=padding)]), expand=True), _foot(foot, padding)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _scrolled(parts: list[ft.Control]) -> ft.Control:
    return ft.Column(
        parts,
        spacing=0,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _foot(foot: ft.Control, around: ft.Padding) -> ft.Control:
    """What stays below a form, level with its cards: of the header's ground, as what frames the page."""
    return ft.Container(
        foot,
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(
            horizontal=around.left, vertical=S.GAP_SMALL if around.left == S.EDGE_NARROW else S.EDGE_NARROW
        ),
        border=ft.Border(top=ft.BorderSide(1, C.LINE)),
    )


@component
def Header(title: str, actions: Sequence[ft.Control], back: str | None) -> ft.Control:
    tablet, session, _, pulse = use_tablet(), use_session(), use_words(), use_pulse()
    narrow = session.width < S.NARROW_BELOW
    bar = ft.Row(
        [
            *([icon_button(ft.Icons.ARROW_BACK, _("Back"), lambda: tablet.go(back))] if back else []),
            ft.Row(
                [
                    ft.Container(width=0, height=S.HEADER),  # so high at least; larger letters make it higher
                    ft.Container(
                        heading(title, size=T.TITLE - 2 if narrow else T.TITLE, text={"lines": 4}), expand=True
                    ),
                ],
                spacing=0,
                expand=True,
            ),
            *([] if narrow else actions),
            *_use_everywhere(tablet, _, pulse, session.width),
        ],
        spacing=0 if narrow else S.GAP,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Container(
        ft.Column(
            [bar, ft.Container(ft.Row(list(actions), wrap=True), padding=ft.Padding.only(bottom=S.GAP_SMALL))],
            spacing=0,
        )
        if narrow and actions
        else bar,
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=S.EDGE_NARROW if narrow else S.EDGE),
        border=ft.Border(bottom=ft.BorderSide(1, C.LINE)),
    )


def _use_everywhere(tablet: Tablet, _: Words, pulse: Pulse, width: float) -> list[ft.Control]:
    """Hook: the end of every header, the same controls until what they say has changed."""
    narrow, wide, state = width < S.NARROW_BELOW, width >= S.WIDE_FROM, sync_words(_, pulse)

    def made() -> list[ft.Control]:
        show = _("Show to the customer"), call(show_customer, tablet, on=True)
        return [
            button(*show, kind="outline") if wide else icon_button(ft.Icons.STOREFRONT_OUTLINED, *show),
            tappable(
                ft.Container(dot(state[0]), alignment=ft.Alignment.CENTER, width=S.TOUCH, height=S.TOUCH)
                if narrow
                else ft.Container(sync_badge(_, pulse), padding=ft.Padding.symmetric(vertical=14)),
                _("State of sync: {state}", state=state[1]),
                lambda: tablet.go("/sync"),
            ),
        ]

    return ft.use_memo(made, [narrow, wide, _.language, state, pulse.online])


@component
def ShutLine() -> ft.Control:
    """Says why customers are closed on this device, and what opens them."""
    _, pulse = use_words(), use_pulse()
    return ft.Row(
        [
            ft.Icon(ft.Icons.LOCK_CLOCK_OUTLINED, size=18, color=C.CAUTION),
            text(_.code("sync_message", pulse.shut), size=T.LABEL, color=C.CAUTION, height=1.3, expand=True),
        ],
        spacing=10,
    )


def _told(_: Words, pulse: Pulse) -> str:
    """Return what the line below the header says; nothing where all is as usual."""
    if not pulse.loaded:
        return ""
    if pulse.enrolled and pulse.last_synced_at is None:  # until then a list that is empty proves nothing
        return (
            _("The first sync is under way: lists are not whole yet.")
            if pulse.online
            else _("Offline before the first sync was done: lists are not whole yet.")
        )
    old = long_ago(_, pulse)
    if pulse.online:
        if not old:
            return ""
        return _(
            "Last synced {at:datetime} ({at:ago}). What happened elsewhere since is not shown yet.",
            at=pulse.last_synced_at,
        )
    said = (
        _("Offline. Everything here goes on; {n} saved here, sent when connected.", n=pulse.waiting)
        if pulse.waiting
        else _("Offline. Everything here goes on; what you save is sent when connected.")
    )
    return f"{said} {_('Last synced {at:datetime} ({at:ago})', at=pulse.last_synced_at)}" if old else said


@component
def OfflineStrip() -> ft.Control:
    """Says, while there is no network, what still works and what waits, and how old all is; that the first sync is not done; and
    why customers are closed, where they are."""
    _, pulse = use_words(), use_pulse()
    if pulse.shut:
        return ft.Container(
            ShutLine(), bgcolor=C.CAUTION_SOFT, padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=8)
        )
    said = _told(_, pulse)
    if not said:
        return ft.Container(height=0)
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.SYNC if pulse.online else ft.Icons.CLOUD_OFF_OUTLINED, size=18, color=C.CAUTION),
                text(
                    said,
                    size=T.LABEL,
                    color=C.CAUTION,
                    height=1.3,
                    expand=True,
                ),
            ],
            spacing=10,
        ),
        bgcolor=C.CAUTION_SOFT,
        padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=8),
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
        return ft.Container(height=0)
    edge = S.EDGE_NARROW if session.width < S.NARROW_BELOW else S.EDGE
    return ft.Container(
        ft.Row(
            [
                ft.Semantics(live_region=True, content=text(notice.text, color=C.ON_NIGHT, height=1.4), expand=True),
                *([button(_("Undo"), call(undo, tablet), kind="soft")] if notice.undo or notice.restore else []),
            ],
            spacing=S.GAP,
        ),
        bgcolor=C.NIGHT,
        border_radius=S.RADIUS,
        padding=ft.Padding.symmetric(horizontal=20, vertical=8 if notice.undo or notice.restore else 14),
        margin=ft.Margin.only(left=edge, right=edge, bottom=12),
    )


def undo(tablet: Tablet) -> None:
    """Take back the command that the notice speaks of."""
    tablet.run(recall, tablet)
