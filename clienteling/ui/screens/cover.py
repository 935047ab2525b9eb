"""The covered screen: nobody has touched it for a while, and nothing of what is on it shows. Who left comes back by badge
or PIN; somebody else may take over the tablet."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.cover import resume_by_badge
from clienteling.actions.session import sign_out
from clienteling.context import call, use_pulse, use_session, use_tablet, use_words
from clienteling.idle import badge_opens
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed
from clienteling.ui.parts import avatar, button, heading, soft, text
from clienteling.ui.screens.scan import Viewfinder
from clienteling.ui.screens.sign_in_pin import PinPad
from clienteling.words import Words


@component
def Cover() -> ft.Control:
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    by_pin, set_by_pin = ft.use_state(False)
    looking, set_looking = ft.use_state(False)
    staff_id = session.staff_id or ""
    directory = pulse.directory
    name = directory.name(staff_id, session.language)
    badge = badge_opens(tablet.presence(), tablet.tick(), tablet.limits) and not by_pin
    narrow = session.width < S.NARROW_BELOW

    async def read(code: str) -> None:
        await resume_by_badge(tablet, code)

    def use_pin() -> None:
        session.cover_word = ""
        set_by_pin(True)

    def inside() -> list[ft.Control]:
        if not badge:
            return [
                *([said(session.cover_word)] if session.cover_word else []),
                ft.Container(keyed(staff_id, PinPad, staff_id), alignment=ft.Alignment.CENTER),
            ]
        camera: list[ft.Control] = (
            [ft.Container(keyed("badge", Viewfinder, read, _("Hold your staff badge in the frame")), height=300)]
            if looking
            else [
                ft.Container(
                    ft.Icon(ft.Icons.BADGE_OUTLINED, size=56, color=C.PRIMARY),
                    alignment=ft.Alignment.CENTER,
                    padding=S.GAP,
                ),
            ]
        )
        return [
            ft.Row([avatar(name, size=56, strong=True), heading(name, size=T.DISPLAY)], spacing=S.GAP),
            text(_("Nobody has touched this screen for a while, so it is covered.")),
            *camera,
            text(_("Scan your badge to go on where you left."), bold=True, text_align=ft.TextAlign.CENTER),
            *([said(session.cover_word)] if session.cover_word else []),
            button(
                _("Close the camera") if looking else _("Read it with the camera"),
                call(set_looking, not looking),
                icon=ft.Icons.NO_PHOTOGRAPHY_OUTLINED if looking else ft.Icons.PHOTO_CAMERA_OUTLINED,
                kind="soft",
            ),
            button(_("Resume with the PIN"), use_pin, icon=ft.Icons.PIN_OUTLINED, kind="filled"),
        ]

    return ft.Container(
        ft.Column(
            [
                ft.Row(
                    [
                        text(
                            directory.retailer.brand if directory.retailer else "Clienteling", size=T.TITLE, bold=True
                        ),
                        ft.Container(
                            soft(directory.name(directory.shop_id or "", session.language), size=T.BODY, lines=1),
                            expand=True,
                        ),
                    ],
                    spacing=S.GAP_SMALL,
                ),
                ft.Column(
                    [
                        ft.Container(
                            ft.Column(
                                inside(), spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, tight=True
                            ),
                            bgcolor=C.SURFACE,
                            border=ft.Border.all(1, C.LINE),
                            border_radius=S.RADIUS,
                            padding=S.EDGE,
                            width=None if narrow else 440,
                        ),
                        *_another(
                            _,
                            any(place[0] == staff_id for place in tablet.drafts),
                            bool(staff_id and tablet.device.drafts.of(staff_id, tablet.now())),
                            call(sign_out, tablet),
                        ),
                    ],
                    spacing=S.GAP,
                    expand=True,
                    scroll=ft.ScrollMode.AUTO,
                    alignment=ft.MainAxisAlignment.CENTER,
                    horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                ),
            ],
            spacing=S.GAP,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=C.PAPER,
        padding=ft.Padding.all(S.EDGE_NARROW) if narrow else ft.Padding.symmetric(horizontal=40, vertical=S.EDGE),
        expand=True,
    )


def said(words: str) -> ft.Control:
    """Why the cover stays."""
    return ft.Semantics(
        live_region=True, content=text(words, size=T.LABEL, color=C.ERROR, text_align=ft.TextAlign.CENTER, height=1.5)
    )


def _another(_: Words, drafts: bool, kept: bool, leave: Callable[[], None]) -> list[ft.Control]:
    """The way for somebody else, and what becomes of the first person's work."""
    return [
        button(_("Somebody else wants to use this tablet"), leave, icon=ft.Icons.SWITCH_ACCOUNT_OUTLINED, kind="plain"),
        soft(
            _("What was begun and not saved is dropped as soon as somebody else signs in. What was saved is sent.")
            if drafts
            else _("Your drafts wait here for you until closing time. What was saved is sent.")
            if kept
            else _("What was saved is sent, whoever signs in."),
            text_align=ft.TextAlign.CENTER,
        ),
    ]
