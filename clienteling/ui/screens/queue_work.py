"""Follow-ups done from the list: each with its suggested words, to be changed, sent, put off or left, one by one or together."""

from collections.abc import Callable, Mapping, Sequence

import flet as ft

from clienteling.actions.queue import together
from clienteling.context import Tablet, call, use_pulse, use_session, use_tablet, use_words
from clienteling.queries.queue import Line
from clienteling.theme import C
from clienteling.ui.component import component, use_box, use_once, use_query
from clienteling.ui.parts import button, card, chip, field, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.parts.skeletons import rows_skeleton
from clienteling.ui.screens.queue_detail_route import write_route
from clienteling.ui.screens.queue_work_state import DAYS, Suggestion, leave, load_suggestions, put_off
from clienteling.words import Words

WHYS = ("met_lately", "nothing_fitting", "not_now", "reached_otherwise")


@component
def Work(lines: tuple[Line, ...], give_up: Callable[[], None] | None = None) -> ft.Control:
    """One follow-up within its details, or several with what is done to all of them; then `give_up` lets go of the selection."""
    tablet, session, pulse, _ = use_tablet(), use_session(), use_pulse(), use_words()
    directory, now = tablet.pulse.directory, tablet.now()
    ids = tuple(one.follow_up.id for one in lines)
    query, _again = use_query(
        lambda: load_suggestions(tablet.device.cache, lines, directory, tablet.staff, now), [ids, session.staff_id]
    )
    edits, set_edits = ft.use_state(dict[str, str]())
    held = use_box(edits)  # keys may come faster than renders, so handlers read this
    asking, ask = ft.use_state(("", ""))
    start = use_once(ids)
    if query.value is None:
        return card(rows_skeleton(len(lines), "none"), expand=True) if give_up else rows_skeleton(1, "none")
    found: Mapping[str, Suggestion] = query.value

    def words_of(one: Suggestion) -> str:
        return str(held.current.get(one.line.follow_up.id, one.writing.body))

    def write(follow_up_id: str, words: str) -> None:
        held.current = {**held.current, follow_up_id: words}
        set_edits(held.current)

    def send(several: Sequence[Suggestion]) -> None:
        ready = [one for one in several if not one.hindrance(words_of(one))]
        said = (
            _("{n} on their way", n=len(ready))
            if tablet.pulse.online
            else _("{n} saved here, sent when connected", n=len(ready))
        )
        start(together, tablet, [one.command(words_of(one), tablet.new_id()) for one in ready], said)

    def later(several: Sequence[Line], days: int) -> None:
        moved = put_off(several, days, now, directory.zone)
        ask(("", ""))
        start(together, tablet, moved, _("{n} put off", n=len(moved)))

    def skip(several: Sequence[Line], why: str) -> None:
        ask(("", ""))
        start(together, tablet, leave(several, why), _("{n} left for this time", n=len(several)))

    def question(key: str, several: Sequence[Line]) -> list[ft.Control]:
        """What is asked before it is put off or left; nothing while nobody asks."""
        if asking[0] != key:
            return []
        if asking[1] == "leave":
            whys = [(one, _.code("leave", one)) for one in WHYS]
            return [soft(_("Why not this time?")), choices(whys, [], lambda why: skip(several, why))]
        days = [(str(n), _("in {n:span}", n=n)) for n in DAYS if put_off(several, n, now, directory.zone)]
        if not days:
            return [soft(_("Any later its occasion would be over"))]
        return [soft(_("When shall it come back?")), choices(days, [], lambda n: later(several, int(n)))]

    def decide(key: str, name: str) -> list[ft.Control]:
        toggle = {what: ("", "") if asking == (key, what) else (key, what) for what in ("later", "leave")}
        tip = f"{name}: " if name else ""
        day, skip_it = _("On another day"), _("Skip this time")
        return [
            button(day, call(ask, toggle["later"]), kind="plain", icon=ft.Icons.SNOOZE, tooltip=tip + day),
            button(skip_it, call(ask, toggle["leave"]), kind="plain", icon=ft.Icons.SKIP_NEXT_OUTLINED, tooltip=tip + skip_it),
        ]  # fmt: skip

    rows: list[ft.Control] = []
    for line in lines:
        one, key, name = found.get(line.follow_up.id), line.follow_up.id, _.honour(line.customer.name)
        rows += [
            *([_who(_, line)] if give_up else []),
            *(
                _words(_, one, words_of(one), write, online=pulse.online)
                if one
                else [soft(_("Nothing is suggested for this one."))]
            ),
            ft.Row(
                [
                    *([_send(_, one, words_of(one), name, call(send, [one]))] if one else []),
                    *decide(key, name),
                    *([_open(tablet, _, line, name)] if give_up else []),
                ],
                wrap=True,
                spacing=4,
                run_spacing=0,
            ),
            *question(key, [line]),
            *([ft.Divider(height=1, color=C.LINE)] if give_up else []),
        ]
    if give_up is None:
        return ft.Column(rows, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    ready = [one for one in found.values() if not one.hindrance(words_of(one))]
    return card(
        *rows,
        title=_("{n} selected", n=len(lines)),
        expand=True,
        scroll=True,
        spacing=8,
        foot=ft.Column(
            [
                *_all_of_them(_, ready, lines, ask, asking, question, call(send, ready), give_up),
            ],
            spacing=4,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _all_of_them(
    _: Words,
    ready: Sequence[Suggestion],
    lines: Sequence[Line],
    ask: Callable[[tuple[str, str]], None],
    asking: tuple[str, str],
    question: Callable[[str, Sequence[Line]], list[ft.Control]],
    send: Callable[[], None],
    give_up: Callable[[], None],
) -> list[ft.Control]:
    every = "every"
    return [
        *question(every, lines),
        button(_("Send {n}", n=len(ready)), send, kind="filled", icon=ft.Icons.SEND, disabled=not ready),
        ft.Row(
            [
                button(_("All another day"), call(ask, ("", "") if asking == (every, "later") else (every, "later")), kind="plain"),
                button(_("Skip all"), call(ask, ("", "") if asking == (every, "leave") else (every, "leave")), kind="plain"),
                button(_("Give up"), give_up, kind="plain"),
            ],
            wrap=True,
            spacing=0,
            run_spacing=0,
        ),
    ]  # fmt: skip


def _who(_: Words, line: Line) -> ft.Control:
    name = text(_.honour(line.customer.name), bold=True)
    return ft.Column(
        [
            ft.Row([name, chip(_.code("cause", line.follow_up.cause), "primary")], wrap=True, spacing=8, run_spacing=2),
            soft(_.reason(line.follow_up.evidence), lines=3),
        ],
        spacing=2,
    )


def _words(
    _: Words, one: Suggestion, body: str, write: Callable[[str, str], None], *, online: bool
) -> list[ft.Control]:
    """The words, and whether they can go; what hinders is said, and where it is put right."""
    follow_up_id, name, why, at = (
        one.line.follow_up.id,
        _.honour(one.line.customer.name),
        one.hindrance(body),
        one.goes_at(),
    )
    if why == "gate":
        said = _.reason(one.way.decision.refusals[0])
    elif why:
        said = _.code("hindrance", why)
    elif at is not None and not one.writer.shop.hide_shifts:
        said = _("By {channel:channel}, at {at:datetime}", channel=one.way.channel, at=at)
    elif online:
        said = _("By {channel:channel}", channel=one.way.channel)
    else:
        said = _("By {channel:channel}, once connected", channel=one.way.channel)
    return [
        field(
            _("Words to {name}", name=name),
            value=body,
            key=f"words {follow_up_id}",
            multiline=True,
            min_lines=3,
            max_lines=8,
            on_change=lambda event: write(follow_up_id, event.control.value or ""),
        ),
        soft(said, lines=4, color=C.CAUTION if why else C.INK_SOFT),
    ]  # fmt: skip


def _send(_: Words, one: Suggestion, body: str, name: str, send: Callable[[], None]) -> ft.Control:
    me, waits = one.writer.staff, one.names is not None and one.names.waits
    label = _("Send") if me is not None and me.may_send and not waits else _("Ask for approval")
    return button(
        label, send, kind="soft", icon=ft.Icons.SEND, disabled=bool(one.hindrance(body)), tooltip=f"{name}: {label}"
    )


def _open(tablet: Tablet, _: Words, line: Line, name: str) -> ft.Control:
    label = _("Open the message")
    return button(label, call(tablet.go, write_route(line)), kind="plain", tooltip=f"{name}: {label}")
