"""The rail at the side of every screen, and the bar of a handheld: scan, the places, who is signed in."""

from typing import Any

import flet as ft

from clienteling.context import Tablet, call, use_session, use_tablet, use_words
from clienteling.queries.holds import holds_to_do
from clienteling.queries.home import waiting_count
from clienteling.theme import C, S, T
from clienteling.ui.bar_names import NARROW_ITEM, SCAN_NARROW, badge, by_word, named_places
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import apart, avatar, pill, tappable, text
from clienteling.words import Words

_ITEMS = (
    ("home", "/", ft.Icons.LIGHT_MODE_OUTLINED, "Today"),
    ("customers", "/search", ft.Icons.PERSON_OUTLINED, "Customers"),
    ("queue", "/queue", ft.Icons.CHAT_BUBBLE_OUTLINE, "Follow-ups"),
    ("appointments", "/appointments", ft.Icons.CALENDAR_TODAY_OUTLINED, "Appointments"),
    ("holds", "/holds", ft.Icons.BOOKMARK_BORDER, "Holds"),
)

_AROUND_NAME = 3
"""Beside the name of a person, so that a round corner cuts off no letter."""


def _use_rail_item(
    tablet: Tablet,
    _: Words,
    item: tuple[str, str, ft.IconData, str],
    lit: str,
    count: int = 0,
    *,
    width: int = 66,
    named: bool = True,
    size: int = T.SMALL,
    letters: float,
) -> ft.Control:
    """Hook: a place of the rail. Of five, a tap changes two; what stays the same control is neither compared nor sent."""
    on = item[0] == lit
    return ft.use_memo(
        lambda: _rail_item(tablet, _, item, on=on, count=count, width=width, named=named, size=size, letters=letters),
        [on, _.language, count, width, named, size, letters],
    )


def _rail_item(
    tablet: Tablet,
    _: Words,
    item: tuple[str, str, ft.IconData, str],
    *,
    on: bool,
    count: int,
    width: int,
    named: bool,
    size: int,
    letters: float,
) -> ft.Control:
    name, route, icon, label = item
    ink = C.PRIMARY if on else C.INK_SOFT
    words = _(label)
    at = badge(count, width, letters)
    mark = (
        ft.Container(
            text(at.words, size=at.size, bold=True, color=C.ON_ACCENT, height=1.2),
            bgcolor=C.ACCENT,
            border_radius=8,
            padding=ft.Padding.symmetric(horizontal=5, vertical=1),
            left=at.left,
            top=0,
        )
        if count
        else ft.Container(width=0, height=0)
    )
    return tappable(
        ft.Column(
            [
                ft.Stack(
                    [
                        ft.Container(
                            ft.Icon(icon, size=at.icon, color=ink),
                            width=width,
                            padding=ft.Padding.only(left=at.icon_left),
                            alignment=ft.Alignment.CENTER_LEFT,
                        ),
                        mark,
                    ],
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
    return _part(
        ft.Column(
            [
                _scan(tablet, _),
                ft.Container(height=6),
                *(
                    _use_rail_item(tablet, _, item, lit, counts.get(item[0], 0), letters=session.letters)
                    for item in _ITEMS
                ),
                ft.Container(expand=True),
                _me(tablet, _, session.language, lit),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
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
        _use_rail_item(
            tablet,
            _,
            item,
            lit,
            todo if item[0] == "queue" else 0,
            width=NARROW_ITEM,
            named=item[0] in named,
            size=size,
            letters=session.letters,
        )
        for item in places
    ]
    return _part(
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
        padding=ft.Padding.symmetric(horizontal=4),
        border=ft.Border(top=ft.BorderSide(1, C.LINE)),
    )


def _part(content: ft.Control, **more: Any) -> ft.Control:
    """The rail or the bar: one part of the page, so that keys and screen readers go through it as a whole."""
    return apart(ft.Container(content, bgcolor=C.SURFACE, **more))


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
