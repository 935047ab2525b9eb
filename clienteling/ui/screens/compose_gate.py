"""The gate's answer in words."""

import flet as ft

from clienteling.theme import C, S
from clienteling.ui.parts import soft, text, tone_colours
from clienteling.words import Words
from sync.policy.gate import Decision


def gate_panel(_: Words, decision: Decision, *, may_send: bool, first: str = "") -> ft.Control:
    """Whether it may go, when, under which purpose, and why. `first` is what has to be done before it can."""
    ink, ground = tone_colours("accent" if not decision.allowed else "caution" if first else "good")
    title, icon = _verdict(_, decision, may_send=may_send, first=first)
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


def gate_title(_: Words, decision: Decision, *, may_send: bool, first: str = "") -> str:
    """The verdict in a few words."""
    return _verdict(_, decision, may_send=may_send, first=first)[0]


def _verdict(_: Words, decision: Decision, *, may_send: bool, first: str) -> tuple[str, ft.IconData]:
    if not decision.allowed:
        return _("It may not be sent"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED
    if first:
        return first, ft.Icons.PENDING_OUTLINED
    if not may_send:
        return _("A manager reads it first"), ft.Icons.SUPERVISOR_ACCOUNT_OUTLINED
    if decision.send_after:
        return _("It waits until {at:datetime}", at=decision.send_after), ft.Icons.SCHEDULE
    return _("It can be sent"), ft.Icons.CHECK_CIRCLE_OUTLINE
