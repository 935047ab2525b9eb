"""What the brand guide says of the words: each finding with its place, and one tap that writes it as the house would."""

from collections.abc import Callable

import flet as ft

from clienteling.context import call
from clienteling.queries.compose import Checked, Writer, preview
from clienteling.queries.contact import Contact
from clienteling.theme import C, S
from clienteling.ui.parts import button, chip, chips, text, tone_colours
from clienteling.ui.screens.compose_state import Writing
from clienteling.words import Words
from sync.model.customer import Channel
from sync.policy.words import Finding, sms_segments, utf16_units

MOST_SHOWN = 5


def guide_rows(
    _: Words,
    said: Checked,
    shown: Writing,
    channel: Channel,
    contact: Contact,
    writer: Writer,
    mend: Callable[[Finding], None],
) -> ft.Control:
    """The findings, those that stop the message first; then the length, as the channel counts it."""
    found = [*((one, False) for one in said.subject), *((one, True) for one in said.body)]
    found.sort(key=lambda pair: pair[0].code not in said.blocking)
    rows: list[ft.Control] = [
        _row(_, one, stops=one.code in said.blocking, mend=mend if in_body else None)
        for one, in_body in found[:MOST_SHOWN]
    ]
    if said.untrue is not None:
        rows.insert(0, _said(_.reason(said.untrue), stops=True))
    more = len(found) - MOST_SHOWN
    length = [
        *([chip(_("Wording is fine"), "good", icon=ft.Icons.CHECK)] if not rows else []),
        *([chip(_("{n} more to look at", n=more), "caution")] if more > 0 else []),
        *_length(_, shown, channel, contact, writer),
    ]
    return ft.Column([*rows, chips(*length)], spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def old_name(_: Words, name: str, rename: Callable[[], None]) -> ft.Control:
    """That the words still introduce whoever was chosen before, and one tap that puts the chosen name there."""
    said = _("The text still introduces another sender than {name}", name=name)
    return _said(said, stops=False, action=button(_("Put in {name}", name=name), rename, kind="plain"))


def _length(_: Words, shown: Writing, channel: Channel, contact: Contact, writer: Writer) -> list[ft.Control]:
    if channel is not Channel.SMS:
        return [chip(_("{n} characters", n=utf16_units(shown.body)))]
    whole = preview(shown.body, channel, contact.facts.customer.language, writer, products=bool(shown.products))
    parts, price = sms_segments(whole), writer.playbook.sms_part_yen
    said: list[ft.Control] = [chip(_("{n} SMS parts", n=parts), "caution" if parts > 3 else "plain")]
    if price is not None:
        said.append(chip(_("About ¥{n}", n=round(parts * price))))
    return said


def _row(_: Words, finding: Finding, *, stops: bool, mend: Callable[[Finding], None] | None) -> ft.Control:
    said = _.code("finding", finding.code).format(word=finding.word, suggestion=finding.suggestion)
    if mend is None or finding.fix is None:
        return _said(said, stops=stops)
    if finding.code == "closing_missing":
        label = _("Add the closing")
    elif finding.fix:
        label = _("Write “{words}”", words=finding.fix)
    else:
        label = _("Take “{word}” out", word=finding.word)
    return _said(said, stops=stops, action=button(label, call(mend, finding), kind="plain"))


def _said(words: str, *, stops: bool, action: ft.Control | None = None) -> ft.Control:
    ink, ground = tone_colours("error" if stops else "caution")
    icon = ft.Icons.BLOCK if stops else ft.Icons.EDIT_NOTE
    said = text(words, color=C.INK, size=14, height=1.4, expand=True, expand_loose=action is not None)
    line = ft.Row([ft.Icon(icon, color=ink, size=18), said], spacing=8, tight=action is not None)
    inside = line
    if action is not None:  # beside the words where both fit, else below
        inside = ft.Row(
            [line, action],
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            run_spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        )
    return ft.Container(
        inside,
        bgcolor=ground,
        border_radius=S.RADIUS,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8 if action is None else 2),
    )
