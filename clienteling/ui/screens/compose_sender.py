"""In whose name it goes: who is in charge, and the choice of three."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from clienteling.queries.sender import Sender
from clienteling.state import Directory
from clienteling.ui.parts import card, soft
from clienteling.ui.parts.choice import choices
from clienteling.words import Words
from sync.model.outreach import Voice


def sender_card(
    _: Words, directory: Directory, found: Sender, me: str | None, earliest: datetime, choose: Callable[[str], None]
) -> ft.Control:
    """The choice, with what follows from it. `me` is who writes, `earliest` when it would go if nobody had to be there."""
    labels = {
        Voice.SELF: _("Your own"),
        Voice.CHARGE: _("Person in charge"),
        Voice.SHOP: _("The shop's"),
    }
    return card(
        *([soft(_in_charge(_, directory, found, me))] if found.charge is not None else []),
        choices(
            [(one.voice.value, labels[one.voice]) for one in found.choices],
            [found.chosen.voice.value],
            choose,
            faded=[one.voice.value for one in found.choices if one.from_ is None],
        ),
        *(soft(said, lines=3) for said in _follows(_, directory, found, earliest)),
        title=_("In whose name?"),
        padding=14,
        spacing=8,
    )


def _in_charge(_: Words, directory: Directory, found: Sender, me: str | None) -> str:
    assert found.charge is not None
    name = directory.staff_name(found.charge, _.language)
    if found.charge.id == me:
        return _("You look after this customer")
    if not found.charge_here:
        place = directory.name(found.charge.shop_id, _.language)
        return _("Looked after by {name} of {shop}", name=name, shop=place)
    if found.charge_today is None:
        return _("Looked after by {name}", name=name)
    if found.charge_today:
        return _("Looked after by {name}, on shift today", name=name)
    return _("Looked after by {name}, not on shift today", name=name)


def _follows(_: Words, directory: Directory, found: Sender, earliest: datetime) -> list[str]:
    chosen = found.chosen
    said = []
    if len(found.choices) == 1:
        said.append(_("About this, only the shop writes"))
    name = directory.staff_name(chosen.staff, _.language) if chosen.staff is not None else ""
    if chosen.voice is Voice.CHARGE:
        said.append(_("{name} or a manager reads it first", name=name))
    hidden = directory.shop is not None and directory.shop.hide_shifts
    if chosen.from_ is None and hidden:
        said.append(_("Nobody could answer in the name of {name}. Choose another name", name=name))
    elif chosen.from_ is None:
        said.append(_("No shift of {name} is planned. Choose another name", name=name))
    elif chosen.from_ > earliest and chosen.voice is not Voice.SHOP and hidden:
        said.append(_("It goes as soon as somebody is there to answer"))
    elif chosen.from_ > earliest and chosen.voice is not Voice.SHOP:
        said.append(_("It goes at {at:datetime}, when somebody is there to answer", at=chosen.from_))
    return said
