"""What this customer owns: on the profile, with the way to write down more and to lay something new beside it."""

import flet as ft

from clienteling.context import Tablet, call
from clienteling.queries.belongings import Piece
from clienteling.queries.profile import Profile as View
from clienteling.ui.parts import button, chip, chips, divided, empty_state, freshness, icon_button, soft, text
from clienteling.ui.parts.facts import TILE, picture
from clienteling.words import Words

MOST = 40


def belongings(tablet: Tablet, _: Words, view: View) -> ft.Control:
    """The newest first; each says whether it was bought here or told."""
    hers = f"/customers/{view.facts.customer.id}"
    new = button(_("Add a piece the customer told of"), call(tablet.go, f"{hers}/belonging"), icon=ft.Icons.ADD)
    if not view.pieces:
        return empty_state(
            _("Nothing known yet"),
            _("What is bought here appears by itself; what the customer tells of is added."),
            new,
            icon=ft.Icons.CHECKROOM,
        )
    rows = divided([_row(tablet, _, hers, one) for one in view.pieces[:MOST]])
    beside = button(_("Lay something new beside"), call(tablet.go, f"{hers}/beside"), icon=ft.Icons.COMPARE)
    head = ft.Row([new, beside], wrap=True, spacing=8, run_spacing=8)
    return ft.Column([head, *rows, freshness(_, view.as_of, _("Belongings"))], spacing=12)


def piece_lines(_: Words, piece: Piece) -> list[ft.Control]:
    """Name, size and colour, where it comes from, alteration and care."""
    one = piece.owned
    facts = [
        *([_("Size {size}", size=piece.size)] if piece.size else []),
        *([_("Colour {colour}", colour=piece.colour)] if piece.colour else []),
    ]
    told = one.told
    where = _("Bought {at:date}, {shop:name}", at=one.at, shop=one.order.shop_id) if one.order else ""
    return [
        text(one.name, bold=True, lines=2),
        *([chips(*(chip(fact) for fact in facts))] if facts else []),
        soft(where or _("The customer told {staff:name} of it", staff=told.staff_id if told else "")),
        *([soft(_("Alteration: {what}", what=told.alteration), lines=3)] if told and told.alteration else []),
        *([soft(_("Care: {what}", what=told.care), lines=3)] if told and told.care else []),
    ]


def _row(tablet: Tablet, _: Words, hers: str, piece: Piece) -> ft.Control:
    one = piece.owned
    edit = icon_button(
        ft.Icons.EDIT_OUTLINED,
        _("{what}: {name}", what=_("Write down more"), name=one.name),
        call(tablet.go, f"{hers}/belonging?piece={one.id}"),
    )
    return ft.Row(
        [
            picture(piece.image, *TILE),
            ft.Column(piece_lines(_, piece), spacing=4, expand=True),
            edit,
        ],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
