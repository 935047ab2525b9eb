"""Who is at this tablet: a name, then a PIN. Before that, joining the shop and the first sync."""

from collections.abc import Callable, Sequence
from datetime import datetime

import flet as ft

from clienteling.actions.session import set_language
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.i18n import LANGUAGE_NAMES, LANGUAGES
from clienteling.state import Directory
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed
from clienteling.ui.parts import avatar, button, empty_state, heading, soft, tappable, text
from clienteling.ui.screens.join import Join
from clienteling.ui.screens.sign_in_company import CompanyAccount
from clienteling.ui.screens.sign_in_pin import PinPad
from clienteling.ui.screens.sign_in_wait import FirstSync
from clienteling.ui.shell import ShutLine
from clienteling.words import Words
from sync.model.shop import Role, Staff
from sync.policy.employment import employed

EDGE, PANEL = 40, 400
"""Around the screen, and the width of the panel with the PIN beside the people."""
TILE, TILES_APART = 230, 12
"""The least width of a person's tile, and what lies between two."""


@component
def SignIn() -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    chosen, choose = ft.use_state("")
    wide, narrow = session.width >= S.WIDE_FROM, session.width < S.NARROW_BELOW
    directory = pulse.directory
    person = directory.staff.get(chosen)
    if not pulse.enrolled:
        inside: ft.Control = Join()
    elif not pulse.ready or not directory.staff:
        inside = FirstSync()
    else:
        people = ft.Column(
            [
                *([ShutLine()] if pulse.shut else []),
                *([FirstSync()] if pulse.progress or pulse.transfer else []),
                heading(_("Who is using this tablet?"), size=T.DISPLAY),
                *_groups(
                    _,
                    directory,
                    tablet.now(),
                    chosen,
                    choose,
                    _tile_width(session.pixels, session.letters, narrow=narrow, wide=wide),
                ),
                CompanyAccount(),
            ],
            spacing=S.GAP,
            scroll=ft.ScrollMode.AUTO,
            expand=True,
        )
        pad = (
            keyed(person.id, PinPad, person.id)
            if person
            else empty_state(_("Choose your name"), _("Then enter your PIN."), icon=ft.Icons.TOUCH_APP_OUTLINED)
        )
        panel = ft.Container(
            pad, bgcolor=C.SURFACE, border=ft.Border.all(1, C.LINE), border_radius=S.RADIUS, padding=S.EDGE,
            width=PANEL if wide else None, alignment=ft.Alignment.CENTER, expand=narrow or None,
        )  # fmt: skip
        if narrow:  # one after the other: both have no room
            back = button(_("Choose another name"), call(choose, ""), icon=ft.Icons.ARROW_BACK, kind="plain")
            people = ft.Column([ft.Row([back]), panel], spacing=0, expand=True) if person else people
        inside = (
            people
            if narrow
            else (
                ft.Row([people, panel], spacing=S.EDGE, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
                if wide
                else ft.Column(
                    [people, panel], spacing=S.GAP, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
                )
            )
        )
    brand = directory.retailer.brand if directory.retailer else "Clienteling"
    shop = directory.name(directory.shop_id or "", session.language)
    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        ft.Row([text(brand, size=T.TITLE, bold=True), soft(shop, size=T.BODY)], tight=True),
                        ft.Row(
                            [
                                button(
                                    LANGUAGE_NAMES[code],
                                    call(set_language, tablet, code),
                                    kind="soft" if code == session.language else "plain",
                                )
                                for code in LANGUAGES
                            ],
                            tight=True,
                            spacing=S.GAP_SMALL,
                        ),
                    ],
                    wrap=True,
                    alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                    spacing=S.GAP_SMALL,
                ),
                inside,
            ],
            spacing=S.GAP,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.all(S.EDGE_NARROW) if narrow else ft.Padding.symmetric(horizontal=EDGE, vertical=S.EDGE),
        expand=True,
    )


def _tile_width(pixels: float, letters: float, *, narrow: bool, wide: bool) -> float:
    """As many tiles in a row as have room, which they fill from edge to edge."""
    room = pixels - 2 * (S.EDGE_NARROW if narrow else EDGE) - (PANEL + S.EDGE if wide else 0)
    many = max(1, int((room + TILES_APART) // (TILE * letters + TILES_APART)))
    return (room - (many - 1) * TILES_APART) // many


def _groups(
    _: Words, directory: Directory, now: datetime, chosen: str, choose: Callable[[str], None], width: float
) -> list[ft.Control]:
    """Group the staff who may sign in here: managers, associates and helpers of this shop, then stylists of the house."""
    here, away, stylists = [], [], []
    for person in directory.staff.values():
        # Head office has no PIN on a shop's tablet.
        if person.role is Role.HEAD_OFFICE or not employed(person, now, directory.shops.get(person.shop_id)):
            continue
        if person.role is Role.STYLIST:
            stylists.append(person)
        elif person.shop_id == directory.shop_id:
            here.append(person)
        elif directory.shop_id in person.helps_shop_ids:
            away.append(person)
    titled = ((_("This shop"), here), (_("Helping today"), away), (_("Remote stylists"), stylists))
    return [
        ft.Column([soft(title), _tiles(_, people, directory, chosen, choose, width)], spacing=S.GAP_SMALL)
        for title, people in titled
        if people
    ]


def _tiles(
    _: Words, people: Sequence[Staff], directory: Directory, chosen: str, choose: Callable[[str], None], width: float
) -> ft.Control:
    language = _.language
    made = []
    for person in sorted(people, key=lambda p: (p.role is not Role.MANAGER, p.code)):
        name, role, on = directory.staff_name(person, language), _.code("role", person.role), person.id == chosen
        elsewhere = person.shop_id != directory.shop_id
        detail = f"{role} · {directory.name(person.shop_id, language)}" if elsewhere else role
        made.append(
            tappable(
                ft.Row(
                    [
                        avatar(person.family_name if language == "ja" else name, size=44, inverse=on),
                        ft.Column(
                            [
                                text(name, bold=True, lines=4, height=1.3),
                                soft(detail, size=T.SMALL, lines=4, height=1.3),
                            ],
                            spacing=2,
                            expand=True,
                            alignment=ft.MainAxisAlignment.CENTER,
                        ),
                    ],
                    spacing=12,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                f"{name} {detail}",
                call(choose, person.id),
                selected=on,
                width=width,
                padding=ft.Padding.symmetric(horizontal=14, vertical=14),
                bgcolor=C.PRIMARY_SOFT if on else C.SURFACE,
                border=ft.Border.all(2 if on else 1, C.PRIMARY if on else C.LINE),
                key=person.id,
            )
        )
    return ft.Row(made, wrap=True, spacing=TILES_APART, run_spacing=TILES_APART)
