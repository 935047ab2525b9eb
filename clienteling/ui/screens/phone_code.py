"""A code for a customer's own phone, held towards her."""

from collections.abc import Callable
from datetime import timedelta

import flet as ft

from clienteling.context import use_session, use_tablet, use_words
from clienteling.theme import C, S
from clienteling.ui.component import component
from clienteling.ui.parts import button, card, empty_state, progress_bar, text
from clienteling.ui.parts.skeletons import CODE, CODE_NARROW
from sync.model.own_phone import OwnPhoneLink
from sync.policy import qr


@component
def CodeShown(
    link: OwnPhoneLink, new: Callable[[], None], lines: tuple[ft.Control, ...], gone: str, below: ft.Control
) -> ft.Control:
    """A code with what to do (`lines`), counting down; once it has run out it is not shown any more, and `gone` says so."""
    tablet, session, _ = use_tablet(), use_session(), use_words()
    left, set_left = ft.use_state(link.expires_at - link.server_time)

    async def count() -> None:
        while True:
            rest = link.expires_at - tablet.now()
            set_left(max(rest, timedelta()))
            if rest <= timedelta():
                return
            await tablet.pause(1.0)

    ft.use_effect(count, [])
    if left <= timedelta():
        return empty_state(
            _("This code has run out"),
            gone,
            button(_("Make a new code"), new, kind="filled"),
            icon=ft.Icons.TIMER_OFF_OUTLINED,
        )
    seconds = int(left.total_seconds())
    side = CODE if session.width >= S.NARROW_BELOW else CODE_NARROW
    picture = ft.Container(
        ft.Image(
            src=qr.png(link.url), width=side, height=side, gapless_playback=True,
            semantics_label=_("QR code for the customer’s phone"),
        ),
        bgcolor=ft.Colors.WHITE, border_radius=S.RADIUS,
    )  # fmt: skip
    steps = ft.Column(
        [
            *lines,
            ft.Semantics(
                content=text(
                    _("It holds for another {time}", time=f"{seconds // 60}:{seconds % 60:02d}"),
                    color=C.CAUTION if seconds < 60 else C.INK,
                )
            ),
            progress_bar(_, seconds / max(1.0, (link.expires_at - link.server_time).total_seconds())),
            below,
        ],
        spacing=S.GAP, tight=True,
    )  # fmt: skip
    if session.width >= S.WIDE_FROM:
        return card(
            ft.Row(
                [picture, ft.Container(steps, width=420)],
                spacing=S.EDGE * 2, alignment=ft.MainAxisAlignment.CENTER,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
            padding=S.EDGE,
        )  # fmt: skip
    return card(
        ft.Row([picture], alignment=ft.MainAxisAlignment.CENTER), steps, spacing=S.GAP, padding=S.EDGE,
    )  # fmt: skip
