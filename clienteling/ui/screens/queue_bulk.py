"""Approving several messages at once: what it does and costs before it is done, and what became of each."""

from collections.abc import Callable, Sequence

import flet as ft

from clienteling.actions.queue import approve_all
from clienteling.context import use_pulse, use_tablet, use_words
from clienteling.queries.bulk import Bulk, Came, load_bulk, what_came
from clienteling.queries.queue import Line
from clienteling.theme import C, S, T
from clienteling.ui.component import component, use_once, use_query
from clienteling.ui.parts import button, card, divided, soft, text
from clienteling.ui.parts.choice import tick_box
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.words import Words
from sync.model.customer import Channel
from sync.model.outreach import Reason

Given = tuple[tuple[Line, str], ...]
"""Lines that were approved together, each with the id of its command."""
_ICONS = {
    Came.WAITS: (ft.Icons.SCHEDULE, C.INK_SOFT),
    Came.DONE: (ft.Icons.CHECK_CIRCLE_OUTLINE, C.GOOD),
    Came.REFUSED: (ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, C.ERROR),
    Came.RECALLED: (ft.Icons.UNDO, C.INK_SOFT),
}


@component
def BulkApproval(lines: tuple[Line, ...], leave: Callable[[], None], keep: Callable[[Given], None]) -> ft.Control:
    """The confirmation, read down to its button. `leave` gives the selection up, `keep` gets what was approved."""
    tablet, _ = use_tablet(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    query, _again = use_query(
        lambda: load_bulk(tablet.device.cache, lines, directory.shop, now, directory.zone, directory.playbook),
        [tuple(one.follow_up.id for one in lines)],
    )
    start = use_once()
    done, tell = ft.use_state(-1)
    if query.value is None:
        return card(rows_skeleton(3, "none"), expand=True)
    found = query.value

    def go() -> None:
        start(approve_all, tablet, found.going, tell, keep)

    count = len(found.going)
    busy = done >= 0
    price = [_figure(_("Price, at most about"), _("¥{n}", n=found.yen), strong=True)] if found.yen is not None else []
    if busy:
        foot = _progress(_, done, count)
    else:
        label = _("Approve and send {n}", n=count)
        foot = ft.Row(
            [
                button(_("Give up"), leave, kind="plain"),
                button(label, go, kind="filled", icon=ft.Icons.CHECK, disabled=not count, expand=True),
            ],
            spacing=4,
        )
    return card(
        *_refused(_, found),
        *_going(_, found),
        *price,
        foot,
        title=_("{n} selected", n=len(lines)),
        expand=True,
        scroll=True,
        spacing=12,
    )


def _going(_: Words, found: Bulk) -> list[ft.Control]:
    rows = []
    for channel in (one for one in Channel if found.ways.get(one)):
        count = found.ways[channel]
        rows.append(_figure(_.code("channel", channel), _("{n} messages", n=count), *_costs(_, found, channel)))
    if not rows:
        return [text(_("None of these can go now."), bold=True)]
    said: list[ft.Control] = [*divided(rows)]
    if found.later:
        said.append(soft(_("{n} of these wait for the end of the quiet hours.", n=found.later)))
    return said


def _costs(_: Words, found: Bulk, channel: Channel) -> list[ft.Control]:
    """What is to be known of the price, or of the month's quota."""
    if channel is Channel.SMS:
        parts = _("{n} parts in all", n=found.sms_parts)
        return [soft(f"{parts} · {_('About ¥{n}', n=round(found.sms_yen))}" if found.sms_yen is not None else parts)]
    if channel is not Channel.LINE:
        return []
    quota = found.quota
    if quota is None:
        return [soft(_("How many LINE messages are left this month is not known here."))]
    if quota.limit is None:
        return [soft(_("No monthly limit"))]
    said: list[ft.Control] = [
        soft(_("{n} left this month, as of {at:datetime}", n=max(0, quota.limit - quota.used), at=quota.at))
    ]
    if found.line_beyond:
        said.append(
            soft(_("{n} are beyond this month's quota; another way is offered", n=found.line_beyond), color=C.ACCENT)
        )
    if found.line_yen is not None:
        said.append(soft(_("By LINE all the same: about ¥{n}", n=round(found.line_yen)), color=C.ACCENT))
    if found.line_kept:
        said.append(
            soft(
                _("{n} meet what is kept for service messages; another way is offered", n=found.line_kept),
                color=C.ACCENT,
            )
        )
    return said


def _figure(label: str, figure: str, *below: ft.Control, strong: bool = False) -> ft.Control:
    return ft.Column(
        [
            ft.Row(
                [text(label, bold=True, expand=True), text(figure, bold=True, size=T.TITLE if strong else T.BODY)],
                spacing=S.GAP_SMALL,
            ),
            *below,
        ],
        spacing=2,
    )


def _refused(_: Words, found: Bulk) -> list[ft.Control]:
    if not found.refused:
        return []
    rows = [_one(_, line, Came.REFUSED, reason) for line, reason in found.refused]
    said = _("{n} cannot go and stay in the queue", n=len(found.refused))
    return [card(*rows, title=said, tone="caution", padding=14, spacing=10)]


def _one(_: Words, line: Line, came: Came, reason: Reason | None = None) -> ft.Control:
    icon, ink = _ICONS[came]
    said = _.reason(reason) if reason is not None else _.code("came", came)
    return ft.Row(
        [
            ft.Container(ft.Icon(icon, size=18, color=ink), height=24, alignment=ft.Alignment.CENTER),
            ft.Column([text(_.honour(line.customer.name), height=1.5), soft(said)], spacing=0, expand=True),
        ],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _progress(_: Words, done: int, count: int) -> ft.Control:
    return ft.Column(
        [
            soft(_("{done} of {n}", done=done, n=count)),
            ft.ProgressBar(value=done / count if count else 1, color=C.PRIMARY),
        ],
        spacing=6,
    )


@component
def BulkOutcome(given: Given, leave: Callable[[], None]) -> ft.Control:
    """What became of each, until somebody has read it."""
    tablet, _, pulse = use_tablet(), use_words(), use_pulse()
    refused = {one.command_id: one.reason for one in pulse.refused}
    query, _again = use_query(
        lambda: what_came(tablet.device.cache, given, refused),
        [tuple(one for _line, one in given), tuple(refused)],
    )
    came = query.value or {}
    rows = [_one(_, line, came.get(one, Came.WAITS), refused.get(one)) for line, one in _worst_first(given, came)]
    answered = sum(1 for one in came.values() if one is not Came.WAITS)
    return card(
        _progress(_, answered, len(given)),
        *divided(rows),
        title=_("Approved together"),
        expand=True,
        scroll=True,
        spacing=12,
        foot=ft.Row([button(_("Close"), leave)], alignment=ft.MainAxisAlignment.END),
    )


def _worst_first(given: Given, came: dict[str, Came]) -> Sequence[tuple[Line, str]]:
    return sorted(given, key=lambda one: came.get(one[1]) is not Came.REFUSED)


def picking(
    _: Words, waiting: Sequence[Line], picked: frozenset[str], pick: Callable[[frozenset[str]], None]
) -> list[ft.Control]:
    """The line above the list: everything that waits at one tap, or nothing of it."""
    every = frozenset(one.follow_up.id for one in waiting)
    label = _("Clear the selection") if picked >= every else _("Select all that wait ({n})", n=len(every))
    to = frozenset[str]() if picked >= every else every
    return [ft.Row([button(label, lambda: pick(to), icon=ft.Icons.CHECKLIST, kind="plain")])]


def box(_: Words, line: Line, picked: frozenset[str], toggle: Callable[[str], None]) -> ft.Control:
    """The check box of one line."""
    label = _("Select {name}", name=_.honour(line.customer.name))
    return tick_box(label, line.follow_up.id in picked, lambda _on: toggle(line.follow_up.id))
