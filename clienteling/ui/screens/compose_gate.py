"""The gate's answer in words."""

import flet as ft

from clienteling.theme import C, S
from clienteling.ui.parts import soft, text, tone_colours
from clienteling.words import Words
from sync.policy.gate import Decision


def gate_panel(_: Words, decision: Decision, *, may_send: bool, first: str = "") -> ft.Control:
    """Whether it may go, when, under which purpose, and why. `first` is what has to be done before it can."""
    ink, ground = tone_colours("accent" if not decision.allowed else "caution" if first else "good")
    if not decision.allowed:
        title, icon = _("It may not be sent"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED
    elif first:
        title, icon = first, ft.Icons.PENDING_OUTLINED
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
