"""A new item beside one that the customer owns: picture, size, colour. Of her, nothing else stands here."""

from collections.abc import Callable

import flet as ft

from clienteling.context import use_session, use_tablet, use_words
from clienteling.queries.belongings import Beside as View
from clienteling.queries.belongings import load_beside
from clienteling.theme import C, S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import (
    card,
    chip,
    chips,
    empty_state,
    error_panel,
    freshness,
    soft,
    stock_chip,
    text,
)
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.facts import picture
from clienteling.ui.parts.names import product_name, variant_words
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.skeletons import pair_skeleton
from clienteling.ui.screens.profile_belongings import piece_lines
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.catalogue import Product

MOST_PIECES = 12
WIDTH, HEIGHT = 240, 288


@component
def Beside(customer_id: str, product: str = "", piece: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    chosen, choose = ft.use_state(product)
    hers, set_hers = ft.use_state(piece)
    shop = tablet.pulse.directory.shop
    query, again = use_query(lambda: load_beside(tablet.device.cache, customer_id, chosen, shop), [customer_id, chosen])
    title, back = _("Beside what the customer owns"), f"/customers/{customer_id}?tab=belongings"
    use_view(query.value.customer.id if query.value else None)
    if query.value is None:
        waiting = pair_skeleton(session.width, (WIDTH, HEIGHT))
        return frame(title, error_panel(_, again) if query.error is not None else waiting, back=back, scroll=True)
    view = query.value
    beside = session.width >= S.NARROW_BELOW
    left, right = _owned(_, view, hers, set_hers), _new(_, view, choose, beside=beside)
    if beside:
        left.expand = right.expand = 1
        row = ft.Row([left, right], spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START)
        return frame(title, row, back=back, scroll=True)
    column = ft.Column([left, right], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, column, back=back, scroll=True)


def _owned(_: Words, view: View, hers: str, set_hers: Callable[[str], object]) -> ft.Container:
    pieces = view.pieces[:MOST_PIECES]
    if not pieces:
        return card(empty_state(_("Nothing known yet"), icon=ft.Icons.CHECKROOM), title=_("Owned"))
    shown = next((one for one in pieces if one.owned.id == hers), pieces[0])
    names: dict[str, str] = {one.owned.id: one.owned.name for one in pieces}
    return card(
        _picture(shown.image, shown.owned.name),
        *piece_lines(_, shown),
        choices(list(names.items()), [shown.owned.id], set_hers, one_line=True),
        title=_("Owned"),
    )


def _new(_: Words, view: View, choose: Callable[[str], object], *, beside: bool) -> ft.Container:
    picker = keyed("picker", Pick, choose)
    if view.new is None:
        place = ft.Container(
            ft.Icon(ft.Icons.ADD_PHOTO_ALTERNATE_OUTLINED, size=32, color=C.INK_SOFT),
            width=WIDTH, height=HEIGHT, bgcolor=C.SUNKEN, border_radius=S.RADIUS_SMALL, alignment=ft.Alignment.CENTER,
        )  # fmt: skip
        # where the two lie side by side, its place; below each other it would push the search out of sight
        stands = [ft.Row([place], alignment=ft.MainAxisAlignment.CENTER)] if beside else []
        return card(*stands, soft(_("Find the new item by name or JAN.")), picker, title=_("New"))
    item = view.new
    variants = [variant_words(_, one) for one in view.variants]
    stock = [stock_chip(_, _("Here"), place.quantity) for place in item.places if place.here]
    return card(
        _picture(item.image, product_name(_, item.product)),
        text(product_name(_, item.product), bold=True, lines=2),
        *([soft(_.money(item.price))] if item.price else []),
        *([chips(*(chip(one) for one in variants if one))] if variants else []),
        *([chips(*stock)] if stock else []),
        *([freshness(_, item.at, _("Stock"))] if item.at else []),
        picker,
        title=_("New"),
    )


def _picture(image: str, name: str) -> ft.Control:
    """Large enough to compare a colour."""
    return ft.Semantics(
        label=name, image=True, content=ft.Row([picture(image, WIDTH, HEIGHT)], alignment=ft.MainAxisAlignment.CENTER)
    )


@component
def Pick(choose: Callable[[str], object]) -> ft.Control:
    def change(products: list[Product]) -> None:
        if products:
            choose(products[-1].id)

    return ProductPicker([], [], 1, change)
