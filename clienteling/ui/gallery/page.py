"""The page: each part in light and dark side by side, in Japanese and English one above the other."""

from typing import cast

import flet as ft

from clienteling import theme
from clienteling.context import PulseContext, SessionContext, Tablet, TabletContext, use_session, use_tablet
from clienteling.device import Device
from clienteling.i18n import LANGUAGE_NAMES, LANGUAGES
from clienteling.palette import DARK, LIGHT, branded
from clienteling.state import Session
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed
from clienteling.ui.gallery.sample import NOW, Stand, pulse, words
from clienteling.ui.gallery.shown import SHOWN, Shown
from clienteling.ui.parts import heading, soft, text
from clienteling.ui.parts.tabs import tabs
from sync.settings import TabletSettings


def groups() -> dict[str, list[Shown]]:
    """Return the parts by the file they are in: so many at once can be looked at, and drawn."""
    found: dict[str, list[Shown]] = {}
    for one in SHOWN:
        found.setdefault(one.part.__module__.rpartition(".")[2], []).append(one)
    return found


@component
def Gallery() -> ft.Control:
    tablet, session = use_tablet(), use_session()
    parts = groups()
    shown, show = ft.use_state(next(iter(parts)))
    wide = session.width >= S.WIDE_FROM
    return ft.Column(
        [
            ft.Container(
                ft.Column([heading("Clienteling", size=T.DISPLAY), tabs({one: one for one in parts}, shown, show)]),
                bgcolor=C.SURFACE,
                padding=S.GAP,
            ),
            ft.ListView(
                [
                    keyed(f"{shown} {one.name}", Part, one, tablet.settings.brand_colour, wide=wide)
                    for one in parts[shown]
                ],
                spacing=S.GAP,
                padding=S.GAP,
                expand=True,
            ),
        ],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


@component
def Part(one: Shown, seed: str, *, wide: bool) -> ft.Control:
    panes = [
        ft.Container(
            ft.Column(
                [line for language in LANGUAGES for line in _states(one, language)],
                spacing=S.GAP_SMALL,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            theme=theme.material(branded(palette, seed)),
            dark_theme=theme.material(branded(palette, seed)),
            theme_mode=mode,
            bgcolor=C.PAPER,
            border_radius=S.RADIUS,
            padding=S.GAP,
            expand=wide or None,
        )
        for palette, mode in ((LIGHT, ft.ThemeMode.LIGHT), (DARK, ft.ThemeMode.DARK))
    ]
    side: ft.Control = (
        ft.Row(list[ft.Control](panes), spacing=S.GAP, vertical_alignment=ft.CrossAxisAlignment.START)
        if wide
        else ft.Column(list[ft.Control](panes), horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )
    return ft.Column([heading(one.name), side], spacing=S.GAP_SMALL, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _states(one: Shown, language: str) -> list[ft.Control]:
    lines: list[ft.Control] = [text(LANGUAGE_NAMES[language], bold=True, size=T.LABEL)]
    for name, control in one.states(words(language)):
        lines += [soft(name, size=T.SMALL), control]
    return lines


@ft.component
def Hall(tablet: Tablet) -> ft.Control:
    return TabletContext(tablet, lambda: SessionContext(tablet.session, lambda: PulseContext(tablet.pulse, Gallery)))


async def hang(page: ft.Page, settings: TabletSettings) -> Tablet:
    """Show the gallery on a page."""
    theme.dress(page, settings.brand_colour)
    page.title = "Clienteling"
    session = Session(width=page.width or 1180, height=page.height or 820)
    tablet = Tablet(page, cast("Device", Stand()), settings, lambda: NOW, session, pulse())

    def resized(event: ft.PageResizeEvent) -> None:
        session.width, session.height = event.width, event.height

    page.on_resize = resized
    page.render(Hall, tablet)
    return tablet


__all__ = ["groups", "hang"]
