"""One thing that is spoken for: what, for whom, until when, and the next step with a reason or a number where it needs one."""

from datetime import timedelta
from typing import Literal, get_args

import flet as ft

from clienteling.actions.holds import amend_hold, move_hold
from clienteling.actions.identify import open_customer
from clienteling.context import Tablet, call, use_tablet, use_words
from clienteling.queries.holds import Row
from clienteling.routes import stock_route
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_box, use_once
from clienteling.ui.parts import Tone, button, chip, field, product_tile, soft, tappable, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.names import product_name, variant_words
from clienteling.words import Words
from sync.model.holds import Hold, HoldState, HoldWay, Why
from sync.policy.holds import AT_MOST, ENDED

_TONES: dict[HoldState, Tone] = {
    HoldState.ASKED: "caution",
    HoldState.ACCEPTED: "primary",
    HoldState.SENT: "primary",
    HoldState.HELD: "good",
    HoldState.ARRIVED: "good",
    HoldState.DECLINED: "error",
}
_LONGER = timedelta(days=3)


@component
def HoldRow(row: Row) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    hold = row.hold
    declining, set_declining = ft.use_state(False)
    number = use_box("")
    start = use_once(hold.state, hold.until)
    here = tablet.pulse.directory.shop_id

    def move(to: HoldState, why: Why | None = None) -> None:
        start(move_hold, tablet, hold, to, why=why, number=number.current)

    def decline(code: str) -> None:
        set_declining(False)
        move(HoldState.DECLINED, next(one for one in get_args(Why) if one == code))

    def typed(event: ft.Event[ft.TextField]) -> None:
        number.current = str(event.data or "")

    to = {step.to for step in row.steps}
    buttons: list[ft.Control] = []
    for step in row.steps:
        press = call(set_declining, not declining) if step.to is HoldState.DECLINED else call(move, step.to)
        first = step.to in (HoldState.ACCEPTED, HoldState.SENT, HoldState.ARRIVED, HoldState.HANDED_OVER)
        strong: Literal["filled", "soft"] = "filled" if row.to_do else "soft"  # one thing calls, and it is what is due
        buttons.append(button(_step(_, hold, step.to), press, kind=strong if first else "outline"))
    longer = min(hold.until + _LONGER, tablet.now() + AT_MOST)
    if hold.for_shop_id == here and hold.state in (HoldState.HELD, HoldState.ARRIVED) and longer > hold.until:
        buttons.append(
            button(
                _("Three days longer"),
                call(start, amend_hold, tablet, hold, until=longer, customer_id=hold.for_customer_id),
                kind="plain",
            )
        )
    product, variant = row.product, row.variant
    name = _("An item that is not in the catalogue")
    if product is not None:
        name = product_name(_, product)
    needs_number = HoldState.ACCEPTED in to and hold.way is HoldWay.HOME and hold.for_shop_id == here
    return ft.Column(
        [
            product_tile(
                _,
                f"{name} {variant_words(_, variant)}" if variant is not None else name,
                image=(variant.image if variant else "") or (product.image if product else ""),
                detail=_route(_, hold, here),
                stock=(
                    chip(_.code("hold_state", hold.state), _TONES.get(hold.state, "plain")),
                    *([chip(_.code("hold_why", hold.why), "error")] if hold.why else []),
                    *([chip(_("not sent yet"), "caution", icon=ft.Icons.CLOUD_OFF_OUTLINED)] if row.unsent else []),
                    *([chip(_("Order or parcel {number}", number=hold.number))] if hold.number else []),
                ),
            ),
            *([text(_("Fewer were counted here than are held: look whether it is there."), color=C.ERROR, size=T.LABEL)] if row.short else []),
            ft.Row(
                [
                    _whom(_, tablet, row),
                    soft(_ended(_, hold) if hold.state in ENDED else _("until {end:datetime}", end=hold.until)),
                    soft(_("asked by {staff_id:name}", staff_id=hold.by)) if hold.by else ft.Container(),
                ],
                wrap=True,
                spacing=S.GAP,
                run_spacing=2,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            *([text(_next(_, row, here), size=T.LABEL)] if row.steps else []),
            *([field(_("Number of the order or parcel"), on_change=typed)] if needs_number else []),
            ft.Row(
                [
                    *buttons,
                    *(
                        [button(_("Stock"), call(tablet.go, stock_route(variant.product_id, variant=variant.id)), kind="plain")]
                        if variant is not None
                        else []
                    ),
                ],
                wrap=True,
                spacing=8,
                run_spacing=6,
            ),
            *(
                [
                    text(_("Why not?"), bold=True),
                    choices([(one, _.code("hold_why", one)) for one in get_args(Why)], [], decline),
                ]
                if declining
                else []
            ),
        ],
        spacing=8,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip


def _whom(_: Words, tablet: Tablet, row: Row) -> ft.Control:
    """For whom it is; the name leads to the profile."""
    if row.customer is not None:
        name = _.honour(row.customer.name)
        said = text(_("for {name}", name=name), bold=True, color=C.PRIMARY, lines=2)
        go = call(tablet.run, open_customer, tablet, row.customer.id, "queue")
        return tappable(said, _("Open {name}", name=name), go, padding=S.AROUND_LINE)
    return soft(_("for a customer who is not on this tablet") if row.hold.for_customer_id else _("for nobody yet"))


def _route(_: Words, hold: Hold, here: str | None) -> str:
    """From where to where, as this shop sees it."""
    if hold.way is HoldWay.KEEP:
        return _("Held here") if hold.shop_id == here else _("Held in {shop_id:name}", shop_id=hold.shop_id)
    if hold.way is HoldWay.HOME:
        return _("{shop_id:name} → the customer's home", shop_id=hold.shop_id)
    return _("{shop_id:name} → {for_shop_id:name}", shop_id=hold.shop_id, for_shop_id=hold.for_shop_id)


def _ended(_: Words, hold: Hold) -> str:
    return _.date_time(hold.state_at)


def _step(_: Words, hold: Hold, to: HoldState) -> str:
    """What pressing says that one did."""
    if hold.way is HoldWay.HOME and to in (HoldState.ACCEPTED, HoldState.HANDED_OVER):
        return _.code("hold_step", f"home_{to}")
    return _.code("hold_step", to)


def _next(_: Words, row: Row, here: str | None) -> str:
    """What to do next, in a sentence."""
    hold, to = row.hold, {step.to for step in row.steps}
    whose = "mine" if hold.for_shop_id == here else "theirs"
    if hold.way is HoldWay.HOME and whose == "mine" and to & {HoldState.ACCEPTED, HoldState.SENT}:
        whose = "act"  # the web shop's part, or this shop sends it itself
    return _.code("hold_next", f"{hold.way}_{hold.state}_{whose}")
