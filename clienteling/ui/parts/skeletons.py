"""What stands for a screen while it is read: its own shape in grey, so that nothing jumps when the words come.

Each line of a skeleton is as high as the line of text that takes its place, at any size of letters: a blank text gives it its
height and the bar lies inside. A screen reader hears nothing of it.

Nearly every reading is there before the eye could see that anything is missing. A skeleton is only drawn when one takes longer.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Literal, ParamSpec

import flet as ft

from clienteling.context import Tablet, TabletContext
from clienteling.theme import C, S, T
from clienteling.ui.component import component
from clienteling.ui.parts.base import card, divided, text
from clienteling.ui.parts.facts import DAY, TILE

SKELETON = "skeleton"
"""The key of what stands for something that is still being read."""
NOTHING_YET = "nothing yet"
"""The key of the room that a skeleton will take."""
AFTER = 0.15
"""Seconds until a skeleton is drawn: a tenth of a second is felt as at once (Nielsen, Usability Engineering, 1993, chapter 5)."""

P = ParamSpec("P")

Lead = Literal["none", "person", "product", "time"]
"""What stands before the words of a row."""
PICTURE = 400, 480
PICTURE_NARROW = 320, 384
"""Of a product's picture on a sheet of its own."""
KNOWN, PAST = 11, 8
"""Shares of a profile's width: what is known of a customer, and what happened so far."""
BESIDE = 370
"""Width of what is chosen of a list, at its side."""
CODE, CODE_NARROW = 340, 260
"""Side of a code that is held towards a customer."""


@component
def _waiting(draw: Callable[[], ft.Control]) -> ft.Control:
    """Leave the room empty at first, then draw what stands for a screen; at once where nothing is read, as in the gallery."""
    tablet = ft.use_context(TabletContext)
    late, be_late = ft.use_state(not isinstance(tablet, Tablet))

    async def wait() -> None:
        if isinstance(tablet, Tablet):
            await tablet.pause(AFTER)
            be_late(True)

    ft.use_effect(wait, [])
    return draw() if late else ft.Container(key=NOTHING_YET, expand=True)


def _late(draw: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """Draw it only for whoever still waits after `AFTER`: drawn for a few milliseconds, it cost as much as the screen itself."""

    @functools.wraps(draw)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> ft.Control:
        return _waiting(functools.partial(draw, *args, **kwargs))

    return waiting


def _bar(share: int = 6, size: int = T.BODY, height: float = 1.6) -> ft.Control:
    """A line of text to come: so many tenths of the width, as high as a line of that size."""
    slim = ft.Container(height=size * 0.75, bgcolor=C.SUNKEN, border_radius=size * 0.375, expand=share)
    rest = [ft.Container(expand=10 - share)] if share < 10 else []
    return ft.Row([slim, *rest, text(" ", size=size, height=height)], spacing=0)


def _patch(
    height: float, width: float | None = None, radius: float = S.RADIUS, expand: int | None = None
) -> ft.Control:
    """A picture, a field, a chart to come."""
    return ft.Container(height=height, width=width, bgcolor=C.SUNKEN, border_radius=radius, expand=expand)


def _chip(width: float = 92) -> ft.Control:
    """A small label to come."""
    return ft.Container(
        text(" ", size=T.LABEL, height=1.2),
        width=width,
        bgcolor=C.SUNKEN,
        border_radius=S.CHIP / 2,
        padding=ft.Padding.symmetric(vertical=4),
    )


def _tabs(count: int = 3) -> ft.Control:
    """Views of a card to come, over their hairline."""
    one = [ft.Container(_bar(10), width=88, padding=ft.Padding.symmetric(vertical=12)) for _ in range(count)]
    return ft.Container(
        ft.Row(list(one), spacing=S.GAP, wrap=True, run_spacing=0), border=ft.Border(bottom=ft.BorderSide(1, C.LINE))
    )


def _pill(width: float = 120) -> ft.Control:
    """A button to come."""
    return _patch(S.TOUCH, width, S.TOUCH / 2)


def _pills(*widths: float) -> ft.Control:
    """A line of buttons to choose from; what has no room is not drawn."""
    return ft.Row([_pill(one) for one in widths], spacing=S.GAP_SMALL, wrap=True, run_spacing=S.GAP_SMALL)


def _row(lead: Lead = "person", lines: int = 2, act: int = 0, pad: int = 8, edge: int = 0) -> ft.Control:
    """A row of a list: what stands before, a name, a line about it, what can be done."""
    before: dict[Lead, list[ft.Control]] = {
        "none": [],
        "person": [_patch(40, 40, 20)],
        "product": [_patch(TILE[1], TILE[0], S.RADIUS_SMALL)],
        "time": [ft.Container(_bar(9, T.LABEL), width=DAY)],
    }
    words = [_bar(4), *(_bar(8 - n, T.LABEL) for n in range(lines - 1))]
    return ft.Container(
        ft.Row(
            [*before[lead], ft.Column(words, spacing=2, expand=True), *([_pill(act)] if act else [])],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START if lead == "time" else ft.CrossAxisAlignment.CENTER,
        ),
        padding=ft.Padding.symmetric(horizontal=edge, vertical=pad),
    )


@_late
def rows_skeleton(count: int = 4, lead: Lead = "person", *, lines: int = 2, act: int = 0) -> ft.Control:
    """Rows with hairlines, for the inside of a card that is there already."""
    return _still(*divided([_row(lead, lines, act) for _ in range(count)]), spacing=4)


@_late
def list_skeleton(
    count: int = 5,
    lead: Lead = "person",
    *,
    lines: int = 2,
    act: int = 0,
    above: Sequence[float] = (),
    groups: int = 1,
    fill: bool = False,
) -> ft.Control:
    """A list of a whole screen: the filters `above` it by their widths, then cards of rows; one that `fill`s it is as high."""
    made = [_rows(count, lead, lines=lines, act=act, expand=fill or None, clip=fill) for _ in range(groups)]
    return _still(*([_pills(*above)] if above else []), *made, fill=fill)


@_late
def form_skeleton(fields: int = 3, *, choices: int = 1, act: int = 180) -> ft.Control:
    """A form: a question with what to choose from, fields, and the button below."""
    return _still(
        card(
            *(part for _ in range(choices) for part in (_bar(3), _pills(96, 120, 104, 88))),
            *(_patch(56) for _ in range(fields)),
            ft.Row([_pill(act)]),
            spacing=S.GAP,
        )
    )


@_late
def code_skeleton(width: float) -> ft.Control:
    """A code held towards the customer, with the words beside it, or below."""
    side = CODE if width >= S.NARROW_BELOW else CODE_NARROW
    steps = [_bar(7), _bar(9), _bar(8), _bar(5)]
    if width >= S.WIDE_FROM:
        beside = ft.Row(
            [_patch(side, side), ft.Container(ft.Column(steps, spacing=S.GAP, tight=True), width=420)],
            spacing=S.EDGE * 2,
            alignment=ft.MainAxisAlignment.CENTER,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
        return _still(card(beside, padding=S.EDGE))
    code = ft.Row([_patch(side, side)], alignment=ft.MainAxisAlignment.CENTER)
    return _still(card(code, *steps, spacing=S.GAP, padding=S.EDGE))


@_late
def profile_skeleton(width: float) -> ft.Control:
    """A customer: who, what helps before speaking, and what is known, in as many columns as there will be."""
    narrow, wide = width < S.NARROW_BELOW, width >= S.WIDE_FROM
    labels = ft.Row([_chip(150), _chip(), _chip(110)], spacing=6, wrap=True, run_spacing=6)
    small: list[ft.Control] = [_bar(9, T.LABEL), labels] if narrow else []
    name = _bar(5, T.TITLE if narrow else T.DISPLAY, 1.3)
    who = ft.Column([_bar(2, T.LABEL), name, _bar(7, T.LABEL), *small], spacing=4 if narrow else 0, expand=True)
    badges = [ft.Column([_chip() for _ in range(3)], spacing=6)]
    top = card(
        ft.Row([who] if narrow else [_patch(64, 64, 32), who, *badges], spacing=S.GAP + 2),
        padding=16,
    )
    beside = 1 if narrow or wide else 2
    now = card(
        _title(4),
        _bar(6, T.TITLE, 1.4),
        _bar(8),
        *(
            ft.Row([_patch(S.TOUCH, radius=S.TOUCH / 2, expand=1) for _ in range(beside)], spacing=S.GAP_SMALL)
            for _ in range(4 // beside)
        ),
    )
    known = _rows(4, "product", tabs=True, expand=KNOWN if wide else None, clip=wide)
    if wide:
        left: list[ft.Control] = [now, _rows(3, "none")]
        past = _rows(6, "time", expand=PAST, clip=True)
        columns = ft.Row(
            [ft.Column(left, width=300, spacing=S.GAP, scroll=ft.ScrollMode.HIDDEN), known, past],
            spacing=S.GAP,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        return _still(top, columns, fill=True)
    return _still(top, now, known, spacing=S.EDGE_NARROW if narrow else S.GAP, scroll=True)


@_late
def home_skeleton(width: float) -> ft.Control:
    """The day: what is to do, and what is around it."""
    around: list[ft.Control] = [_rows(3, "person"), _rows(2, "time"), _rows(2, "none")]
    if width < S.WIDE_FROM:
        return _still(*around, _rows(7, "person", act=130), spacing=18, scroll=True)
    to_do = _rows(7, "person", act=130, expand=True, clip=True)
    return _side(
        ft.Column([to_do], expand=59, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        ft.Column(
            around,
            spacing=18,
            expand=41,
            scroll=ft.ScrollMode.HIDDEN,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        spacing=18,
    )


@_late
def work_skeleton(width: float, *, figures: bool = False) -> ft.Control:
    """A list with what is chosen of it at its side, or below; `figures` above."""
    wide, narrow = width >= S.WIDE_FROM, width < S.NARROW_BELOW
    counted = ft.Row([_rows(1, "none", titled=False, expand=1) for _ in range(4)], spacing=S.GAP)
    above = [*([counted] if figures and not narrow else []), _pills(88, 120, 120, 104)]
    lines = [_row("person", pad=8, edge=10) for _ in range(8)]
    clip = ft.ClipBehavior.HARD_EDGE if wide else None
    listed = card(*lines, padding=8, spacing=2, expand=wide or None, clip_behavior=clip)
    if wide:
        chosen = ft.Container(_rows(3, "none", lines=3, clip=True), width=BESIDE)
        beside = ft.Row([listed, chosen], spacing=S.GAP, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
        return _still(*above, beside, fill=True, spacing=14)
    return _still(*above, listed, *([] if narrow else [_rows(3, "none", lines=3)]), spacing=14, scroll=True)


@_late
def chart_skeleton(height: float, rows: int = 3) -> ft.Control:
    """A chart with its steps below."""
    return _still(
        card(
            _title(2),
            _bar(3, T.TITLE),
            _bar(6, T.LABEL),
            ft.Column([_bar(1, T.SMALL), _patch(height), _bar(1, T.SMALL), _bar(10, T.SMALL, 1.2)], spacing=4),
        ),
        _rows(rows, "time", lines=1),
    )


@_late
def pair_skeleton(width: float, picture: tuple[int, int]) -> ft.Control:
    """Two things side by side, or one below the other."""

    def one() -> ft.Container:
        return card(
            _title(3),
            ft.Row([_patch(picture[1], picture[0], S.RADIUS_SMALL)], alignment=ft.MainAxisAlignment.CENTER),
            _bar(5),
            _bar(7, T.LABEL),
            expand=1 if width >= S.NARROW_BELOW else None,
        )

    if width >= S.NARROW_BELOW:
        return _still(ft.Row([one(), one()], spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START))
    return _still(one(), one())


@_late
def columns_skeleton(width: float, *columns: tuple[int, int]) -> ft.Control:
    """Columns as high as the screen, or below each other; each by its width or, where that is 0, by its share of the rest."""
    if width < S.WIDE_FROM:
        return _still(*(_rows(3, "none") for _ in columns), scroll=True)
    cards = [_rows(5, "none", expand=share or None, clip=True) for _, share in columns]
    for (fixed, _), one in zip(columns, cards, strict=True):
        one.width = fixed or None
    return _side(*cards, spacing=S.GAP)


@_late
def stock_skeleton(width: float) -> ft.Control:
    """An item with its colours and sizes, and where each lies."""
    wide = width >= S.WIDE_FROM
    item = card(_row("product", 2, pad=0), _pills(72, 72, 72, 72), _pills(72, 72, 72, 72), spacing=S.GAP)
    places = _rows(5, "none", act=110)
    if not wide:
        return _still(item, places)
    item.expand, places.expand = 5, 6
    return _still(ft.Row([item, places], spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START))


@_late
def shelf_skeleton(columns: int, width: int) -> ft.Control:
    """Products as cards: the field, the categories, and pictures in rows."""
    cards = [
        ft.Container(
            ft.Column(
                [_patch(round(width * 1.05), width - 26, S.RADIUS_SMALL), _bar(8, T.BODY, 1.4), _bar(4), _bar(6)],
                spacing=6,
            ),
            width=width,
            padding=12,
            bgcolor=C.SURFACE,
            border=ft.Border.all(1, C.LINE),
            border_radius=S.RADIUS,
        )
        for _ in range(2 * columns)
    ]
    shelf = ft.Row(list(cards), wrap=True, spacing=S.GAP, run_spacing=S.GAP)
    return _still(_patch(56, radius=28), _pills(72, 96, 112, 96, 120), shelf, scroll=True)


@_late
def sheet_skeleton(*, wide: bool) -> ft.Control:
    """One product: its picture, its name, and where each size lies."""
    about = [_bar(7, T.DISPLAY, 1.4), _bar(3, T.TITLE), _bar(9), *divided([_row("none", 1) for _ in range(5)])]
    if wide:
        words = ft.Column(about, spacing=10, expand=True)
        return _still(
            ft.Row(
                [_patch(PICTURE[1], PICTURE[0], S.RADIUS_SMALL), words],
                spacing=S.EDGE + 8,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    picture = _patch(PICTURE_NARROW[1], PICTURE_NARROW[0], S.RADIUS_SMALL)
    return _still(ft.Row([picture], alignment=ft.MainAxisAlignment.CENTER), *about, spacing=10)


def _title(share: int) -> ft.Control:
    """The title of a card."""
    return _bar(share, 14, 1.4)


def _rows(
    count: int,
    lead: Lead,
    *,
    lines: int = 2,
    act: int = 0,
    titled: bool = True,
    tabs: bool = False,
    expand: int | bool | None = None,
    clip: bool = False,
) -> ft.Container:
    """A card of rows, under its title or its tabs; with `clip` it hides what has no room."""
    head = [_tabs()] if tabs else [_title(3)] if titled else []
    rows = divided([_row(lead, lines, act) for _ in range(count)])
    return card(*head, *rows, spacing=4, expand=expand, clip_behavior=ft.ClipBehavior.HARD_EDGE if clip else None)


def _side(*parts: ft.Control, spacing: int) -> ft.Control:
    """Columns beside each other, as high as the screen."""
    beside = ft.Row(list(parts), spacing=spacing, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
    return _silent(beside, expand=True)


def _still(*parts: ft.Control, spacing: int = S.GAP, fill: bool = False, scroll: bool = False) -> ft.Control:
    """Parts below each other; `fill` takes what is left of the screen, `scroll` too, and hides what has no room."""
    column = ft.Column(
        list(parts),
        spacing=spacing,
        expand=fill or scroll or None,
        scroll=ft.ScrollMode.HIDDEN if scroll else None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return _silent(column, expand=fill or scroll or None)


def _silent(content: ft.Control, expand: bool | None) -> ft.Control:
    return ft.Semantics(content=content, exclude_semantics=True, expand=expand, key=SKELETON)
