"""What not every role may see: that there is something, and for whoever may see it a way to it, online and on record."""

import flet as ft

from clienteling.actions.withheld import Shown, reveal
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C
from clienteling.ui.component import component
from clienteling.ui.parts import button, soft, text
from clienteling.words import Words
from sync.model.base import Record
from sync.policy.withheld import withheld


@component
def Withheld(record: Record) -> ft.Control:
    """A line that says so, a button for whoever may see it, and then the words. They are kept on this screen only."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    shown, set_shown = ft.use_state(Shown())
    asked_by, set_asked_by = ft.use_state("")
    document = record.to_wire()
    fields = withheld(record.kind, document)
    if not fields:
        return ft.Container()
    if shown.words and asked_by == session.staff_id:
        return text(shown.words)

    async def look() -> None:
        set_shown(await reveal(tablet, record))
        set_asked_by(session.staff_id or "")

    # whether the customer is in her scope the server knows; here it decides only whether there is a button
    may = any(one.may_see(tablet.staff, document, in_scope=True) for one in fields)
    said = soft(_said(_, record.kind), lines=2)
    if not may:
        return said
    parts: list[ft.Control] = [
        said,
        ft.Row([button(_("Show it"), call(tablet.run, look), kind="outline", icon=ft.Icons.VISIBILITY_OUTLINED)]),
    ]
    if shown.problem:
        parts.append(ft.Semantics(live_region=True, content=text(_.code("withheld", shown.problem), color=C.ERROR)))
    return ft.Column(parts, spacing=6)


def _said(_: Words, kind: str) -> str:
    if kind == "slip":
        return _("It is being handled. Only who sees to it and managers read what it is about.")
    return (
        _("Only its writer and managers see the reason.")
        if kind == "consent"
        else _("A confidential note: only its writer and managers see the words.")
    )
