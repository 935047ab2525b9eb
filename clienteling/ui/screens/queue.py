"""The follow-up queue: a manager's view of the shop, and everyone's own list."""

from collections.abc import Callable
from typing import cast

import flet as ft

from clienteling.actions.queue import pause, resume
from clienteling.context import Tablet, call, use_session, use_tablet, use_words
from clienteling.queries.queue import Group, Line, load_queue
from clienteling.queries.queue import Queue as View
from clienteling.state import is_manager
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_box, use_once, use_query
from clienteling.ui.parts import (
    button,
    card,
    chip,
    closed_state,
    empty_state,
    error_panel,
    person_line,
    soft,
    tappable,
    text,
)
from clienteling.ui.parts.base import Tone
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.pauses import pause_note
from clienteling.ui.parts.skeletons import BESIDE, work_skeleton
from clienteling.ui.screens.queue_bulk import BulkApproval, BulkOutcome, Given, box, picking
from clienteling.ui.screens.queue_detail import QueueDetail
from clienteling.ui.screens.queue_work import Work
from clienteling.ui.screens.queue_work_state import is_ones_own
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.model.shop import PauseScope

SHORT = 1 / 3
"""A list that needs no more of the screen's height is short: nothing of it scrolls, and what is open has the rest."""
ROW, CHOICE = 64, 52
"""About how high a line of the list is, and the row above it from which all can be chosen."""
MOST_LINES = 30
"""Lines drawn at first, and with each "show more": a long list of cards takes its time to draw."""
_TONES: dict[Group, Tone] = {
    Group.APPROVAL: "accent",
    Group.RETURNED: "caution",
    Group.OVERDUE: "caution",
    Group.TODAY: "primary",
    Group.LATER: "plain",
    Group.SCHEDULED: "good",
}


@component
def Queue(**_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, again = use_query(
        lambda: load_queue(tablet.device.cache, directory.shop_id, tablet.staff, now, directory.zone),
        [session.staff_id],
    )
    group, set_group = ft.use_state("")
    chosen, choose = ft.use_state("")
    most, set_most = ft.use_state(MOST_LINES)
    picked, pick = ft.use_state(frozenset[str]())
    given, keep = ft.use_state(cast("Given", ()))
    held = use_box(picked)  # taps may come faster than renders, so handlers read this
    first = use_box("")
    start = use_once(tuple(one.id for one in query.value.pauses) if query.value else ())

    def narrow(code: str) -> None:
        set_group(code)
        choose("")
        set_most(MOST_LINES)
        first.current = ""

    def select(ids: frozenset[str]) -> None:
        held.current = ids
        pick(ids)
        keep(())

    def toggle(follow_up_id: str) -> None:
        alike = next((kind for kind in (waiting, own) if any(one.follow_up.id == follow_up_id for one in kind)), [])
        select(
            (held.current ^ {follow_up_id}) & {one.follow_up.id for one in alike}
        )  # one thing is done to all of them

    def approved(what: Given) -> None:
        select(frozenset())
        keep(what)

    def read() -> None:
        keep(())

    def unpick() -> None:
        select(frozenset())

    def look(follow_up_id: str) -> None:
        select(frozenset())
        choose(follow_up_id)

    manager = is_manager(tablet.staff)
    shop = directory.name(directory.shop_id or "", session.language)
    title = _("Follow-ups of {shop}", shop=shop) if manager else _("Your follow-ups")
    if tablet.pulse.shut:
        return frame(title, closed_state(_))
    if query.error is not None and query.value is None:
        return frame(title, error_panel(_, again))
    if query.value is None:
        return frame(title, work_skeleton(session.width, figures=manager))
    view = query.value
    shown = view.of(Group(group) if group else None)
    # The first line is open to begin with. When the open one has gone (approved, closed), no other takes its place by
    # itself: a second tap of a hasty finger would decide on something that nobody has read.
    line = next((one for one in shown if one.follow_up.id == (chosen or first.current)), None)
    if line is None and not chosen and not first.current and shown:
        line = shown[0]
        first.current = line.follow_up.id
    waiting = [one for one in shown if manager and one.group is Group.APPROVAL and one.message is not None]
    own = [one for one in shown if is_ones_own(one, session.staff_id)]
    boxed = [one for kind in (waiting, own) if len(kind) > 1 for one in kind]
    several = len(waiting) > 1
    marked = tuple(one for one in waiting if one.follow_up.id in picked)
    worked = tuple(one for one in own if one.follow_up.id in picked)
    wide = session.width >= S.WIDE_FROM
    nobody = not view.lines and not given
    filters = choices(
        [("", _("All {n}", n=len(view.lines)))]
        + [(one.value, f"{_.code('queue', one)} {view.counts[one]}") for one in Group if view.counts[one]],
        [group],
        narrow,
    )
    tall = len(shown) * ROW + (CHOICE if several else 0)
    short = not wide and session.width >= S.NARROW_BELOW and 0 < tall <= session.height * SHORT
    listed = card(
        *(picking(_, waiting, frozenset(one.follow_up.id for one in marked), select) if several else []),
        *(
            _line(
                tablet,
                _,
                one,
                line is not None and one is line and not marked and not worked,
                look,
                (box(_, one, picked, toggle) if one in boxed else ft.Container(width=S.TOUCH)) if boxed else None,
            )
            for one in shown[:most]
        ),
        *(
            [button(_("Show more ({n} left)", n=len(shown) - most), call(set_most, most + MOST_LINES), kind="plain")]
            if len(shown) > most
            else []
        ),
        *([] if shown else [_nothing(_)]),
        padding=8,
        spacing=2,
        # above the open one a short list takes only the room of its rows
        expand=None if short else 3,
        scroll=not short,
    )
    many = BulkOutcome(given, read) if given else BulkApproval(marked, unpick, approved) if marked else None
    many = many or (Work(worked, unpick) if worked else None)
    detail = many or (
        QueueDetail(line, key=line.follow_up.id)  # type: ignore[call-arg]
        if line
        else card(
            soft(_("Choose a follow-up to see it here.")),
            *(
                [ft.Row([button(_("See the next one"), call(choose, shown[0].follow_up.id), kind="soft")])]
                if shown
                else []
            ),
        )
    )
    body = (
        ft.Container(_nothing(_), alignment=ft.Alignment.CENTER, expand=True)
        if nobody
        else (
            ft.Row(
                [listed, ft.Container(detail, width=BESIDE)],
                spacing=S.GAP,
                expand=True,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
            if wide
            else ft.Column(
                [listed, ft.Container(detail, expand=4 if many else 3)],
                spacing=S.GAP,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            )
        )
    )
    listed_by = [] if nobody else [filters]
    paused = _paused(tablet, _, view, start, manager=manager)
    if session.width < S.NARROW_BELOW:  # one after the other: both have no room
        to_list = button(_("Back to the list"), call(choose, ""), icon=ft.Icons.ARROW_BACK, kind="plain")
        small: list[ft.Control] = [
            *paused,
            *(ft.Row([one]) for one in _stop(tablet, _, view, start)),
            *listed_by,
            listed,
        ]
        if many is not None:
            # of what is approved together the sums need the room; of what is worked on the list stays in sight
            small = [ft.Container(many, expand=True)] if not worked else [listed, ft.Container(many, expand=5)]
        elif chosen:
            small = [ft.Row([to_list]), detail]
        return frame(title, ft.Column(small, spacing=S.GAP_SMALL, expand=True))
    # what is about to be approved together needs the room more than the figures do
    figures = [_figures(_, view, now_words(_, view))] if manager and many is None else []
    stop = _stop(tablet, _, view, start)
    above = (
        ft.Row(
            [ft.Container(None if nobody else filters, expand=True), *stop],
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        if wide
        else ft.Row([*listed_by, *stop], wrap=True, spacing=S.GAP, run_spacing=0)
    )
    parts: list[ft.Control] = [*paused, *figures, above, body]
    return frame(title, ft.Column(parts, spacing=14, expand=True))


def _paused(tablet: Tablet, _: Words, view: View, start: Callable[..., None], *, manager: bool) -> list[ft.Control]:
    """What holds up sending, and for a manager the way to let the own shop go on."""
    shop_id = tablet.pulse.directory.shop_id
    if not manager or shop_id is None:
        return [pause_note(_, one) for one in view.pauses]
    own = [one for one in view.pauses if one.scope is PauseScope.SHOP and one.by is not None]
    notes: list[ft.Control] = [
        pause_note(_, one, button(_("Send again"), call(start, resume, tablet, one), icon=ft.Icons.PLAY_ARROW))
        if one in own
        else pause_note(_, one)
        for one in view.pauses
    ]
    return notes


def _stop(tablet: Tablet, _: Words, view: View, start: Callable[..., None]) -> list[ft.Control]:
    """A manager's way to stop the own shop, while it is not stopped."""
    shop_id = tablet.pulse.directory.shop_id
    stopped = any(one.scope is PauseScope.SHOP and one.by is not None for one in view.pauses)
    if shop_id is None or stopped or not is_manager(tablet.staff):
        return []
    act = call(start, pause, tablet, shop_id)
    return [button(_("Pause sending from this shop"), act, icon=ft.Icons.PAUSE, kind="plain")]


def now_words(_: Words, view: View) -> str:
    """How long the oldest message has waited for approval."""
    return _("oldest {at:ago}", at=view.oldest_waiting) if view.oldest_waiting else _("none waiting")


def _figures(_: Words, view: View, waiting: str) -> ft.Control:
    def one(label: str, figure: int, below: str) -> ft.Control:
        return card(
            soft(label),
            text(str(figure), size=T.DISPLAY, bold=True, height=1.2),
            soft(below, size=T.SMALL),
            spacing=2,
            padding=14,
            expand=True,
        )

    counts = view.counts
    return ft.Row(
        [
            one(_("Waiting for approval"), counts[Group.APPROVAL], waiting),
            one(_("Overdue"), counts[Group.OVERDUE], _("should have been done before today")),
            one(_("Due today"), counts[Group.TODAY], _("and {n} later", n=counts[Group.LATER])),
            one(_("Sent this week"), view.sent_this_week, _("since Monday, from this shop")),
        ],
        spacing=S.GAP,
        intrinsic_height=True,  # all as high as the one with most words
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _line(
    tablet: Tablet, _: Words, line: Line, lit: bool, choose: Callable[[str], None], mark: ft.Control | None = None
) -> ft.Control:
    follow_up = line.follow_up
    assignee = follow_up.assignee_id
    who = tablet.pulse.directory.name(assignee, _.language) if assignee else _("unassigned")
    name = _.honour(line.customer.name)
    why = _.reason(follow_up.evidence)
    slim = tablet.session.width < S.NARROW_BELOW  # beside words there is no room for the rest
    tone = _TONES[line.group]
    aside = [who, _.time(follow_up.due_at) if line.group is Group.TODAY else _.date(follow_up.due_at)]
    right = ft.Column(
        [soft(one, size=T.SMALL) for one in aside],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.END,
    )
    row = tappable(
        person_line(
            name,
            " · ".join([_.code("cause", follow_up.cause), why, *(aside if slim else [])]),
            chip(_.code("queue", line.group), "plain" if lit and tone == "primary" else tone),
            trailing=None if slim else right,
        ),
        f"{name} {_.code('cause', follow_up.cause)} {_.code('queue', line.group)}",
        lambda: choose(follow_up.id),
        selected=lit,
        bgcolor=C.PRIMARY_SOFT if lit else None,
        padding=ft.Padding.symmetric(horizontal=10, vertical=8),
        outer_expand=True if mark else None,
        key=follow_up.id,
    )
    return ft.Row([mark, row], spacing=0, key=f"picked {follow_up.id}") if mark else row


def _nothing(_: Words) -> ft.Control:
    return empty_state(
        _("Nothing to follow up"), _("New ones come by themselves, from visits and purchases."), icon=ft.Icons.DONE_ALL
    )
