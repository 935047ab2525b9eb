"""Scan: the camera with its frame, and beside it the ways without one. It lists nobody."""

from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft
from flet_camera import Camera

from clienteling.actions.identify import ScanWord, Thanks, identify
from clienteling.actions.search import entered
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.scan.camera import CameraState, open_camera, watch
from clienteling.state import Session
from clienteling.theme import S, T
from clienteling.ui.component import component, keyed, use_box
from clienteling.ui.parts import button, card, heading, search_field, text
from clienteling.ui.screens.scan_outcome import outcome_card, thanks_card
from clienteling.ui.screens.search_results import SearchResults
from clienteling.ui.shell import frame
from clienteling.ui.sought import people_sought
from clienteling.words import Words

_DARK = "#20272D"
_GLASS = "#2A303A"
_WHITE = "#FFFFFF"


@component
def Scan(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    typed, set_typed = ft.use_state("")
    wide = session.width >= S.WIDE_FROM

    def changed(event: ft.Event[ft.TextField]) -> None:
        set_typed(str(event.data or ""))

    def submitted(event: ft.Event[ft.TextField]) -> None:
        tablet.run(entered, tablet, str(event.control.value or ""))

    def ask_again() -> None:
        session.scan = None

    word = session.scan if isinstance(session.scan, ScanWord) else None
    faces_customer = tablet.settings.scan_faces == "customer"
    side: list[ft.Control] = [
        card(
            ft.Row(
                [
                    button(_("Search by name"), call(tablet.go, "/search"), icon=ft.Icons.SEARCH, expand=True)
                    if faces_customer  # what is typed here would list people before the customer's eyes
                    else search_field(
                        people_sought(_, session.width),
                        value=typed,
                        on_change=changed,
                        on_submit=submitted,
                        expand=True,
                    )
                ]
            ),
            ft.Row(
                [
                    button(
                        _("Register a new customer"),
                        call(tablet.go, "/register"),
                        icon=ft.Icons.PERSON_ADD_ALT,
                        expand=True,
                    )
                ]
            ),
            title=_("Without the camera"),
            spacing=10,
        )
    ]
    if isinstance(session.scan, Thanks):
        side.insert(0, thanks_card(_, tablet, session.scan))
    elif typed.strip():
        side.append(SearchResults(typed))
    elif word is not None:
        side.insert(0, outcome_card(_, tablet, word, ask_again))
    ways = ft.Column(
        side, spacing=14, scroll=ft.ScrollMode.AUTO, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=None if wide else True,
    )  # fmt: skip
    glass = keyed("glass", Viewfinder)
    body: ft.Control = (
        ft.Row(
            [ft.Container(glass, expand=True), ft.Container(ways, width=360)],
            spacing=18,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
        if wide
        else ft.Column(
            [ft.Container(glass, expand=3), ft.Container(ways, expand=2)],
            spacing=18,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    )
    return frame(_("Scan"), body)


@component
def Viewfinder(
    read: Callable[[str], Awaitable[object]] | None = None, hint: str = "", without: str = "", bars: bool = False
) -> ft.Control:
    """The camera's picture with a frame over it; stays open for the next customer, or gives what it sees to `read`.

    `hint` says what to hold before it, `without` what to do where there is no camera. `bars`: the frame has
    the form of a barcode.
    """
    tablet, session, _ = use_tablet(), use_session(), use_words()
    camera: Any = ft.use_ref(None)
    alive = ft.use_ref(True)
    state, set_state = ft.use_state(CameraState.STARTING)
    count, set_count = ft.use_state(0)
    front = use_box(False)
    which, set_which = ft.use_state(0)
    tries, set_tries = ft.use_state(0)

    async def on_code(code: str) -> None:
        tablet.touched()  # somebody holds a code there, though no event tells of a hand
        # A task of its own: this one ends with the screen, which finding her leaves.
        if read is not None:
            tablet.run(read, code)
        else:
            tablet.run(identify, tablet, code, "scan", front=front.current)

    async def run() -> None:
        alive.current = True
        opened, number, front.current = await open_camera(
            lambda: camera.current, which, faces_customer=read is None and tablet.settings.scan_faces == "customer"
        )
        set_count(number)
        set_state(opened)
        if opened is CameraState.READY:
            ended = await watch(
                lambda: camera.current,
                going=lambda: bool(alive.current),
                pause=tablet.pause,
                tick=tablet.tick,
                last_touch=lambda: tablet.active_at,
                on_code=on_code,
            )
            if ended is not CameraState.READY:
                set_state(ended)

    def leave() -> None:
        alive.current = False

    def again() -> None:
        set_state(CameraState.STARTING)
        set_tries(tries + 1)

    # The effect's task is cancelled when its dependencies change; on leaving, `leave` ends the loop.
    ft.use_effect(run, [which, tries], cleanup=leave)
    shown = state in {CameraState.READY, CameraState.STARTING}
    layers: list[ft.Control] = [
        ft.Container(
            Camera(ref=camera, expand=True, preview_enabled=True, opacity=1 if state is CameraState.READY else 0),
            expand=True, left=0, right=0, top=0, bottom=0, alignment=ft.Alignment.CENTER,
        )
    ]  # fmt: skip
    if shown:
        side = 340 if session.width >= S.NARROW_BELOW else 240
        layers += _guides(_, state, (260, 110) if bars else (side, side), hint)
        if count > 1:
            layers.append(
                ft.Container(
                    button(_("Other camera"), lambda: set_which(which + 1), icon=ft.Icons.CAMERASWITCH_OUTLINED),
                    right=20, top=20,
                )
            )  # fmt: skip
    else:
        layers.append(_problem(_, state, again, without, session))
    return ft.Container(
        ft.Stack(layers, expand=True),
        bgcolor=_GLASS,
        border_radius=S.RADIUS + 4,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        expand=True,
    )


def _guides(_: Words, state: CameraState, box: tuple[int, int], hint: str = "") -> list[ft.Control]:
    frame_box = ft.Container(
        width=box[0],
        height=box[1],
        border=ft.Border.all(4, _WHITE),
        border_radius=28,
        shadow=ft.BoxShadow(blur_radius=10, color=ft.Colors.with_opacity(0.6, _DARK), blur_style=ft.BlurStyle.OUTER),
        # nothing that turns: each of its frames would hold up the camera it waits for
        content=ft.Icon(ft.Icons.PHOTO_CAMERA_OUTLINED, color=_WHITE, size=36)
        if state is CameraState.STARTING
        else None,
        alignment=ft.Alignment.CENTER,
    )
    if state is CameraState.STARTING:
        hint = _("Starting the camera…")
    hint = hint or _("Hold the customer's member code in the frame")
    return [
        ft.Container(frame_box, left=0, right=0, top=0, bottom=0, alignment=ft.Alignment.CENTER),
        ft.Container(
            ft.Container(
                text(hint, size=17, color=_WHITE, height=1.3, text_align=ft.TextAlign.CENTER),
                bgcolor=ft.Colors.with_opacity(0.55, _DARK),
                border_radius=20,
                padding=ft.Padding.symmetric(horizontal=18, vertical=10),
            ),
            left=0, right=0, bottom=28, alignment=ft.Alignment.CENTER,
        ),
    ]  # fmt: skip


def _problem(_: Words, state: CameraState, again: Any, without: str, session: Session) -> ft.Control:
    """What is wrong with the camera, and what goes without it."""
    title = _.code("camera", state)
    hint = without or _.code("camera_hint", state)
    return ft.Container(
        ft.Column(
            [
                *([ft.Icon(ft.Icons.NO_PHOTOGRAPHY_OUTLINED, size=44, color=_WHITE)] if session.width >= S.SLIM_BELOW else []),
                heading(title, color=_WHITE, text={"text_align": ft.TextAlign.CENTER}),
                ft.Container(
                    text(hint, size=T.BODY, color="#D8DCE2", text_align=ft.TextAlign.CENTER), width=420 * session.letters
                ),
                *([button(_("Try the camera again"), again, icon=ft.Icons.REFRESH)] if state is not CameraState.NO_DECODER else []),
            ],
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            alignment=ft.MainAxisAlignment.CENTER,
            spacing=12,
            tight=True,
            scroll=ft.ScrollMode.AUTO,
        ),
        left=0, right=0, top=0, bottom=0, alignment=ft.Alignment.CENTER, padding=S.EDGE, bgcolor=_GLASS,
    )  # fmt: skip
