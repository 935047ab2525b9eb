"""What a scan that found nobody says, and the ways on from there."""

from collections.abc import Callable
from typing import Any

import flet as ft

from clienteling.actions.confirm import open_thanked
from clienteling.actions.identify import ScanWord, Thanks, identify
from clienteling.context import Tablet, call
from clienteling.theme import C, S, T
from clienteling.ui.parts import Tone, button, card, text, tone_colours
from clienteling.words import Words
from sync.client.types import IdentifyOutcome as Outcome

_TONES: dict[Outcome, Tone] = {Outcome.FORGED: "error", Outcome.REPLAYED: "error", Outcome.OTHER_RETAILER: "plain"}
_ASK_AGAIN = {
    Outcome.EXPIRED,
    Outcome.TOO_EARLY,
    Outcome.REPLAYED,
    Outcome.FORGED,
    Outcome.NOT_WHOLE,
    Outcome.NOT_A_CODE,
}
_REGISTER = {Outcome.UNKNOWN, Outcome.OTHER_RETAILER, Outcome.NOT_A_CODE}
_SEARCH = {
    Outcome.UNKNOWN,
    Outcome.NOT_ON_TABLET,
    Outcome.FORGED,
    Outcome.REPLAYED,
    Outcome.OTHER_RETAILER,
    Outcome.NOT_WHOLE,
}


def thanks_card(_: Words, tablet: Tablet, thanks: Thanks) -> ft.Control:
    """What a customer reads who sees the screen: thanks, or that staff will help. Of whom, only staff see, by a tap."""
    found = bool(thanks.customer_id)
    said = _("Thank you. We have confirmed it.") if found else _("One moment, please. Our staff will help you.")
    return ft.Semantics(
        live_region=True,
        content=card(
            ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE if found else ft.Icons.SUPPORT_AGENT, size=48, color=C.PRIMARY),
            text(said, size=T.TITLE, bold=True, height=1.5, text_align=ft.TextAlign.CENTER),
            ft.Row([button(_("Staff: go on"), call(tablet.run, open_thanked, tablet), kind="filled", expand=True)]),
            spacing=S.GAP,
        ),
    )


def outcome_card(_: Words, tablet: Tablet, word: ScanWord, ask_again: Callable[[], Any]) -> ft.Control:
    """One plain sentence of what it was, one of what to do, and buttons that do it."""
    tone: Tone = _TONES.get(word.outcome, "caution")
    ink, _ground = tone_colours(tone)
    ways: list[ft.Control] = []
    if word.outcome is Outcome.NOT_ON_TABLET:
        ways.append(
            button(_("Ask the server"), call(tablet.run, identify, tablet, word.text, "scan"), icon=ft.Icons.REFRESH)
        )
    if word.outcome in _ASK_AGAIN:
        ways.append(button(_("Scan again"), ask_again, icon=ft.Icons.QR_CODE_SCANNER))
    if word.outcome in _SEARCH:
        ways.append(button(_("Search by name"), call(tablet.go, "/search"), icon=ft.Icons.SEARCH))
    if word.outcome in _REGISTER:
        ways.append(button(_("Register as new"), call(tablet.go, "/register"), icon=ft.Icons.PERSON_ADD_ALT))
    return ft.Semantics(
        live_region=True,
        content=card(
            text(_.code("outcome", word.outcome), bold=True, color=ink),
            text(_.code("outcome_hint", word.outcome)),
            ft.Row(ways, wrap=True, spacing=8, run_spacing=8),
            tone=tone,
            spacing=10,
        ),
    )
