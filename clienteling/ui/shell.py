"""What stands around every screen: the rail, the header, the line of notices."""

from collections.abc import Sequence

import flet as ft

from clienteling.actions.session import recall, show_customer
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.holds import holds_to_do
from clienteling.queries.home import waiting_count
from clienteling.theme import C, S, T
from clienteling.ui.bar_names import NARROW_ITEM, SCAN_NARROW, by_word, named_places
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import avatar, button, dot, heading, icon_button, pill, sync_badge, sync_words, tappable, text
from clienteling.words import Words

_ITEMS = (
    ("home", "/", ft.Icons.LIGHT_MODE_OUTLINED, "Today"),
    ("customers", "/search", ft.Icons.PERSON_OUTLINED, "Customers"),
    ("queue", "/queue", ft.Icons.CHAT_BUBBLE_OUTLINE, "Follow-ups"),
    ("appointments", "/appointments", ft.Icons.CALENDAR_TODAY_OUTLINED, "Appointments"),
    ("holds", "/holds", ft.Icons.BOOKMARK_OUTLINED, "Holds"),
)

_AROUND_NAME = 3
"""Beside the name of a person, so that a round corner cuts off no letter."""


def frame(
    title: str,
    body: ft.Control,
    *,
    actions: Sequence[ft.Control] = (),
    back: str | None = None,
    scroll: bool = False,
) -> ft.Control:
    """What every screen returns: a header with title, actions and the state of sync, above its content. On a handheld the
    actions have a line of their own: beside them the title would have no room.

    `back` is a route for a back arrow. `scroll` lets the whole body scroll (a form, a list); else the body fills what
    is left and scrolls inside itself.
    """
    return ft.Column(
        [Header(title, actions, back), OfflineStrip(), Body(body, scroll)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Body(body: ft.Control, scroll: bool) -> ft.Control:
    """The screen's content in its margins."""
    narrow = use_session().width < S.NARROW_BELOW
    padding = ft.Padding.all(S.EDGE_NARROW) if narrow else ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP + 4)
    if not scroll:
        return ft.Container(body, padding=padding, expand=True)
    return ft.Column(
        [ft.Container(body, padding=padding)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Header(title: str, actions: Sequence[ft.Control], back: str | None) -> ft.Control:
    tablet, session, _, pulse = use_tablet(), use_session(), use_words(), use_pulse()
    narrow = session.width < S.NARROW_BELOW
    state = sync_words(_, pulse)
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
            icon_button(ft.Icons.STOREFRONT_OUTLINED, _("Show to the customer"), call(show_customer, tablet, on=True))
            if session.width < S.WIDE_FROM
            else button(_("Show to the customer"), call(show_customer, tablet, on=True), kind="outline"),
            tappable(
                ft.Container(dot(state[0]), alignment=ft.Alignment.CENTER, width=S.TOUCH, height=S.TOUCH)
                if narrow
                else ft.Container(sync_badge(_, pulse), padding=ft.Padding.symmetric(vertical=14)),
                _("State of sync: {state}", state=state[1]),
                lambda: tablet.go("/sync"),
            ),
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


@component
def OfflineStrip() -> ft.Control:
    """Says, while there is no network, what still works and what waits; and why customers are closed, where they are."""
    _, pulse = use_words(), use_pulse()
    if pulse.shut:
        return ft.Container(
            ShutLine(), bgcolor=C.CAUTION_SOFT, padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=8)
        )
    if pulse.online or not pulse.loaded:
        return ft.Container(height=0)
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.CLOUD_OFF_OUTLINED, size=18, color=C.CAUTION),
                text(
                    _("Offline. Everything here goes on; {n} saved here, sent when connected.", n=pulse.waiting)
                    if pulse.waiting
                    else _("Offline. Everything here goes on; what you save is sent when connected."),
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


def _rail_item(
    tablet: Tablet,
    _: Words,
    item: tuple[str, str, ft.IconData, str],
    lit: str,
    count: int = 0,
    *,
    width: int = 66,
    named: bool = True,
    size: int = T.SMALL,
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
            padding=ft.Padding.symmetric(horizontal=5, vertical=1),
            left=None if width == NARROW_ITEM else width // 2 + 4,
            right=0 if width == NARROW_ITEM else None,  # what has no room beside its icon would be cut off
            top=0,
        )
        if count
        else ft.Container(width=0, height=0)
    )
    return tappable(
        ft.Column(
            [
                ft.Stack(
                    [ft.Container(ft.Icon(icon, size=23, color=ink), width=width, alignment=ft.Alignment.CENTER), mark],
                    clip_behavior=ft.ClipBehavior.NONE,
                ),
                *([_label(words, on=on, size=size)] if named else []),
            ],
            spacing=4,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        _("{label}, {n} to do", label=words, n=count) if count else words,
        call(tablet.go, route),
        selected=on,
        key=name,
        padding=ft.Padding.symmetric(vertical=8, horizontal=4 if width > NARROW_ITEM else 2),
        bgcolor=C.PRIMARY_SOFT if on else None,
    )


@component
def Rail(lit: str) -> ft.Control:
    """Never changes: scan on top, the four places, who is signed in at the foot."""
    tablet, _, session = use_tablet(), use_words(), use_session()
    hairline = ft.BorderSide(1, C.LINE)
    counts = {"queue": use_todo(), "holds": use_holds_to_do()}
    return ft.Container(
        ft.Column(
            [
                _scan(tablet, _),
                ft.Container(height=6),
                *(_rail_item(tablet, _, item, lit, counts.get(item[0], 0)) for item in _ITEMS),
                ft.Container(expand=True),
                _me(tablet, _, session.language, lit),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=(S.RAIL - 74) / 2, vertical=14),
        border=ft.Border(right=hairline) if session.side == "left" else ft.Border(left=hairline),
    )


@component
def Bar(lit: str) -> ft.Control:
    """The rail of a handheld: the same places along the foot of the screen, scan in the middle."""
    tablet, _, session = use_tablet(), use_words(), use_session()
    todo = use_todo()
    places = _ITEMS[:4]
    person = tablet.pulse.directory.staff_name(tablet.staff, session.language) if tablet.staff else ""
    named, size = named_places({one[0]: _(one[3]) for one in places}, person, lit, session)
    items = [
        _rail_item(
            tablet,
            _,
            item,
            lit,
            todo if item[0] == "queue" else 0,
            width=NARROW_ITEM,
            named=item[0] in named,
            size=size,
        )
        for item in places
    ]
    return ft.Container(
        ft.Row(
            [
                ft.Container(width=0, height=S.BAR),
                *items[:2],
                _scan(tablet, _, size=SCAN_NARROW),
                *items[2:],
                _me(tablet, _, session.language, lit, named="me" in named),
            ],
            spacing=0,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=4),
        border=ft.Border(top=ft.BorderSide(1, C.LINE)),
    )


def use_todo() -> int:
    """Hook: how many follow-ups of today are one's own."""
    tablet, session = use_tablet(), use_session()
    directory, staff_id = tablet.pulse.directory, session.staff_id
    query, _again = use_query(
        lambda: waiting_count(
            tablet.device, staff_id=staff_id, shop_id=directory.shop_id, zone=directory.zone, now=tablet.now()
        ),
        [staff_id],
    )
    return query.value or 0


def use_holds_to_do() -> int:
    """Hook: how many holds and requests one is to do something about."""
    tablet, session = use_tablet(), use_session()
    directory = tablet.pulse.directory
    query, _again = use_query(
        lambda: holds_to_do(tablet.device.cache, directory.shop, tablet.staff, tablet.now(), directory.zone),
        [directory.shop_id, session.staff_id],
    )
    return query.value or 0


def _scan(tablet: Tablet, _: Words, *, size: int = 60) -> ft.Control:
    return pill(
        ft.Icon(ft.Icons.QR_CODE_SCANNER, size=size // 2, color=C.ON_PRIMARY),
        _("Scan"),
        call(tablet.go, "/scan"),
        ground=C.PRIMARY,
        radius=18,
        width=size,
        height=size,
    )


def _me(tablet: Tablet, _: Words, language: str, lit: str, *, named: bool = True) -> ft.Control:
    """Who is signed in; a tap leads to the person's own settings and to signing out."""
    staff, on = tablet.staff, lit == "me"
    name = tablet.pulse.directory.staff_name(staff, language) if staff else ""
    return tappable(
        ft.Column(
            [
                avatar(name, strong=True, inverse=on),
                *([_label(by_word(name), on=on)] if named else []),
            ],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        _("{name}: your settings", name=name),
        call(tablet.go, "/me"),
        selected=on,
        padding=ft.Padding.symmetric(horizontal=_AROUND_NAME),
    )


def _label(words: str, *, on: bool, size: int = T.SMALL) -> ft.Control:
    """The name of a place: whole, whatever the size of letters; the rail grows with it."""
    return text(
        words,
        size=size,
        bold=on,
        color=C.PRIMARY if on else C.INK_SOFT,
        height=1.3,
        text_align=ft.TextAlign.CENTER,
        no_wrap=True,
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
