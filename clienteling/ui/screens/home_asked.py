"""The card of the home screen with what waits for somebody's own word, because it is in that person's name."""

import flet as ft

from clienteling.context import Tablet, call
from clienteling.queries.home import Asked, Today
from clienteling.ui.parts import avatar, button, card, divided, soft, text
from clienteling.words import Words


def asked_card(_: Words, tablet: Tablet, found: Today) -> list[ft.Control]:
    """The card, or nothing where nobody asks."""
    rows = [_row(_, tablet, one) for one in found.asked]
    return [card(*divided(rows), title=_("Waits for your word"), tone="caution", spacing=4)] if rows else []


def _row(_: Words, tablet: Tablet, one: Asked) -> ft.Control:
    writer = one.message.writer_id
    by = tablet.pulse.directory.name(writer, _.language) if writer else ""
    name = _.honour(one.customer.family_name)
    words = ft.Column(
        [text(name, bold=True), soft(_("In your name, written by {name}", name=by), lines=4)], spacing=2, expand=True
    )
    label = _("Read")
    act = button(label, call(tablet.go, "/queue"), kind="soft", tooltip=f"{name}: {label}")
    return ft.Row([avatar(one.customer.family_name), words, act], spacing=12, key=one.message.id)
