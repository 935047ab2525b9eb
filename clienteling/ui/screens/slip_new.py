"""Taking something on for a customer: what kind, which piece, by when. Three taps where nothing has to be typed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import flet as ft

from clienteling.actions.slips import open_slip, slip_draft
from clienteling.context import use_session, use_tablet, use_words
from clienteling.queries.contact import load_contact
from clienteling.theme import S
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, use_draft, use_once, use_query
from clienteling.ui.parts import button, card, columns, error_panel, field, soft, stack, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.reach import form_foot
from clienteling.ui.screens.not_here import not_here
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.customer import Order
from sync.model.slip import SlipKind

_DAYS = {
    SlipKind.ALTERATION: 7,
    SlipKind.SPECIAL_ORDER: 3,
    SlipKind.CUSTOMER_ORDER: 28,
    SlipKind.RETURN: 3,
    SlipKind.COMPLAINT: 1,
}
"""What is usually promised; one tap changes it."""
_OFFERED = (1, 3, 7, 14, 28)
_OF_A_PURCHASE = frozenset({SlipKind.ALTERATION, SlipKind.RETURN})
MOST_PIECES = 6


@dataclass(frozen=True)
class Draft:
    kind: str = ""
    item: str = ""
    text: str = ""
    days: int = 0
    """0: what is usual for the kind."""
    piece: str = ""
    """`order_id variant_id` of a piece that was bought here."""


def _pieces(orders: tuple[Order, ...]) -> dict[str, str]:
    """Return the latest pieces bought here: key to name."""
    lines = [
        (f"{order.id} {line.variant_id}", line.name) for order in orders if not order.refunded for line in order.lines
    ]
    return dict(lines[:MOST_PIECES])


@component
def NewSlip(customer_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_contact(tablet.device.cache, customer_id, directory.shop, now, directory.zone, directory.playbook),
        [customer_id],
    )
    draft, held, write = use_draft(slip_draft(customer_id), Draft())
    wanting, set_wanting = ft.use_state("")
    start = use_once()
    title, back = _("New slip"), f"/customers/{customer_id}?tab=slips"
    use_view(query.value.facts.customer.id if query.value else None)
    if query.value is None and query.error is None and not query.loading:
        return frame(title, not_here(_, tablet), back="/search")
    if query.value is None:
        return frame(
            title,
            error_panel(_, again) if query.error is not None else form_skeleton(2, choices=2),
            back=back,
            scroll=True,
        )
    facts = query.value.facts
    pieces = _pieces(facts.orders)
    kind = SlipKind(draft.kind) if draft.kind else None
    complaint = kind is SlipKind.COMPLAINT
    today = now.astimezone(directory.zone).date()

    def put(**parts: Any) -> None:
        set_wanting("")
        write(replace(held.current, **parts))

    def due(of: Draft) -> date:
        return today + timedelta(days=of.days or _DAYS[SlipKind(of.kind)])

    def save() -> None:
        given = held.current
        if not given.kind:
            set_wanting(_("Choose what it is first"))
            return
        chosen = SlipKind(given.kind)
        if chosen is SlipKind.COMPLAINT and not given.text.strip():
            set_wanting(_("Write down what the customer said"))
            return
        of_purchase = chosen in _OF_A_PURCHASE and given.piece in pieces
        order_id, _space, variant_id = given.piece.partition(" ") if of_purchase else ("", "", "")
        item = "" if chosen is SlipKind.COMPLAINT else given.item or (pieces[given.piece] if of_purchase else "")
        if chosen is not SlipKind.COMPLAINT and not (item.strip() or given.text.strip()):
            set_wanting(_("Say which piece, or what is to be done"))
            return
        start(
            open_slip, tablet, customer_id, chosen, due(given), item=item, variant_id=variant_id or None,
            order_id=order_id or None, text=given.text,
        )  # fmt: skip

    what = card(
        text(_.honour(facts.customer.name), bold=True, size=19, lines=2),
        text(_("What is it?"), bold=True),
        choices([(one.value, _.code("slip_kind", one)) for one in SlipKind], [draft.kind], lambda code: put(kind=code)),
        text(_("Promised for"), bold=True),
        choices(
            [(str(days), _.date(today + timedelta(days=days))) for days in _OFFERED],
            [str(draft.days or (_DAYS[kind] if kind else 0))],
            lambda days: put(days=int(days)),
        ),
        spacing=S.GAP,
    )
    which: list[ft.Control] = []
    if kind in _OF_A_PURCHASE and pieces:
        which += [
            text(_("Which piece?"), bold=True),
            choices(
                list(pieces.items()), [draft.piece], lambda key: put(piece="" if key == held.current.piece else key)
            ),
        ]
    if not complaint:
        which.append(
            field(
                _("Piece"),
                hint=_("e.g. navy coat, size 9"),
                value=draft.item,
                on_change=lambda event: put(item=event.control.value or ""),
                max_length=120,
            )
        )
    which.append(
        field(
            _words_asked(_, complaint, session.width),
            value=draft.text,
            on_change=lambda event: put(text=event.control.value or ""),
            multiline=True,
            min_lines=4,
            max_lines=10,
            max_length=2000,
        )
    )
    if complaint:
        which.append(
            soft(_("Colleagues see that it is being handled, and by whom. These words are for you and managers."))
        )
    details = card(*which, title=_("Details"))
    foot = form_foot(
        button(_("Save the slip"), save, kind="filled", icon=ft.Icons.CHECK, big=True),
        wrong=wanting,
    )
    wide = session.width >= S.WIDE_FROM
    body = columns(what, details, shares=(1, 1)) if wide else stack([what, details])
    return frame(title, body, back=back, scroll=True, foot=foot)


def _words_asked(_: Words, complaint: bool, width: float) -> str:
    """A label is one line: with large letters on a handheld, fewer words."""
    if width < S.SLIM_BELOW:
        return _("What was said") if complaint else _("To be done")
    return _("What the customer said") if complaint else _("What is to be done")
