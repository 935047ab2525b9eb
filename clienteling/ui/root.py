"""The root component: contexts, then sign-in or the screen of the present route."""

import flet as ft

from clienteling.actions.taste import bring_back
from clienteling.context import (
    PulseContext,
    SessionContext,
    Tablet,
    TabletContext,
    off_loop,
    use_pulse,
    use_session,
    use_tablet,
)
from clienteling.routes import resolve
from clienteling.theme import S
from clienteling.ui.component import component, keyed
from clienteling.ui.parts import apart
from clienteling.ui.practice_frame import REACHES_OUT, NotInPractice, practice_frame
from clienteling.ui.rail import Bar, Rail
from clienteling.ui.shell import NoticeHost


@ft.component
def App(tablet: Tablet) -> ft.Control:
    return TabletContext(tablet, lambda: SessionContext(tablet.session, lambda: PulseContext(tablet.pulse, Root)))


@component
def Root() -> ft.Control:
    tablet, session, pulse = use_tablet(), use_session(), use_pulse()
    signed_in = session.staff_id is not None and pulse.ready and pulse.let_in
    route, params = resolve(session.route)
    hers = "customer_id" in params or "appointment_id" in params

    def left() -> None:
        if not (signed_in and hers):
            tablet.viewed = None

    async def seated() -> None:
        if tablet.browser_id is not None:
            await off_loop(tablet.device.browsers.note, tablet.browser_id, staff_id=session.staff_id)

    ft.use_effect(left, [session.route, session.staff_id])

    async def liked() -> None:
        await bring_back(tablet)

    ft.use_effect(seated, [session.staff_id])
    ft.use_effect(liked, [session.staff_id])
    if pulse.enrolled and not pulse.let_in:
        from clienteling.ui.screens.let_in import LetIn

        inside: ft.Control = _stacked(LetIn(), NoticeHost())
    elif not signed_in:
        from clienteling.ui.screens.sign_in import SignIn

        inside = _stacked(SignIn(), NoticeHost())
    elif session.show_customer and not session.covered:
        # Neither the rail nor a notice: both may speak of people.
        from clienteling.ui.screens.showcase import Showcase

        return _safe(Showcase(), session.practice)
    elif session.covered:
        # Nor anything of what is covered: it is not drawn beneath, it is not there.
        from clienteling.ui.screens.cover import Cover

        return _safe(Cover(), session.practice)
    else:
        closed = session.practice and route.pattern.startswith(REACHES_OUT)
        made = NotInPractice if closed else route.screen()
        screen = ft.Container(keyed(f"{session.practice} {session.route}", made, **params), expand=True)
        if session.width < S.NARROW_BELOW:
            inside = _stacked(screen, NoticeHost(), Bar(route.rail))
        else:
            rail, main = Rail(route.rail), apart(_stacked(screen, NoticeHost()), expand=True)
            inside = ft.Row(
                [rail, main] if session.side == "left" else [main, rail],
                spacing=0,
                expand=True,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
    return _safe(inside, session.practice)


def _safe(inside: ft.Control, practice: bool) -> ft.Control:
    return ft.SafeArea(practice_frame(inside) if practice else inside, expand=True)


def _stacked(*controls: ft.Control) -> ft.Column:
    """The notice stands below the screen and not over it: it covers no button, whatever the screen has at its foot."""
    return ft.Column(list(controls), spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
