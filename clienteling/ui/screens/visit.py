"""A visit while it lasts: what was shown and tried on, who looks after the customer, what is promised, the goodbye."""

from collections.abc import Sequence
from typing import cast

import flet as ft

from clienteling.actions import visit as actions
from clienteling.actions.identify import check_in
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.visit import VisitView, load_visit
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_query
from clienteling.ui.parts import (
    button,
    card,
    chip,
    columns,
    divided,
    empty_state,
    error_panel,
    icon_button,
    soft,
    stack,
    text,
)
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.facts import product_tile
from clienteling.ui.parts.product_picker import ProductPicker
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.reach import Acts
from clienteling.ui.screens.promise_new import PromiseForm
from clienteling.ui.screens.promise_rows import colleagues
from clienteling.ui.screens.visit_after import after_visit
from clienteling.ui.screens.visit_companions import companions
from clienteling.ui.screens.visit_receipt import ReceiptOf
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.catalogue import Product
from sync.model.customer import OnTray, Visit
from sync.policy.visits import draft_of

MOST_ON_TRAY = 30
STEPS: tuple[actions.TrayStep, ...] = ("shown", "tried", "gift")


@component
def VisitPage(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    now, directory = tablet.now(), pulse.directory
    query, again = use_query(
        lambda: load_visit(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    title, back = _("Visit"), f"/customers/{customer_id}"
    view = query.value
    use_view(view.customer.id if view else None)
    if query.error is not None and view is None:
        return frame(title, error_panel(_, again), back=back)
    if view is None:
        nobody = empty_state(_("This customer is not on this tablet"))
        return frame(title, form_skeleton(2) if query.loading else nobody, back=back, scroll=query.loading)
    if view.visit is None:
        come = button(_("Check in"), lambda: tablet.run(check_in, tablet, customer_id, "", "staff"), kind="filled")
        nothing = empty_state(_("No visit today"), _("Checking in opens one; tray and notes belong to it."), come)
        return frame(title, card(nothing), back=back)
    is_open = view.visit.ended_at is None
    left: list[ft.Control] = (
        [card(*_tray(_, tablet, view), title=_("Shown and tried on"))] if is_open or view.tray else []
    )
    right: list[ft.Control] = [
        *([] if is_open else after_visit(_, tablet, view)),
        keyed(f"care:{view.visit.id}", Care, view),
        card(keyed(view.visit.id, PromiseForm, customer_id, view.visit.id), title=_("What did you promise?")),
    ]
    if not left:  # nothing was shown and the visit is over: no half of the screen stays empty
        left, right = right[:-1], right[-1:]
    if session.width >= S.WIDE_FROM:
        body: ft.Control = columns(stack(left), stack(right), shares=(3, 2))
    else:
        body = stack([*right[:-1], *left, *right[-1:]])
    return frame(_("Visit of {name}", name=_.honour(view.customer.name)), body, back=back, scroll=True)


@component
def Care(view: VisitView) -> ft.Control:
    """Who looks after the customer, and how the visit goes on or ends."""
    tablet, _ = use_tablet(), use_words()
    giving, give = ft.use_state(False)
    visit = view.visit
    assert visit is not None
    parts: list[ft.Control] = [*_state(_, tablet, visit)]

    def gave(staff_id: str) -> None:
        give(False)
        tablet.run(actions.hand_over, tablet, visit, staff_id)

    if visit.ended_at is None:
        note = button(
            _("Note this meeting"), call(tablet.go, f"/customers/{view.customer.id}/note"), icon=ft.Icons.EDIT_NOTE
        )
        over = button(_("Hand over"), call(give, not giving), icon=ft.Icons.SWAP_HORIZ)
        parts.append(ft.Row([note, over], wrap=True, spacing=8, run_spacing=8))
        if giving:
            parts += [
                text(_("Who looks after the customer now?"), bold=True),
                *_goes_along(_, tablet, visit),
                choices(colleagues(tablet, visit.staff_id), [], gave),
            ]
    parts += companions(_, tablet, view)
    if visit.order_id is None:
        receipt = keyed(f"receipt-of:{visit.id}", ReceiptOf, visit)
        parts.append(
            ft.Container(receipt, padding=ft.Padding.only(top=S.GAP_SMALL))
        )  # another matter than the chips above
    if visit.ended_at is None:
        goodbye = button(_("End the visit"), call(tablet.run, actions.close, tablet, visit), kind="filled", big=True)
        parts.append(ft.Container(Acts(goodbye), padding=ft.Padding.only(top=S.GAP_SMALL)))  # it ends all of the above
    return card(*parts, title=_("With the customer") if visit.ended_at is None else _("Visit"))


def _goes_along(_: Words, tablet: Tablet, visit: Visit) -> list[ft.Control]:
    """What becomes of a note that was begun here, before it is given on."""
    found = actions.begun_note(tablet, visit)
    if found is None:
        return []
    if found.note.confidential:
        return [soft(_("The confidential note does not go along: save it on this tablet"))]
    return [soft(_("The note that was begun goes along"))]


def _state(_: Words, tablet: Tablet, visit: Visit) -> list[ft.Control]:
    who = _("Looked after by {staff:name}", staff=visit.staff_id) if visit.staff_id else _("nobody's yet")
    since = (
        _("In the shop since {at:time}", at=visit.at) if visit.ended_at is None else _("Came at {at:time}", at=visit.at)
    )
    lines: list[ft.Control] = [text(who, bold=True), soft(since)]
    if visit.handed_by and visit.handed_at:
        taken = visit.handed_by == visit.staff_id
        lines.append(
            soft(
                _("Taken over {at:datetime}", at=visit.handed_at)
                if taken
                else _("Handed over by {staff:name}, {at:datetime}", staff=visit.handed_by, at=visit.handed_at)
            )
        )
    shop, zone = tablet.shop, tablet.pulse.directory.zone
    draft = draft_of(visit, shop.closes, zone, tablet.now()) if shop is not None else None
    if draft is not None:
        lines.append(soft(_("With a note begun by {staff:name}", staff=draft.begun_by or visit.handed_by or "")))
    if visit.ended_at is not None and visit.ended_by is not None:
        how = _.code("visit_end", visit.ended_by)
        lines.append(ft.Row([chip(_("Ended {at:time}: {how}", at=visit.ended_at, how=how))]))
    if visit.receipt:
        known = visit.order_id is not None
        said = (
            _("Receipt {number}", number=visit.receipt)
            if known
            else _("Receipt {number}, waiting for the till", number=visit.receipt)
        )
        lines.append(ft.Row([chip(said, "good" if known else "caution")], wrap=True))
    return lines


def _tray(_: Words, tablet: Tablet, view: VisitView) -> list[ft.Control]:
    visit = view.visit
    assert visit is not None
    on_it = [product for _one, product in view.tray]

    def chosen(products: Sequence[Product]) -> None:
        here = {one.id for one in on_it}
        for one in products:
            if one.id not in here:
                tablet.run(actions.change_tray, tablet, visit, one.id, "shown")

    rows = divided([_thing(_, tablet, visit, one, product) for one, product in view.tray])
    more = ProductPicker([], [one for one in view.suggested if one not in on_it], MOST_ON_TRAY, chosen)
    rows.append(ft.Container(more, padding=ft.Padding.only(top=S.GAP_SMALL if on_it else 0)))
    return rows


def _thing(_: Words, tablet: Tablet, visit: Visit, one: OnTray, product: Product) -> ft.Control:
    name = product.name_en if _.language == "en" and product.name_en else product.name

    def put(step: actions.TrayStep) -> None:
        tablet.run(actions.change_tray, tablet, visit, one.product_id, step)

    options = [(code, _.code("handled", code)) for code in STEPS]
    away = _("{what}: {name}", what=_.code("handled", "off"), name=name)
    lit = [one.how.value, *(["gift"] if one.gift else [])]
    return ft.Column(
        [
            product_tile(_, name, image=product.image, trailing=icon_button(ft.Icons.CLOSE, away, call(put, "off"))),
            choices(options, lit, lambda code: put(cast("actions.TrayStep", code))),
        ],
        spacing=S.GAP_SMALL,
        key=one.product_id,
    )
