"""A code that holds for a while only: how long it still does, and what stands there once it has run out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import flet as ft

from clienteling.context import use_tablet
from clienteling.theme import C
from clienteling.ui.parts import button, empty_state, progress_bar, text
from clienteling.words import Words

LAST = 60
"""Seconds in which it is said with more weight that the code is about to run out."""


def use_left(since: datetime, until: datetime) -> timedelta:
    """Hook: what is left of the time from `since`, as the server told it, until `until`; counts down to nothing."""
    tablet = use_tablet()
    left, set_left = ft.use_state(until - since)

    async def count() -> None:
        while True:
            rest = until - tablet.now()
            set_left(max(rest, timedelta()))
            if rest <= timedelta():
                return
            await tablet.pause(1.0)

    ft.use_effect(count, [])
    return left


def time_left(_: Words, left: timedelta, whole: timedelta) -> tuple[ft.Control, ft.Control]:
    """Minutes and seconds in words, and as a bar."""
    seconds = int(left.total_seconds())
    words = _("It holds for another {time}", time=f"{seconds // 60}:{seconds % 60:02d}")
    said = ft.Semantics(content=text(words, color=C.CAUTION if seconds < LAST else C.INK))
    return said, progress_bar(_, seconds / max(1.0, whole.total_seconds()))


def run_out(_: Words, gone: str, new: Callable[[], None]) -> ft.Control:
    """The code is not shown any more; `gone` says what that means."""
    return empty_state(
        _("This code has run out"),
        gone,
        button(_("Make a new code"), new, kind="filled"),
        icon=ft.Icons.TIMER_OFF_OUTLINED,
    )
