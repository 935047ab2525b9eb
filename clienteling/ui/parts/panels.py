"""Panels for what is not there: errors and empty lists."""

from collections.abc import Callable
from typing import Any

import flet as ft

from clienteling.theme import C, S, T
from clienteling.ui.parts.base import button, card, heading, soft, text
from clienteling.words import Words


def error_panel(_: Words, on_retry: Callable[..., Any]) -> ft.Control:
    """What happened, what is safe, and a way to try again. As high as its words, however much room there is: a whole screen
    in red would frighten."""
    return ft.Column(
        [
            card(
                heading(_("This part could not be shown"), size=T.TITLE, color=C.ERROR),
                text(_("Reading it failed. What you have entered and saved is safe on this tablet.")),
                soft(_("Other screens go on. If it fails again, close the app, open it anew, and tell a manager.")),
                ft.Row([button(_("Try again"), on_retry, icon=ft.Icons.REFRESH)]),
                tone="error",
            )
        ],
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def point(words: str, *, tone: str = C.INK_SOFT) -> ft.Control:
    """One of several things that follow from something."""
    return ft.Row(
        [text("•", bold=True, color=tone), text(words, expand=True)],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def closed_state(_: Words, *actions: ft.Control) -> ft.Control:
    """In place of a list of customers where they are closed on this tablet: it is not empty, it cannot be seen."""
    return empty_state(
        _("Customers are closed on this tablet"),
        _(
            "What is kept of them cannot be seen until the network is back. What you saved here is safe and waits to be sent."
        ),
        *actions,
        icon=ft.Icons.LOCK_CLOCK_OUTLINED,
    )


def empty_state(title: str, hint: str = "", *actions: ft.Control, icon: Any = ft.Icons.INBOX_OUTLINED) -> ft.Control:
    """Nothing here, and what to do about it."""
    return ft.Container(
        ft.Column(
            [
                ft.Icon(icon, size=32, color=C.INK_SOFT),
                text(title, bold=True, text_align=ft.TextAlign.CENTER),
                *([soft(hint, text_align=ft.TextAlign.CENTER)] if hint else []),
                *([ft.Row(list(actions), wrap=True, alignment=ft.MainAxisAlignment.CENTER)] if actions else []),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            spacing=6,
            tight=True,
        ),
        padding=S.EDGE,
        alignment=ft.Alignment.CENTER,
    )
