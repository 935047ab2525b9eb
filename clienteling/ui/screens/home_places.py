"""On the home screen: one tap to what has no place on the rail, nor in the bar of a handheld."""

import flet as ft

from clienteling.context import Tablet, call
from clienteling.theme import S
from clienteling.ui.parts import button
from clienteling.words import Words


def places(_: Words, tablet: Tablet, *, narrow: bool) -> ft.Control:
    """The ways in one line; on a handheld in two of equal shares, with holds, which stand on the rail elsewhere."""

    slim = tablet.session.width < S.SLIM_BELOW

    def way(label: str, route: str, icon: ft.IconData) -> ft.Control:
        return button(
            label, call(tablet.go, route), icon=icon, kind="soft", expand=True if narrow and not slim else None
        )

    holds = way(_("Holds"), "/holds", ft.Icons.BOOKMARK_BORDER)
    slips = way(_("Slips"), "/slips", ft.Icons.CONTENT_CUT)
    promises = way(_("Promises"), "/promises", ft.Icons.HANDSHAKE_OUTLINED)
    results = way(_("My results"), "/results", ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED)
    if narrow and not slim:
        lines = ([holds, slips], [promises, results])
        return ft.Column([ft.Row(one, spacing=S.GAP_SMALL) for one in lines], spacing=S.GAP_SMALL)
    return ft.Row(
        [*([holds] if slim else []), slips, promises, results], wrap=True, spacing=S.GAP_SMALL, run_spacing=S.GAP_SMALL
    )
