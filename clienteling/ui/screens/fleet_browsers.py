"""The browsers of this shop host: who is signed in where, and turning one out."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.fleet import let_browser_in, revoke_browser
from clienteling.context import call, use_session, use_tablet, use_words
from clienteling.theme import C, S, T
from clienteling.ui.component import component, keyed, use_once, use_query
from clienteling.ui.parts import button, card, chip, chips, divided, soft, text
from sync.client.browsers import Browser, BrowserState


@component
def BrowserList() -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    query, again = use_query(tablet.device.managing.browsers)
    if tablet.browser_id is None or not query.value:
        return ft.Container(height=0)  # a device that shows its screens itself
    return card(
        soft(_("This device serves its screens to the browsers of other tablets. Each can be turned out by itself.")),
        *divided([keyed(one.id, BrowserRow, one, again) for one in query.value]),
        title=_("Browsers of this shop host"),
        spacing=14,
    )


@component
def BrowserRow(browser: Browser, again: Callable[[], None]) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    asking, ask = ft.use_state(False)
    start = use_once(asking, browser.state)
    own, state = browser.id == tablet.browser_id, browser.state

    def done() -> None:
        ask(False)
        again()

    who = tablet.pulse.directory.name(browser.staff_id or "", session.language)
    marks = [chip(_("This browser"), "primary")] if own else []
    if state is BrowserState.WAITING:
        marks.append(chip(_("Waits to be let in"), "caution"))
    elif state is BrowserState.REVOKED:
        marks.append(chip(_("Turned out"), "error"))
    narrow = session.width < S.NARROW_BELOW  # beside words there is no room for what can be done
    name = browser.name if browser.name != "?" else _("A browser")
    seen = _("Last used {last:datetime}, first on {first:date}", last=browser.last_seen_at, first=browser.first_seen_at)
    battery = _("Battery {n}%", n=browser.battery) if browser.battery is not None else ""
    details = " · ".join(part for part in (seen, battery) if part)
    if state is BrowserState.ADMITTED:
        act = button(_("Turn {name} out", name=name), call(ask, True), danger=True)
    else:
        act = button(_("Let {name} in", name=name), lambda: start(let_browser_in, tablet, browser, done), kind="soft")
    row = ft.Row(
        [
            ft.Icon(ft.Icons.WEB_ASSET, size=24, color=C.PRIMARY if state is BrowserState.ADMITTED else C.INK_SOFT),
            ft.Column(
                [
                    text(name, bold=True, height=1.4),
                    *([chips(*marks)] if marks else []),
                    text(_("{name} is signed in", name=who) if who else _("Nobody is signed in"), size=T.LABEL, height=1.4),
                    soft(details, size=T.SMALL, height=1.4),
                ],
                spacing=3,
                expand=True,
            ),
            *([] if asking or narrow else [act]),
        ],
        spacing=14,
    )  # fmt: skip
    if not asking:
        return ft.Column([row, ft.Row([act], wrap=True)], spacing=S.GAP_SMALL) if narrow else row
    return ft.Column(
        [
            row,
            ft.Container(
                ft.Column(
                    [
                        ft.Semantics(live_region=True, content=text(_("Turn this browser out?"), bold=True, color=C.ERROR)),
                        text(_("Whoever is signed in there is signed out at once, and what was begun and not saved is lost.")),
                        text(_("It shows nothing any more until a manager lets it in again, by PIN there or from here.")),
                        ft.Row(
                            [
                                button(
                                    _("Turn it out"),
                                    lambda: start(revoke_browser, tablet, browser, done),
                                    danger=True,
                                    icon=ft.Icons.BLOCK,
                                ),
                                button(_("Cancel"), call(ask, False), kind="plain"),
                            ],
                            wrap=True,
                            spacing=S.GAP_SMALL,
                        ),
                    ],
                    spacing=S.GAP_SMALL,
                ),
                bgcolor=C.SUNKEN,
                border_radius=S.RADIUS,
                padding=18,
            ),
        ],
        spacing=12,
    )  # fmt: skip
