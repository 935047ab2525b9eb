"""With whom she came: chips while the visit lasts, a line when it is over."""

import flet as ft

from clienteling.actions.visit import change_companion
from clienteling.context import Tablet
from clienteling.queries.visit import VisitView
from clienteling.ui.parts import soft, text
from clienteling.ui.parts.choice import choices
from clienteling.words import Words
from sync.model.commands_visits import Companion
from sync.policy.companions import in_order


def companions(_: Words, tablet: Tablet, view: VisitView) -> list[ft.Control]:
    """Return what the visit's card says and asks of them; nothing where it is over and she came by herself."""
    visit, last = view.visit, view.last
    assert visit is not None
    here = in_order(visit.companions)
    if visit.ended_at is not None:
        return [text(_("Came with: {people:companion}", people=list(here)))] if here else []

    def tapped(code: str) -> None:
        tablet.run(change_companion, tablet, visit, code)

    before = [
        soft(_("Last time, {at:date}: {people:companion}", at=last.at, people=list(in_order(last.companions))))
        for last in ([last] if last is not None else [])
    ]
    row = choices([(one.value, _.code("companion", one)) for one in Companion], here, tapped)
    return [text(_("Came with"), bold=True), *before, row]
