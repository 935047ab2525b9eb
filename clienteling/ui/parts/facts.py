"""Freshness, sync, stock, money, timeline: figures that never stand without their meaning or their age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import flet as ft

from clienteling.state import Pulse
from clienteling.theme import C, S, T
from clienteling.ui.parts.base import Tone, chip, soft, text
from clienteling.words import Words
from sync.model.catalogue import Money

TILE = 60, 72
"""Width and height of a product's picture in a row."""

OLD_AFTER = timedelta(hours=1)

DAY = 74
"""Width of the column of days in a history."""


def freshness(_: Words, at: datetime | None, what: str = "") -> ft.Control:
    """How old a part is, e.g. `在庫 10:32 現在`."""
    label = what or _("As of")
    return soft(
        _("{what} {at:datetime}", what=label, at=at) if at else _("{what} not yet known", what=label), size=T.SMALL
    )


def dot(tone: Tone) -> ft.Control:
    colour = {"good": C.GOOD, "caution": C.CAUTION, "error": C.ERROR}.get(tone, C.INK_SOFT)
    return ft.Container(width=9, height=9, border_radius=5, bgcolor=colour)


def sync_words(_: Words, pulse: Pulse) -> tuple[Tone, str]:
    """Return tone and words of the state of sync; local and server are never confused."""
    refused, notices = len(pulse.refused), len(pulse.notices)
    if refused:
        return "error", _("{n} not accepted", n=refused) if pulse.online else _("Offline · {n} not accepted", n=refused)
    if notices:
        return "caution", _("{n} to look at", n=notices) if pulse.online else _("Offline · {n} to look at", n=notices)
    if not pulse.online:
        if pulse.waiting:
            return "caution", _("Offline · {n} saved here, sent when connected", n=pulse.waiting)
        return "caution", _("Offline")
    if pulse.waiting:
        return "caution", _("Sending {n}", n=pulse.waiting)
    if pulse.last_synced_at is None:
        return "caution", _("Connecting")
    if long_ago(_, pulse):
        return "caution", _("Last synced {at:datetime}", at=pulse.last_synced_at)
    return "good", _("Synced {at:time}", at=pulse.last_synced_at)


def long_ago(_: Words, pulse: Pulse) -> bool:
    """Return whether what is shown is so old that its age must be said: a shop that syncs does so every few minutes."""
    now, at = _.frame.now, pulse.last_synced_at
    return now is not None and at is not None and now - at > OLD_AFTER


def sync_badge(_: Words, pulse: Pulse) -> ft.Control:
    """The dot and words in the corner of every header; what waits while offline is said by the line below the header."""
    tone, words = sync_words(_, pulse)
    if not pulse.online and not pulse.refused and not pulse.notices:
        words = _("Offline")
    return ft.Semantics(live_region=True, content=ft.Row([dot(tone), soft(words)], spacing=8, tight=True))


def stock_chip(_: Words, place: str, quantity: int | None) -> ft.Control:
    """Stock at a place: plenty, last one, none, or unknown."""
    if quantity is None:
        return chip(_("{place} unknown", place=place))
    if quantity <= 0:
        return chip(_("{place} none", place=place), "accent")
    if quantity == 1:
        return chip(_("{place} last one", place=place), "caution")
    return chip(f"{place} {quantity}", "good")


def picture(image: str, width: int, height: int) -> ft.Control:
    """A product's picture, from this tablet's own store or where the catalogue says; a quiet patch where there is none."""
    if not image:
        return ft.Container(width=width, height=height, bgcolor=C.SUNKEN, border_radius=S.RADIUS_SMALL)
    return ft.Container(  # its ground is the patch that stands there until the picture has come
        ft.Image(
            src=image if "://" in image else f"/media/{image}",
            width=width,
            height=height,
            fit=ft.BoxFit.COVER,
            border_radius=S.RADIUS_SMALL,
            error_content=ft.Container(bgcolor=C.SUNKEN),
            exclude_from_semantics=True,
        ),
        width=width,
        height=height,
        bgcolor=C.SUNKEN,
        border_radius=S.RADIUS_SMALL,
    )


def product_tile(
    _: Words,
    name: str,
    *,
    image: str = "",
    price: Money | None = None,
    detail: str = "",
    stock: tuple[ft.Control, ...] = (),
    trailing: ft.Control | None = None,
) -> ft.Control:
    """Picture, name, price, stock here and elsewhere, and one thing to do."""
    line = " · ".join(part for part in (_.money(price) if price else "", detail) if part)
    return ft.Row(
        [
            picture(image, *TILE),
            ft.Column(
                [
                    text(name, bold=True, lines=4, height=1.4),
                    *([soft(line)] if line else []),
                    *([ft.Row(list(stock), wrap=True, spacing=6, run_spacing=6)] if stock else []),
                ],
                spacing=4,
                expand=True,
            ),
            *([trailing] if trailing else []),
        ],
        spacing=12,
    )


def timeline_row(
    when: tuple[str, str],
    title: str,
    detail: str = "",
    *badges: ft.Control,
    why: str = "",
    way: Sequence[str] = (),
    below: ft.Control | None = None,
) -> ft.Control:
    """One entry of a history: when, what, and a line about it; `why` stands first where something needs to be known, `way`
    is how far it came, `below` what came with it."""
    return ft.Row(
        [
            _day(when),
            ft.Column(
                [
                    ft.Row([text(title, bold=True), *badges], spacing=8, wrap=True, run_spacing=4),
                    *([soft(why, color=C.INK)] if why else []),
                    *([soft(detail, lines=6)] if detail else []),
                    *(
                        [ft.Row([soft(one, size=T.SMALL) for one in way], wrap=True, spacing=6, run_spacing=0)]
                        if way
                        else []
                    ),
                    *([below] if below is not None else []),
                ],
                spacing=2,
                expand=True,
            ),
        ],
        spacing=S.GAP_SMALL,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _day(when: tuple[str, str]) -> ft.Control:
    """A day in a column as wide as every other; the year of another year stands below it."""
    day, year = when
    return ft.Column(
        [
            ft.Container(width=DAY, height=0),
            soft(day, no_wrap=True),
            *([soft(year, size=T.SMALL, height=1.2)] if year else []),
        ],
        spacing=0,
        tight=True,
    )
