"""Products: find one by name, JAN, colour, size or category, and open its stock."""

import flet as ft

from clienteling.actions.products import entered_product
from clienteling.context import Tablet, call, use_session, use_tablet, use_words
from clienteling.i18n import code_text
from clienteling.queries.products import LIMIT, ProductHit, categories_of, search_products
from clienteling.routes import stock_route
from clienteling.theme import S
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import (
    button,
    card,
    chips,
    divided,
    empty_state,
    error_panel,
    freshness,
    product_tile,
    search_field,
    stock_chip,
    tappable,
)
from clienteling.ui.parts.names import product_name, variant_words
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.ui.parts.tabs import customers_or_products
from clienteling.ui.screens.profile_interest import place_words
from clienteling.ui.shell import frame
from clienteling.ui.sought import goods_sought
from clienteling.words import Words


@component
def Products(q: str = "", **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    typed, set_typed = ft.use_state(q)
    here = tablet.pulse.directory.shop
    kinds, _again = use_query(lambda: categories_of(tablet.device.cache), [])
    names = {code: " ".join(filter(None, (code_text("category", code, "ja"), code_text("category", code, "en")))) for code in kinds.value or ()}  # fmt: skip
    query, again = use_query(
        lambda: search_products(tablet.device.cache, typed, names, here), [typed, tuple(sorted(names))]
    )

    def changed(event: ft.Event[ft.TextField]) -> None:
        set_typed(str(event.data or ""))

    def submitted(event: ft.Event[ft.TextField]) -> None:
        tablet.run(entered_product, tablet, str(event.control.value or ""))

    if query.error is not None:
        found: ft.Control = error_panel(_, again)
    elif not typed.strip():
        found = card(
            empty_state(
                _("Which product?"),
                _("A name, a colour, a size, a code or a JAN; or scan its label."),
                icon=ft.Icons.CHECKROOM_OUTLINED,
            ),
            *(
                [chips(*(button(_.code("category", one), call(set_typed, _.code("category", one))) for one in kinds.value))]
                if kinds.value
                else []
            ),
        )  # fmt: skip
    elif query.value is None:
        found = card(rows_skeleton(4, "product"))
    else:
        found = _found(tablet, _, query.value)
    bar: list[ft.Control] = [
        search_field(
            _("Name, colour, size or JAN") if session.width >= S.SLIM_BELOW else goods_sought(_, session.width),
            value=typed,
            on_change=changed,
            on_submit=submitted,
            autofocus=True,
            expand=True,
        )
    ]
    if session.width >= S.WIDE_FROM:
        bar.append(
            button(_("Scan a label"), call(tablet.go, "/scan"), kind="filled", big=True, icon=ft.Icons.QR_CODE_SCANNER)
        )
    return frame(
        _("Products"),
        ft.Column(
            [
                customers_or_products(_, "products", tablet.go),
                ft.Row(bar, spacing=14),
                ft.Column(
                    [found],
                    scroll=ft.ScrollMode.AUTO,
                    expand=True,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                ),
            ],
            spacing=S.GAP,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        actions=[button(_("Holds"), call(tablet.go, "/holds"), kind="plain", icon=ft.Icons.BOOKMARK_BORDER)],
    )


def _found(tablet: Tablet, _: Words, hits: tuple[ProductHit, ...]) -> ft.Control:
    if not hits:
        return card(
            empty_state(
                _("No product matches"),
                _("Fewer words find more; a JAN has 13 digits."),
                icon=ft.Icons.SEARCH_OFF_OUTLINED,
            )
        )
    stamps = [one.item.at for one in hits if one.item.at is not None]
    return card(
        *divided([_row(tablet, _, one) for one in hits]),
        ft.Row([freshness(_, min(stamps, default=None), _("Stock"))]),
        title=_("Products"),
        aside=_("the first {n} products", n=LIMIT) if len(hits) == LIMIT else _("{n} products found", n=len(hits)),
    )


def _row(tablet: Tablet, _: Words, hit: ProductHit) -> ft.Control:
    product = hit.item.product
    name = product_name(_, product)
    meant = " / ".join(variant_words(_, one) for one in hit.meant[:3])
    detail = " · ".join(part for part in (_.code("category", product.category), meant) if part)
    variant = hit.meant[0].id if hit.meant else ""
    return tappable(
        product_tile(
            _,
            name,
            image=hit.item.image,
            price=hit.item.price,
            detail=detail,
            stock=tuple(stock_chip(_, place_words(_, one), one.quantity) for one in hit.item.places),
            trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT),
        ),
        f"{name} {detail}",
        call(tablet.go, stock_route(product.id, variant=variant)),
        padding=ft.Padding.symmetric(horizontal=8, vertical=10),
        key=product.id,
    )
