"""That sending is paused: for what, by whom, since when and why."""

import flet as ft

from clienteling.theme import C, S
from clienteling.ui.parts.base import soft, text, tone_colours
from clienteling.words import Words
from sync.model.shop import Pause, PauseScope


def pause_note(_: Words, pause: Pause, *actions: ft.Control) -> ft.Container:
    """One pause; `actions` stand below it."""
    ink, ground = tone_colours("caution")
    head = ft.Row(
        [
            ft.Icon(ft.Icons.PAUSE_CIRCLE_OUTLINE, color=ink, size=20),
            text(_what(_, pause), bold=True, color=ink, expand=True),
        ],
        spacing=8,
    )
    who = (
        _("{staff:name}, since {at:datetime}", staff=pause.by, at=pause.since)
        if pause.by
        else _("Head office, since {at:datetime}", at=pause.since)
    )
    lines = [text(pause.reason, color=C.INK, size=14)] if pause.reason else []
    waits = soft(_("What waits stays here and goes when sending is resumed, unless it has expired by then."))
    below = [ft.Row(list(actions))] if actions else []
    return ft.Container(
        ft.Column([head, text(who, color=C.INK, size=14), *lines, waits, *below], spacing=4),
        bgcolor=ground,
        border_radius=S.RADIUS,
        padding=14,
    )


def _what(_: Words, pause: Pause) -> str:
    match pause.scope:
        case PauseScope.ALL:
            return _("Nothing is being sent: all shops are paused")
        case PauseScope.REGION:
            return _("Nothing is being sent: {region} is paused", region=pause.value)
        case PauseScope.SHOP:
            return _("Nothing is being sent from this shop")
        case PauseScope.TEMPLATE:
            return _("Nothing made of the template “{template}” is being sent", template=pause.value)
