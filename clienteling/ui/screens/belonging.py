"""Writing down a piece that the customer owns: from elsewhere, or more about one that was bought here."""

from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from clienteling.actions.belongings import note_belonging
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.queries.belongings import Piece, load_beside
from clienteling.ui.audit import use_view
from clienteling.ui.component import component, keyed, use_box, use_once, use_query
from clienteling.ui.parts import button, card, error_panel, field, soft, text
from clienteling.ui.parts.skeletons import form_skeleton
from clienteling.ui.reach import Acts
from clienteling.ui.shell import frame
from sync.model.commands_goods import NoteBelonging


@dataclass(frozen=True)
class Draft:
    name: str = ""
    size: str = ""
    colour: str = ""
    alteration: str = ""
    care: str = ""


@component
def BelongingForm(customer_id: str, piece: str = "", **_more: str) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    use_session()
    shop = tablet.pulse.directory.shop
    query, again = use_query(lambda: load_beside(tablet.device.cache, customer_id, "", shop), [customer_id])
    title, back = _("A piece the customer owns"), f"/customers/{customer_id}?tab=belongings"
    use_view(query.value.customer.id if query.value else None)
    if query.value is None:
        return frame(
            title, error_panel(_, again) if query.error is not None else form_skeleton(4), back=back, scroll=True
        )
    known = next((one for one in query.value.pieces if one.owned.id == piece), None)
    name = _.honour(query.value.customer.name)
    return frame(title, keyed(piece or "new", Form, query.value.customer.id, name, known), back=back, scroll=True)


@component
def Form(customer_id: str, name: str, known: Piece | None) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    told = known.owned.told if known else None
    held = use_box(
        Draft(
            known.owned.name if known else "",
            known.size if known else "",
            known.colour if known else "",
            told.alteration if told else "",
            told.care if told else "",
        )
    )
    wanting, set_wanting = ft.use_state(False)
    start = use_once()
    fresh = use_box(tablet.new_id())

    def put(**parts: Any) -> None:
        held.current = replace(held.current, **parts)

    def save(*, gone: bool) -> None:
        given, shop_id = held.current, tablet.pulse.directory.shop_id
        if not given.name.strip() or shop_id is None:
            set_wanting(True)
            return
        one = known.owned if known else None
        command = NoteBelonging(
            belonging_id=one.id if one else fresh.current,
            customer_id=customer_id,
            shop_id=shop_id,
            name=given.name.strip(),
            category=one.category if one else "",
            variant_id=one.variant_id if one else None,
            order_id=one.order.id if one and one.order else None,
            size=given.size.strip(),
            colour=given.colour.strip(),
            alteration=given.alteration.strip(),
            care=given.care.strip(),
            gone=gone,
        )
        start(note_belonging, tablet, command)

    def entry(label: str, part: str, most: int, **more: Any) -> ft.TextField:
        return field(
            label,
            value=getattr(held.current, part),
            on_change=lambda event: put(**{part: event.control.value or ""}),
            max_length=most,
            **more,
        )

    gone = button(_("The customer has it no more"), call(save, gone=True), kind="plain", danger=True)
    return card(
        text(name, bold=True, size=19, lines=2),
        entry(_("Piece"), "name", 120, hint=_("e.g. navy coat, size 9"), read_only=known is not None),
        entry(_("Size"), "size", 40),
        entry(_("Colour"), "colour", 40),
        entry(_("Alteration"), "alteration", 500, multiline=True, min_lines=2, max_lines=5),
        entry(_("Care"), "care", 500, multiline=True, min_lines=2, max_lines=5),
        *([soft(_("Say which piece it is"), color=ft.Colors.ERROR)] if wanting else []),
        Acts(
            button(_("Save"), call(save, gone=False), kind="filled", icon=ft.Icons.CHECK, big=True),
            *([gone] if known else []),
        ),
    )
