"""全店の在庫: where something lies in every shop. What this tablet does not hold is asked for, and says how old it is."""

from datetime import datetime

import flet as ft

from clienteling.actions.stock import Asked, ask_stock
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.queries.all_shops import InShop, load_everywhere
from clienteling.routes import stock_route
from clienteling.theme import S
from clienteling.ui.component import component, use_query
from clienteling.ui.parts import button, chip, chips, divided, error_panel, freshness, soft, stock_chip, text
from clienteling.ui.parts.names import shop_name, variant_words
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.ui.parts.transfer import progress_bar
from clienteling.words import Words
from sync.model.shop import ShopKind

PAGE = 30
"""Shops shown at first; more on request."""


@component
def AllShopsButton(product_id: str, variant_id: str | None = None, customer_id: str = "") -> ft.Control:
    """Shows and hides the list below itself; for a customer's staff also the way to hold one for her."""
    tablet, _ = use_tablet(), use_words()
    open_, set_open = ft.use_state(False)
    label, icon = (
        (_("Hide all shops"), ft.Icons.EXPAND_LESS) if open_ else (_("All shops"), ft.Icons.STOREFRONT_OUTLINED)
    )
    return ft.Column(
        [
            ft.Row(
                [
                    button(label, call(set_open, not open_), kind="plain", icon=icon),
                    *(
                        [
                            button(
                                _("Stock and holds"),
                                call(
                                    tablet.go, stock_route(product_id, variant=variant_id or "", customer=customer_id)
                                ),
                                kind="plain",
                                icon=ft.Icons.BOOKMARK_ADD_OUTLINED,
                            )
                        ]
                        if customer_id
                        else []
                    ),
                ],
                wrap=True,
                spacing=0,
            ),
            *([AllShops(product_id, variant_id)] if open_ else []),
        ],
        spacing=12,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def AllShops(product_id: str, variant_id: str | None) -> ft.Control:
    """The list, with how the asking goes above it."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    here = tablet.pulse.directory.shop
    query, again = use_query(
        lambda: load_everywhere(tablet.device.cache, product_id, variant_id, here), [product_id, variant_id or ""]
    )
    asked, set_asked = ft.use_state(Asked.ASKING)
    most, set_most = ft.use_state(PAGE)

    async def ask() -> None:
        set_asked(Asked.ASKING)
        set_asked(await ask_stock(tablet, product_id))
        again()

    ft.use_effect(call(tablet.run, ask), [product_id])
    if query.error is not None and query.value is None:
        return error_panel(_, again)
    if query.value is None:
        return rows_skeleton(6, "none", lines=1)
    view = query.value
    shown = view.rows[:most]
    return ft.Column(
        [
            *asked_state(_, view.beyond, view.asked_at, asked, call(tablet.run, ask)),
            *divided(
                [_row(_, _shop(_, one, customer=session.show_customer), one, single=view.single) for one in shown]
            ),
            *([button(_("Show more"), call(set_most, most + PAGE))] if len(view.rows) > most else []),
            *([] if view.complete else [soft(_("There are so many that some were left out."))]),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def asked_state(
    _: Words, beyond: int, asked_at: datetime | None, asked: Asked, retry: ft.ControlEventHandler[ft.Control]
) -> list[ft.Control]:
    """How the asking for the other shops goes, and how old what is known of them is."""
    if not beyond or asked is Asked.DONE:
        return []
    if asked is Asked.ASKING:
        return [progress_bar(_, None), soft(_("Asking for the other {n} shops…", n=beyond))]
    if asked is Asked.UNKNOWN:
        return [soft(_("The server does not know where this lies in the other {n} shops.", n=beyond))]
    said = (
        _(
            "No connection: of the other {n} shops this is what was known {at:datetime}.",
            n=beyond,
            at=asked_at,
        )
        if asked_at is not None
        else _("No connection: the stock of the other {n} shops is not on this tablet.", n=beyond)
    )
    return [
        ft.Semantics(live_region=True, content=text(said)),
        ft.Row([button(_("Try again"), retry, icon=ft.Icons.REFRESH)]),
    ]


def _row(_: Words, name: str, one: InShop, *, single: bool) -> ft.Control:
    figures: list[ft.Control]
    there = [pair for pair in one.lying if pair[1] > 0]
    if not one.lying:
        figures = [chip(_("unknown"))]
    elif not there:
        figures = [chip(_("No stock"), "accent")]
    elif single:
        figures = [chip(_("{n} left", n=n), "caution" if n == 1 else "good") for _variant, n in there]
    else:
        figures = [stock_chip(_, variant_words(_, variant), n) for variant, n in there]
    return ft.Row(
        [
            ft.Column(
                [
                    text(name, bold=one.here, lines=2, height=1.3),
                    *([freshness(_, one.at, _("Stock"))] if one.at is not None else []),
                ],
                spacing=0,
                width=170,
            ),
            ft.Container(chips(*figures), expand=True),
        ],
        spacing=S.GAP,
    )


def _shop(_: Words, one: InShop, *, customer: bool) -> str:
    """Shops by the names that staff say, or (`customer`) those that customers know them by."""
    if one.here:
        return _("Here")
    if one.shop.shop_kind is ShopKind.WEB and not customer:
        return _("Online shop")
    return shop_name(_, one.shop)
