"""Above the profile of somebody who is here again: one thing that we do not know yet, answered with a tap or skipped."""

import flet as ft

from clienteling.actions.question import answer
from clienteling.actions.register import katakana
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import S
from clienteling.ui.component import component, use_box, use_once
from clienteling.ui.parts import button, card, field, text
from clienteling.ui.parts.choice import choices
from clienteling.words import Words
from sync.model.customer import Asked, Customer, Visit
from sync.policy.one_question import change, ways


@component
def OneQuestion(customer: Customer, visit: Visit, question: Asked) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    typed, show_typed = ft.use_state("")
    held = use_box("")
    tried, set_tried = ft.use_state(False)
    start = use_once(visit.id)

    def say(said: str) -> None:
        start(answer, tablet, visit, question, said)

    def put(event: ft.Event[ft.TextField]) -> None:
        held.current = str(event.data or "")
        show_typed(held.current)

    def save() -> None:
        said = _kept(question, held.current)
        if said and change(customer, question, said):
            say(said)
        else:
            set_tried(True)

    skip = button(_("Skip"), call(say, ""), kind="plain")
    if question is Asked.CHANNEL:
        options = [(one.value, _.code("channel", one)) for one in ways(customer)]
        given: list[ft.Control] = [choices(options, (), say), skip]
    else:
        wrong = _("In kana, please") if question is Asked.KANA else _("Four digits, e.g. 0409 for 9 April")
        entry = field(
            _("Name in kana") if question is Asked.KANA else _("Month and day"),
            value=typed,
            error=wrong if tried else "",
            on_change=put,
            on_submit=save,
            hint="" if question is Asked.KANA else "0409",
            width=260,
        )
        given = [entry, button(_("Save"), save, kind="soft"), skip]
    ask = text(_asked(_, question), bold=True)
    if session.width >= S.WIDE_FROM:
        rows: list[ft.Control] = [
            ft.Row(
                [ft.Container(ask, expand=True), *given],
                spacing=S.GAP,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            )
        ]
    else:
        rows = [ask, ft.Row(given, spacing=S.GAP_SMALL, wrap=True)]
    return card(*rows, padding=14, spacing=S.GAP_SMALL)


def _asked(_: Words, question: Asked) -> str:
    match question:
        case Asked.KANA:
            return _("One question: how is the name read?")
        case Asked.CHANNEL:
            return _("One question: by which way may we write?")
        case Asked.BIRTHDAY:
            return _("One question: on which day may we congratulate?")


def _kept(question: Asked, typed: str) -> str:
    """Return what was typed as it is kept: katakana, or month and day."""
    tidy = katakana(typed)
    if question is Asked.KANA:
        return " ".join(tidy.split())
    digits = "".join(c for c in tidy if c.isdigit())
    return f"{digits[:2]}-{digits[2:]}" if len(digits) == 4 else ""
