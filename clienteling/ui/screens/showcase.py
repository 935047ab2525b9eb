"""お客様にお見せする: what is left on the screen when she looks at it too. Products, sizes, stock; of no customer anything."""

from collections.abc import Callable

import flet as ft

from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.queries.showcase import PAGE, Card, Sheet, load_sheet, load_showcase
from clienteling.queries.stock import Place
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import (
    button,
    chip,
    chips,
    divided,
    empty_state,
    error_panel,
    freshness,
    heading,
    search_field,
    soft,
    stock_chip,
    tappable,
    text,
)
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.facts import picture
from clienteling.ui.parts.figures import money
from clienteling.ui.parts.names import product_name, shop_name, variant_words
from clienteling.ui.parts.skeletons import PICTURE, PICTURE_NARROW, sheet_skeleton, shelf_skeleton
from clienteling.ui.screens.all_shops import AllShopsButton
from clienteling.ui.screens.showcase_leave import ByPin, Leave
from clienteling.ui.sought import goods_sought
from clienteling.words import Words

NARROWEST_CARD = 200


@component
def Showcase() -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    product_id, open_ = ft.use_state("")
    asked, ask = ft.use_state(False)
    directory = tablet.pulse.directory
    brand = directory.retailer.brand if directory.retailer else ""
    head = ft.Container(
        ft.Row(
            [
                *(
                    [button(_("All products"), call(open_, ""), icon=ft.Icons.ARROW_BACK, kind="plain")]
                    if product_id
                    else [text(brand, size=T.TITLE, bold=True)]
                ),
                ft.Container(soft(directory.name(directory.shop_id or "", session.language), size=T.BODY), expand=True),
                Leave(asked, ask),
            ],
            spacing=S.GAP,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        bgcolor=C.SURFACE,
        padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP_SMALL),
        border=ft.Border(bottom=ft.BorderSide(1, C.LINE)),
    )
    # The list stays as it was while one product is looked at.
    listed = ft.Container(Products(open_), expand=True, visible=not product_id)
    inside: list[ft.Control] = [listed, *([keyed(product_id, Product, product_id)] if product_id else [])]
    return ft.Column(
        [head, *([ByPin(ask)] if asked else []), *inside],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Products(open_: Callable[[str], None]) -> ft.Control:
    """All products by category, or those that a word finds."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    category, choose = ft.use_state("")
    typed, set_typed = ft.use_state("")
    most, set_most = ft.use_state(PAGE)
    here = tablet.pulse.directory.shop
    query, again = use_query(
        lambda: load_showcase(tablet.device.cache, category=category, text=typed, here=here, most=most),
        [category, typed, most],
    )

    def changed(event: ft.Event[ft.TextField]) -> None:
        set_typed(str(event.data or ""))
        set_most(PAGE)

    def narrow(code: str) -> None:
        choose(code)
        set_typed("")
        set_most(PAGE)

    room = session.pixels - 2 * S.EDGE
    columns = max(2, int((room + S.GAP) // (NARROWEST_CARD + S.GAP)))
    width = int((room - (columns - 1) * S.GAP) // columns)
    if query.error is not None and query.value is None:
        return ft.Container(error_panel(_, again), padding=S.EDGE)
    if query.value is None:
        return ft.Container(
            shelf_skeleton(columns, width), padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP), expand=True
        )
    view = query.value
    parts: list[ft.Control] = [
        search_field(goods_sought(_, session.width), value=typed, on_change=changed),
        choices(
            [("", _("All")), *((one, _.code("category", one)) for one in view.categories)],
            [] if typed.strip() else [category],
            narrow,
            one_line=session.width < S.NARROW_BELOW,  # on a handheld they would take half of it
        ),
        ft.Row(
            [_card(_, one, width, call(open_, one.item.product.id)) for one in view.cards],
            wrap=True,
            spacing=S.GAP,
            run_spacing=S.GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        if view.cards
        else empty_state(_("No such product"), icon=ft.Icons.SEARCH_OFF),
    ]
    if view.found > len(view.cards):
        parts.append(
            ft.Row([button(_("Show more"), call(set_most, most + PAGE))], alignment=ft.MainAxisAlignment.CENTER)
        )
    return ft.Column(
        [
            ft.Container(
                ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
                padding=ft.Padding.symmetric(horizontal=S.EDGE, vertical=S.GAP),
            )
        ],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _card(_: Words, one: Card, width: int, on_click: Callable[..., object]) -> ft.Control:
    item = one.item
    name = product_name(_, item.product)
    price = _.money(item.price) if item.price else ""
    sizes = [chip(size, "good" if lies else "plain") for size, lies in one.sizes[:6]]
    return tappable(
        ft.Column(
            [
                picture(item.image, width - 26, round(width * 1.05)),
                # the room of two lines, so that prices and sizes of a row stand on one line
                ft.Stack([text(" \n ", bold=True, height=1.4), text(name, bold=True, lines=2, height=1.4)]),
                soft(price, size=T.BODY),
                chips(*sizes),
            ],
            spacing=6,
        ),
        f"{name} {price}",
        on_click,
        width=width,
        padding=12,
        bgcolor=C.SURFACE,
        border=ft.Border.all(1, C.LINE),
        key=item.product.id,
    )


@component
def Product(product_id: str) -> ft.Control:
    """One product: picture, words, and each colour and size with where it lies."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    here = tablet.pulse.directory.shop
    query, again = use_query(lambda: load_sheet(tablet.device.cache, product_id, here), [product_id])
    if query.error is not None and query.value is None:
        inside: ft.Control = error_panel(_, again)
    elif query.loading:
        inside = sheet_skeleton(wide=session.width >= S.WIDE_FROM)
    elif query.value is None:
        inside = empty_state(_("No such product"), icon=ft.Icons.SEARCH_OFF)
    else:
        inside = _sheet(_, query.value, wide=session.width >= S.WIDE_FROM)
    return ft.Column(
        [ft.Container(inside, padding=S.EDGE)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _sheet(_: Words, sheet: Sheet, *, wide: bool) -> ft.Control:
    product, english = sheet.product, _.language == "en"
    about = ft.Column(
        [
            heading(product_name(_, product), size=T.DISPLAY),
            *([money(_, sheet.price, size=T.TITLE)] if sheet.price else []),
            *([text(product.description)] if product.description and not english else []),
            ft.Container(height=4),
            *divided(
                [
                    ft.Row(
                        [
                            ft.Container(text(variant_words(_, piece.variant)), width=190),
                            ft.Container(
                                chips(*(stock_chip(_, _shop(_, place), place.quantity) for place in piece.places)),
                                expand=True,
                            ),
                        ],
                        spacing=S.GAP,
                    )
                    for piece in sheet.pieces
                ]
            ),
            freshness(_, sheet.at, _("Stock")),
            AllShopsButton(product.id),
        ],
        spacing=10,
        expand=wide or None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
    if wide:
        return ft.Row(
            [picture(product.image, *PICTURE), about],
            spacing=S.EDGE + 8,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    return ft.Column(
        [ft.Row([picture(product.image, *PICTURE_NARROW)], alignment=ft.MainAxisAlignment.CENTER), about],
        spacing=S.EDGE,
    )


def _shop(_: Words, place: Place) -> str:
    """Shops by the names that customers know them by."""
    if place.here:
        return _("Here")
    return shop_name(_, place.shop)
