"""Stock as staff read it: colours and sizes in a grid, places in a list, each figure with what is spoken for and its age."""

from collections.abc import Callable
from functools import partial
from itertools import groupby

import flet as ft

from clienteling.queries.stock_sheet import Figure, Place, StockSheet
from clienteling.theme import C, S, T
from clienteling.ui.parts.base import Tone, button, chip, chips, pill, soft, text, tone_colours
from clienteling.ui.parts.facts import freshness
from clienteling.ui.parts.names import colour_name, shop_name, variant_words
from clienteling.words import Words
from sync.model.catalogue import Variant
from sync.model.holds import HoldWay

_CELL = 76


def tone_of(figure: Figure | None) -> Tone:
    """Plenty, the last one, none, or not known."""
    if figure is None:
        return "plain"
    return "accent" if figure.free <= 0 else "caution" if figure.free == 1 else "good"


def figure_words(_: Words, figure: Figure | None) -> str:
    if figure is None:
        return _("unknown")
    return _("none") if figure.free <= 0 else _("{n} left", n=figure.free)


def variant_grid(_: Words, view: StockSheet, choose: Callable[[str], object], letters: float = 1.0) -> ft.Control:
    """A line of sizes for each colour, with what is free here; a tap asks where that one lies. `letters` is how large
    letters are."""
    pairs = list(zip(view.variants, view.here, strict=True))
    lines: list[ft.Control] = []
    for colour, of_colour in groupby(pairs, key=lambda pair: colour_name(_, pair[0])):
        cells = [_cell(_, one, figure, choose, letters, chosen=one == view.chosen) for one, figure in of_colour]
        lines.append(
            ft.Column(
                [*([text(colour, bold=True, height=1.3)] if colour else []), ft.Row(cells, wrap=True, spacing=8, run_spacing=8)],
                spacing=6,
            )
        )  # fmt: skip
    return ft.Column(
        [
            ft.Row(
                [text(_("In this shop"), bold=True), freshness(_, view.at, _("Counted"))],
                wrap=True, spacing=S.GAP_SMALL, run_spacing=0, alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            ),
            *lines,
        ],
        spacing=14,
    )  # fmt: skip


def _cell(
    _: Words, variant: Variant, figure: Figure | None, choose: Callable[[str], object], letters: float, *, chosen: bool
) -> ft.Control:
    ink, ground = tone_colours(tone_of(figure))
    said = figure_words(_, figure)
    held = _("{n} held", n=figure.held) if figure is not None and figure.held else ""
    return pill(
        ft.Container(
            ft.Column(
                [
                    text(variant.size or "–", bold=True, height=1.2, lines=1),
                    text(said, size=T.LABEL, color=ink, height=1.2, lines=1),
                    *([soft(held, size=T.SMALL, height=1.2, lines=1)] if held else []),
                ],
                spacing=3,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                alignment=ft.MainAxisAlignment.CENTER,
            ),
            border=ft.Border.all(3 if chosen else 1, C.PRIMARY if chosen else C.LINE),
            border_radius=S.RADIUS,
            width=_CELL * letters,
            height=70 * letters,
            alignment=ft.Alignment.CENTER,
        ),
        " ".join(part for part in (variant_words(_, variant), said, held) if part),
        lambda: choose(variant.id),
        ground=ground,
        radius=S.RADIUS,
        selected=chosen,
        key=variant.id,
    )


def place_name(_: Words, place: Place) -> str:
    """Shops by the names that staff say."""
    if place.here:
        return _("Here")
    if place.web:
        return _("Online shop")
    return shop_name(_, place.shop)


def place_row(_: Words, place: Place, wish: Callable[[HoldWay, Place], object]) -> ft.Control:
    """A place, how far it is, what is free there, how old that is, and what can be asked of it."""
    figure, name = place.figure, place_name(_, place)
    there = figure is not None and figure.free > 0
    far = "" if place.km is None else _("{km} km away", km=f"{place.km:.1f}" if place.km < 10 else f"{place.km:.0f}")
    offered: list[tuple[str, ft.IconData, HoldWay]] = []
    if there:
        if place.here:
            offered.append((_("Hold it here"), ft.Icons.BOOKMARK_ADD_OUTLINED, HoldWay.KEEP))
        elif not place.web:
            offered.append((_("Send here from {shop}", shop=name), ft.Icons.MOVE_TO_INBOX, HoldWay.SEND))
        home = _("Home from here") if place.here else _("Home from {shop}", shop=name)
        offered.append((home, ft.Icons.LOCAL_SHIPPING_OUTLINED, HoldWay.HOME))
    ways = [
        button(label, partial(wish, way, place), kind="filled" if way is HoldWay.KEEP else "outline", icon=icon)
        for label, icon, way in offered
    ]
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        ft.Column(
                            [
                                text(name, bold=place.here, lines=2, height=1.3),
                                *([soft(far, size=T.SMALL, height=1.3)] if far else []),
                                *([freshness(_, figure.at, _("Counted"))] if figure is not None else []),
                            ],
                            spacing=0,
                            expand=True,
                        ),
                        chips(
                            chip(figure_words(_, figure), tone_of(figure)),
                            *([chip(_("{n} held", n=figure.held))] if figure is not None and figure.held else []),
                        ),
                    ],
                    spacing=S.GAP_SMALL,
                ),
                *([ft.Row(ways, wrap=True, spacing=8, run_spacing=6)] if ways else []),
            ],
            spacing=8,
        ),
        padding=ft.Padding.only(top=10, bottom=2),  # with the gap to the next line as much as above
        border=ft.Border(top=ft.BorderSide(1, C.LINE)),
    )  # fmt: skip
