"""Whom it is for, where somebody else has the same name: kana and last visit, confirmed before it can go."""

from collections.abc import Callable

import flet as ft

from clienteling.queries.letter import Letter, Namesake
from clienteling.theme import S
from clienteling.ui.parts import card, soft, text
from clienteling.ui.parts.choice import tick_box
from clienteling.words import Words


def whom(_: Words, letter: Letter, confirmed: bool, confirm: Callable[[bool], None]) -> ft.Control:
    """The customer with a box to tick, and below the others of that name."""
    sentence = _("It is this customer that I write to")

    who, what = _who(_, letter.herself)
    words = ft.Column([text(who, bold=True, height=1.4), text(what, height=1.4), soft(sentence)], spacing=2)
    return card(
        ft.Row(
            [
                tick_box(sentence, confirmed, confirm),
                ft.Container(
                    ft.Semantics(exclude_semantics=True, content=words),
                    on_click=lambda: confirm(not confirmed),
                    expand=True,
                ),
            ],
            spacing=0,
        ),
        *(_other(_, one) for one in letter.namesakes),
        title=_("Others have the same name"),
        tone="plain" if confirmed else "caution",
        padding=14,
    )


def _other(_: Words, one: Namesake) -> ft.Control:
    """Set under the customer's own lines, so that number and visit can be compared."""
    who, what = _who(_, one)
    lines = ft.Column([soft(_("Not {name}", name=who), height=1.4), soft(what, height=1.4)], spacing=2)
    return ft.Container(lines, padding=ft.Padding.only(left=S.TOUCH))


def _who(_: Words, one: Namesake) -> tuple[str, str]:
    """Name and kana; number and last visit: what tells two people of one name apart."""
    kana = f"（{one.kana}）" if one.kana and _.language == "ja" else f" ({one.kana})" if one.kana else ""
    last = _("last visit {at:date}", at=one.last_visit_at) if one.last_visit_at else _("no visit on this tablet")
    return f"{_.honour(one.name)}{kana}", " · ".join(part for part in (one.member_number, last) if part)
