"""Choosing products: those already chosen, and a search by name or JAN."""

from collections.abc import Callable, Sequence

import flet as ft

from clienteling.context import off_loop, use_tablet, use_words
from clienteling.theme import S, T
from clienteling.ui.component import component
from clienteling.ui.parts.base import icon_button, search_field, soft, text
from clienteling.ui.parts.facts import picture
from clienteling.ui.parts.names import product_name
from clienteling.ui.sought import goods_sought
from clienteling.words import Words
from sync.model.catalogue import Product


def _row(_: Words, product: Product, button: ft.Control) -> ft.Control:
    return ft.Row(
        [
            picture(product.image, 40, 48),
            ft.Column(
                [
                    text(product_name(_, product), bold=True, lines=2),
                    soft(_.code("category", product.category), size=T.SMALL),
                ],
                spacing=0,
                expand=True,
            ),
            button,
        ],
        spacing=10,
    )


@component
def ProductPicker(
    chosen: Sequence[Product], suggested: Sequence[Product], most: int, change: Callable[[list[Product]], object]
) -> ft.Control:
    """`change` gets the whole new choice; not more than `most` can be chosen. What she is interested in is offered first."""
    tablet, _ = use_tablet(), use_words()
    found, set_found = ft.use_state(list[Product]())
    ids = {product.id for product in chosen}

    async def search(event: ft.Event[ft.TextField]) -> None:
        typed = (event.control.value or "").strip()
        set_found(list(await off_loop(tablet.device.cache.search_products, typed, 6)) if typed else [])

    def remove(product: Product) -> Callable[[], object]:
        return lambda: change([one for one in chosen if one.id != product.id])

    def add(product: Product) -> Callable[[], object]:
        return lambda: change([*chosen, product])

    rows: list[ft.Control] = [
        _row(_, one, icon_button(ft.Icons.CLOSE, _("Remove {name}", name=product_name(_, one)), remove(one)))
        for one in chosen
    ]
    if len(chosen) < most:
        rows.append(
            ft.Row(
                [search_field(goods_sought(_, tablet.session.width), on_change=search, on_submit=search, expand=True)]
            )
        )
        offered = [one for one in (found or suggested) if one.id not in ids][:6]
        rows += [
            _row(_, one, icon_button(ft.Icons.ADD, _("Add {name}", name=product_name(_, one)), add(one)))
            for one in offered
        ]
    return ft.Column(rows, spacing=S.GAP_SMALL)
