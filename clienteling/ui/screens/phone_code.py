"""A code for a customer's own phone, held towards her."""

from collections.abc import Callable
from datetime import timedelta

import flet as ft

from clienteling.context import use_pulse, use_session, use_words
from clienteling.theme import S
from clienteling.ui.component import component
from clienteling.ui.parts import button, card
from clienteling.ui.parts.skeletons import CODE, CODE_NARROW
from clienteling.ui.screens.counted import run_out, time_left, use_left
from sync.model.own_phone import OwnPhoneLink
from sync.policy import qr


@component
def CodeShown(
    link: OwnPhoneLink, new: Callable[[], None], lines: tuple[ft.Control, ...], gone: str, below: ft.Control
) -> ft.Control:
    """A code with what to do (`lines`), counting down; once it has run out it is not shown any more, and `gone` says so."""
    session, pulse, _ = use_session(), use_pulse(), use_words()
    left = use_left(link.server_time, link.expires_at)
    if left <= timedelta():
        return run_out(_, gone, new)
    retailer = pulse.directory.retailer
    in_demo = retailer is not None and retailer.demo  # nobody can hold a phone of this machine before its screen
    side = CODE if session.width >= S.NARROW_BELOW else CODE_NARROW
    picture = ft.Container(
        ft.Image(
            src=qr.png(link.url), width=side, height=side, gapless_playback=True,
            semantics_label=_("QR code for the customer's phone"),
        ),
        bgcolor=ft.Colors.WHITE, border_radius=S.RADIUS,
    )  # fmt: skip
    steps = ft.Column(
        [
            *lines,
            *time_left(_, left, link.expires_at - link.server_time),
            *([button(_("Demo: open it as a phone would"), kind="plain", action=ft.OpenUrl(link.url))] if in_demo else []),
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
