"""在庫: every colour and size of an item here, one of them in every shop, and the ways to get it for somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import flet as ft

from clienteling.actions.stock import Asked, ask_stock
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.queries.stock_sheet import Place, StockSheet, load_sheet
from clienteling.theme import S
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import button, card, columns, empty_state, error_panel, product_tile, stack
from clienteling.ui.parts.names import product_name, variant_words
from clienteling.ui.parts.skeletons import stock_skeleton
from clienteling.ui.parts.stock import place_row, variant_grid
from clienteling.ui.screens.all_shops import asked_state
from clienteling.ui.screens.stock_hold import HoldForm
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.holds import HoldWay

PAGE = 10
"""Shops shown at first; more on request."""


@dataclass(frozen=True)
class Wish:
    """What somebody is about to ask for: how, and of which shop."""

    way: HoldWay
    place: Place


@component
def Stock(product_id: str, variant: str = "", customer: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    here = tablet.pulse.directory.shop
    chosen, set_chosen = ft.use_state(variant)
    query, again = use_query(lambda: load_sheet(tablet.device.cache, product_id, chosen, here), [product_id, chosen])
    asked, set_asked = ft.use_state(Asked.ASKING)
    wish, set_wish = ft.use_state(cast("Wish | None", None))
    most, set_most = ft.use_state(PAGE)

    async def ask() -> None:
        set_asked(Asked.ASKING)
        set_asked(await ask_stock(tablet, product_id))
        again()

    def choose(variant_id: str) -> None:
        set_wish(None)
        set_chosen(variant_id)

    def scanned() -> None:  # another code of the same item while its stock is open
        set_wish(None)
        set_chosen(variant)

    ft.use_effect(call(tablet.run, ask), [product_id])
    ft.use_effect(scanned, [product_id, variant])
    title, back = _("Stock"), f"/customers/{customer}" if customer else "/products"
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again), back=back)
    if not query.done:
        return frame(title, stock_skeleton(session.width), back=back, scroll=True)
    view = query.value
    if view is None:
        return frame(
            title,
            empty_state(
                _("This item is not in the catalogue"),
                _("It may have been taken out, or not have arrived on this tablet yet."),
                button(_("Find another product"), call(tablet.go, "/products"), icon=ft.Icons.SEARCH),
                icon=ft.Icons.CHECKROOM_OUTLINED,
            ),
            back=back,
        )
    wide = session.width >= S.WIDE_FROM
    form = (
        keyed(
            f"{wish.way} {wish.place.shop.id} {view.chosen.id}",
            HoldForm,
            view.chosen,
            wish.way,
            wish.place,
            customer,
            call(set_wish, None),
        )
        if wish is not None and view.chosen is not None
        else None
    )
    item = card(
        product_tile(
            _,
            product_name(_, view.product),
            image=(view.chosen.image if view.chosen else "") or view.product.image,
            price=view.chosen.price if view.chosen else None,
            detail=" · ".join(
                part
                for part in (
                    _.code("category", view.product.category),
                    view.product.code,
                    view.chosen.jan if view.chosen else "",
                )
                if part
            ),
        ),
        # In one column a form takes the place of the sizes: it names the one that was chosen, and its end is in sight.
        *([_sizes(_, view, choose, session.letters)] if wide or form is None else []),
        spacing=S.GAP,
    )
    right = form or _places(_, view, most, asked_state(_, view.beyond, view.asked_at, asked, call(tablet.run, ask)), set_wish, set_most)  # fmt: skip
    body = columns(item, right, shares=(5, 6)) if wide else stack([item, right])
    return frame(title, body, back=back, scroll=True)


def _sizes(_: Words, view: StockSheet, choose: Callable[[str], object], letters: float) -> ft.Control:
    if not view.variants:
        return empty_state(_("No colours or sizes are known of it"), icon=ft.Icons.CHECKROOM_OUTLINED)
    return variant_grid(_, view, choose, letters)


def _places(
    _: Words,
    view: StockSheet,
    most: int,
    state: list[ft.Control],
    wish: Callable[[Wish | None], object],
    more: Callable[[int], object],
) -> ft.Control:
    """Where one colour and size lies: here, the web shop, the nearest shops, each with its way."""
    if view.chosen is None:
        return ft.Container()
    return card(
        *state,
        *[place_row(_, one, lambda way, place: wish(Wish(way, place))) for one in view.places[:most]],
        *([ft.Row([button(_("Show more"), call(more, most + PAGE))])] if len(view.places) > most else []),
        title=_("Where it lies: {item}", item=variant_words(_, view.chosen)),
        spacing=10,
    )
