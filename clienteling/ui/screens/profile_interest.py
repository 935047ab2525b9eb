"""What she looked at online, as far as tact allows, with where each thing lies today."""

import flet as ft

from clienteling.context import call, use_tablet, use_words
from clienteling.queries.profile import Profile as View
from clienteling.queries.stock import Item, Place
from clienteling.theme import S, T
from clienteling.ui.component import component, keyed
from clienteling.ui.parts import (
    button,
    card,
    chip,
    chips,
    divided,
    empty_state,
    freshness,
    product_tile,
    soft,
    stock_chip,
)
from clienteling.ui.parts.names import product_name, shop_name, variant_words
from clienteling.ui.screens.all_shops import AllShopsButton
from clienteling.words import Words


def interest(_: Words, view: View) -> ft.Control:
    """Categories and sizes first; single items with stock only with her there and her consent."""
    found = view.interest
    if found.last_at is None:
        return empty_state(
            _("Nothing online in the last 30 days"), _("Ask what brings them here today."), icon=ft.Icons.LANGUAGE
        )
    parts: list[ft.Control] = [
        chips(
            *(chip(_.code("category", one.category), "primary") for one in found.categories[:4]),
            *(chip(_("Size {size}", size=size)) for size in found.sizes[:3]),
        ),
        ft.Row(
            [
                soft(_("Last online {at:datetime}", at=found.last_at), size=T.SMALL),
                *([freshness(_, min(stamps), _("Stock"))] if (stamps := [i.at for i in view.items if i.at]) else []),
            ],
            spacing=S.GAP,
            wrap=True,
        ),
    ]
    if found.withheld is not None:
        parts.append(
            card(
                soft(_.reason(found.withheld.model_copy(update={"code": f"withheld_{found.withheld.code}"}))),
                tone="primary",
                padding=14,
            )
        )
    else:
        wished = {one.product_id for one in found.items if one.wished}
        parts += divided(
            [
                _tile(_, item, item.product.id in wished, view.facts.customer.id, beside=bool(view.pieces))
                for item in view.items
            ]
        )
    return ft.Column(parts, spacing=12)


def _tile(_: Words, item: Item, wished: bool, customer_id: str, *, beside: bool) -> ft.Control:
    name = product_name(_, item.product)
    if item.variant is not None:
        name = f"{name} {variant_words(_, item.variant)}".strip()
    tile = product_tile(
        _,
        name,
        image=item.image,
        price=item.price,
        detail=_("on the wish list") if wished else "",
        stock=tuple(stock_chip(_, place_words(_, place), place.quantity) for place in item.places),
    )
    return ft.Column(
        [
            tile,
            keyed(
                item.product.id, AllShopsButton, item.product.id, item.variant.id if item.variant else None, customer_id
            ),
            *([keyed(f"beside:{item.product.id}", BesideButton, customer_id, item.product.id, name)] if beside else []),
        ],
        spacing=4,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def BesideButton(customer_id: str, product_id: str, name: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    label = _("Beside what the customer owns")
    go = call(tablet.go, f"/customers/{customer_id}/beside?product={product_id}")
    tip = _("{what}: {name}", what=label, name=name)
    return ft.Row([button(label, go, kind="plain", icon=ft.Icons.COMPARE, tooltip=tip)])


def place_words(_: Words, place: Place) -> str:
    if place.here:
        return _("Here")
    if place.web:
        return _("Online shop")
    return shop_name(_, place.shop)
