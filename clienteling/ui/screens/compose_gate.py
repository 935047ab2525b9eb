"""The gate's answer in words, and what the brand guide says of the words."""

from collections.abc import Sequence

import flet as ft

from clienteling.queries.compose import Writer, preview
from clienteling.queries.contact import Contact
from clienteling.theme import C, S
from clienteling.ui.parts import chip, chips, soft, text, tone_colours
from clienteling.words import Words
from sync.model.customer import Channel
from sync.policy.gate import Decision
from sync.policy.words import BLOCKING, Finding, sms_segments


def blocked(found: Sequence[Finding]) -> bool:
    """Whether the words cannot go as they are."""
    return any(one.code in BLOCKING for one in found)


def guide_chips(
    _: Words, found: Sequence[Finding], body: str, channel: Channel, contact: Contact, writer: Writer
) -> ft.Control:
    """Each finding with what to write instead; then the length, as the channel counts it."""
    said = [
        chip(
            _.code("finding", one.code).format(word=one.word, suggestion=one.suggestion or "—"),
            "error" if one.code in BLOCKING else "caution",
        )
        for one in found[:6]
    ]
    if not found:
        said.append(chip(_("Wording is fine"), "good", icon=ft.Icons.CHECK))
    if channel is Channel.SMS:
        whole = preview(body, channel, contact.facts.customer.language, writer)
        said.append(chip(_("{n} SMS parts", n=sms_segments(whole))))
    else:
        said.append(chip(_("{n} characters", n=len(body))))
    return chips(*said)


def gate_panel(_: Words, decision: Decision, *, may_send: bool) -> ft.Control:
    """Whether it may go, when, under which purpose, and why."""
    ink, ground = tone_colours("good" if decision.allowed else "accent")
    if not decision.allowed:
        title, icon = _("It may not be sent"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED
    elif not may_send:
        title, icon = _("A manager reads it first"), ft.Icons.SUPERVISOR_ACCOUNT_OUTLINED
    elif decision.send_after:
        title, icon = _("It waits until {at:datetime}", at=decision.send_after), ft.Icons.SCHEDULE
    else:
        title, icon = _("It can be sent"), ft.Icons.CHECK_CIRCLE_OUTLINE
    lines = [text(_.reason(one), color=C.INK, size=14) for one in (decision.refusals or decision.notes)]
    lines.append(soft(_("Type: {purpose:purpose}", purpose=decision.purpose)))
    if decision.allowed:
        lines.append(soft(_("“Send” can be taken back for 10 seconds.")))
    return ft.Container(
        ft.Column(
            [ft.Row([ft.Icon(icon, color=ink, size=20), text(title, bold=True, color=ink)], spacing=8), *lines],
            spacing=4,
        ),
        bgcolor=ground,
        border_radius=S.RADIUS,
        padding=14,
    )
