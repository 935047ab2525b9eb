"""気になる閲覧: access to customers' records that stands out, by which rule, and what a manager found when asking about it."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.access import Access, Asked, ask_access
from clienteling.context import Tablet, call, use_session, use_tablet, use_words
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.component import component, keyed
from clienteling.ui.parts import (
    avatar,
    button,
    card,
    chip,
    columns,
    divided,
    empty_state,
    error_panel,
    soft,
    tappable,
    text,
)
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.screens.access_detail import AccessDetail, when
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.protocol import AccessFlag, AccessReview


@component
def UnusualAccess(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    access, show = ft.use_state(Access(Asked.ASKING))
    chosen, choose = ft.use_state("")
    said, say = ft.use_state(dict[str, AccessReview]())

    async def ask() -> None:
        show(Access(Asked.ASKING))
        show(await ask_access(tablet))

    def ask_now() -> None:
        if is_manager(tablet.staff):
            tablet.run(ask)

    ft.use_effect(ask_now, [session.staff_id])
    title, back = _("Unusual access"), "/sync"
    if not is_manager(tablet.staff):
        return frame(title, _only_managers(_), back=back)
    if access.how is Asked.ASKING:
        return frame(title, list_skeleton(5, "none", lines=3), back=back, scroll=True)
    if access.how is Asked.NOT_ALLOWED:
        return frame(title, _only_managers(_), back=back)
    if access.how is Asked.OFFLINE:
        return frame(title, _offline(_, ask_now), back=back)
    if access.report is None:
        return frame(title, error_panel(_, ask_now), back=back)
    # what was said here stands at once, though the server may not have it yet
    flags = [_with(one, said.get(one.id)) for one in access.report.flags]
    if not flags:
        return frame(title, _none(_, ask_now), back=back)

    def kept(flag_id: str, word: str) -> None:
        say({**said, flag_id: AccessReview(at=tablet.now(), staff_id=session.staff_id or "", word=word)})

    shown = next((one for one in flags if one.id == chosen), flags[0])
    waiting = sum(one.open for one in flags)
    listed = card(
        *divided([_row(_, tablet, one, call(choose, one.id), chosen=one.id == shown.id) for one in flags]),
        *([soft(_("{n} more are not shown", n=access.report.more))] if access.report.more else []),
        title=_("The last two weeks"),
        aside=_("{n} not looked at yet", n=waiting) if waiting else _("all looked at"),
        spacing=4,
    )
    detail = keyed(shown.id, AccessDetail, shown, access.customers, kept)
    if session.width >= S.WIDE_FROM:
        body: ft.Control = columns(listed, detail, shares=(5, 6))
    else:
        body = ft.Column([listed, detail], spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, body, back=back, scroll=True)


def _with(flag: AccessFlag, review: AccessReview | None) -> AccessFlag:
    if review is None or any(one.word == review.word and one.staff_id == review.staff_id for one in flag.reviews):
        return flag
    return flag.model_copy(update={"reviews": (*flag.reviews, review), "open": False})


def _row(_: Words, tablet: Tablet, flag: AccessFlag, on_click: Callable[[], object], *, chosen: bool) -> ft.Control:
    """The rule, who, how many and when; the whole row opens it."""
    rule, name = _.code("access_rule", flag.rule), tablet.pulse.directory.name(flag.staff_id, _.language)
    detail = f"{name} · {_('{n} customers', n=flag.customers)} · {when(_, flag.since, flag.until)}"
    state = _("to look at") if flag.open else _("looked at")
    return tappable(
        ft.Row(
            [
                avatar(name, size=40),
                ft.Column([text(rule, bold=True, height=1.4), soft(detail, height=1.4)], spacing=2, expand=True),
                chip(state, "caution" if flag.open else "good"),
            ],
            spacing=12,
        ),
        f"{rule} {detail} {state}",
        on_click,
        selected=chosen,
        bgcolor=C.PRIMARY_SOFT if chosen else None,
        padding=ft.Padding.symmetric(horizontal=10, vertical=10),
        key=flag.id,
    )


def _only_managers(_: Words) -> ft.Control:
    return empty_state(
        _("For managers of this shop"),
        _("Whoever answers for the shop sees here which looks at customers stand out."),
        icon=ft.Icons.LOCK_OUTLINED,
    )


def _offline(_: Words, retry: Callable[[], object]) -> ft.Control:
    return empty_state(
        _("This needs the network"),
        _("Who looked at whom lies on the server and is not kept on tablets."),
        button(_("Try again"), retry, icon=ft.Icons.REFRESH),
        icon=ft.Icons.CLOUD_OFF_OUTLINED,
    )


def _none(_: Words, again: Callable[[], object]) -> ft.Control:
    return empty_state(
        _("Nothing stands out"),
        _("In the last two weeks everybody looked at customers as the work brought it."),
        button(_("Ask again"), again, icon=ft.Icons.REFRESH),
        icon=ft.Icons.VERIFIED_USER_OUTLINED,
    )
