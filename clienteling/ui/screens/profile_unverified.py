"""Above a profile that a member card's bars opened: anybody may have copied them, so staff ask before it counts as a scan."""

import flet as ft

from clienteling.actions.confirm import confirm_member, not_her
from clienteling.context import Tablet, call
from clienteling.theme import S
from clienteling.ui.parts import button, card, chip, text
from clienteling.words import Words


def unverified_card(_: Words, tablet: Tablet, customer_id: str) -> ft.Control:
    """What it was, what to ask, and the two answers."""
    said: list[ft.Control] = [
        chip(_("Not verified"), "caution", icon=ft.Icons.HELP_OUTLINE),
        text(_("A member card was read. Please ask for the name before you go on."), height=1.4, expand=True),
    ]
    answers: list[ft.Control] = [
        button(
            _("The customer has confirmed"),
            call(tablet.run, confirm_member, tablet, customer_id),
            kind="filled",
            icon=ft.Icons.HOW_TO_REG_OUTLINED,
        ),
        button(_("Somebody else"), call(not_her, tablet), kind="plain"),
    ]
    width = tablet.session.width
    if width >= S.WIDE_FROM:
        rows: list[ft.Control] = [ft.Row([*said, *answers], spacing=S.GAP)]
    elif width >= S.NARROW_BELOW:
        rows = [ft.Row(said, spacing=S.GAP_SMALL), ft.Row(answers)]
    else:  # nothing has room beside it
        rows = [ft.Row([one]) for one in (*said, *answers)]
        for one in answers:
            one.expand = True
    return ft.Semantics(live_region=True, content=card(*rows, tone="caution", padding=14, spacing=S.GAP_SMALL))
