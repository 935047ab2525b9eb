"""What a device that is out of use could not send: a manager reads each entry and says whether it counts."""

from collections.abc import Callable

import flet as ft
import structlog

from clienteling.actions.quarantine import Told, decide
from clienteling.context import call, off_loop, use_session, use_tablet, use_words
from clienteling.queries.quarantine import Review, load_review
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.trace import where
from clienteling.ui.component import Query, component, keyed, use_box, use_once
from clienteling.ui.parts import button, card, chip, chips, empty_state, error_panel, heading, soft, text
from clienteling.ui.parts.skeletons import list_skeleton
from clienteling.ui.shell import frame
from clienteling.words import Words
from sync.errors import NotAllowed, NotFound, Unavailable
from sync.model.fleet import Decided, Unsent

log = structlog.get_logger("clienteling.ui")
BACK = "/fleet"
_CODES = ("channel", "cause", "feeling")


@component
def QuarantinePage(device_id: str, **_more: str) -> ft.Control:
    tablet, session, _ = use_tablet(), use_session(), use_words()
    query, set_query = ft.use_state(Query[Review]())
    nonce, set_nonce = ft.use_state(0)
    decided, show = ft.use_state(dict[str, Decided | None]())
    known = use_box(decided)  # two answers may come before one render
    title, allowed = _("Unsent work to look at"), is_manager(tablet.staff)

    async def read() -> None:
        if not allowed:
            return
        try:
            found = await off_loop(load_review, tablet.device, device_id, session.staff_id or "")
        except Exception as error:
            failed = error  # the clause takes its own name away at its end
            log.warning("quarantine_not_read", error=where(failed))
            set_query(lambda before: Query(before.value, failed, True))
        else:
            set_query(Query(found, None, True))

    def again() -> None:
        set_nonce(lambda count: count + 1)

    def told(command_id: str, became: Decided | None) -> None:
        known.current = {**known.current, command_id: became}
        show(known.current)

    ft.use_effect(read, [nonce, session.staff_id])
    if not allowed or isinstance(query.error, NotAllowed):
        return frame(title, empty_state(_("Only a manager of this shop may do this."), icon=ft.Icons.LOCK_OUTLINED), back=BACK)  # fmt: skip
    if isinstance(query.error, NotFound):
        return frame(title, _nothing(_), back=BACK)
    if isinstance(query.error, Unavailable):
        return frame(title, _offline(_, again), back=BACK)
    if query.error is not None:
        return frame(title, error_panel(_, again), back=BACK)
    if query.value is None:
        return frame(title, list_skeleton(3, "none", lines=4), back=BACK, scroll=True)
    review = query.value
    if not review.work.entries:
        return frame(title, _nothing(_), back=BACK)
    open_ones = sum(one.command_id not in decided for one in review.work.entries)
    parts: list[ft.Control] = [
        card(
            heading(_("From {name}", name=review.work.device_name)),
            text(_("Nothing of it counts until you say so. What counts is done in the name of whoever entered it.")),
            ft.Row(
                [
                    ft.Container(soft(_left(_, open_ones, review.work.more)), expand=True),
                    button(_("Read again"), again, icon=ft.Icons.REFRESH, kind="plain"),
                ],
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
            ),
        ),
        *(
            keyed(one.command_id, Entry, device_id, one, _whom(_, review, one), told,
                  done=one.command_id in decided, became=decided.get(one.command_id))
            for one in review.work.entries
        ),
    ]  # fmt: skip
    body = ft.Column(parts, spacing=S.GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return frame(title, body, back=BACK, scroll=True)


def _left(_: Words, open_ones: int, more: int) -> str:
    said = _("{n} still to decide", n=open_ones) if open_ones else _("All of these are decided")
    return f"{said} · {_('{n} more follow after these', n=more)}" if more else said


def _whom(_: Words, review: Review, one: Unsent) -> str:
    name = one.name or review.customers.get(one.customer_id or "", "")
    if name:
        return _.honour(name)
    return _("a customer") if one.customer_id else _("this shop")


@component
def Entry(device_id: str, one: Unsent, whom: str, told: Told, *, done: bool, became: Decided | None) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    asking, ask = ft.use_state(False)
    tried, count = ft.use_state(0)
    start = use_once(tried)

    def say(accept: bool) -> None:
        async def run() -> None:
            try:
                await decide(tablet, device_id, one, accept=accept, told=told)
            finally:
                count(lambda before: before + 1)

        start(run)

    readable = one.type != ""
    what = _.code("command", one.type) if readable else _("An entry that cannot be read")
    title = _("{name}: {what}", name=whom, what=what) if readable else what
    parts: list[ft.Control] = [heading(title, size=17), soft(_who(_, one))]
    marks = [_.code(kind, one.codes[kind]) for kind in _CODES if kind in one.codes]
    marks += [_.code("tag", tag) for tag in one.tags]
    if one.products:
        marks.append(_("{n} products", n=one.products))
    if marks:
        parts.append(chips(*(chip(each) for each in marks)))
    if one.for_staff_id:
        parts.append(text(_("To: {staff:name}", staff=one.for_staff_id)))
    if one.subject or one.text:
        said: list[ft.Control] = [text(one.subject, bold=True)] if one.subject else []
        said += [text(one.text, selectable=True)] if one.text else []
        parts.append(ft.Container(ft.Column(said, spacing=4), bgcolor=C.SUNKEN, border_radius=S.RADIUS, padding=14))
    if one.withheld:
        parts.append(soft(_("What was written is confidential, and the customer belongs to another shop.")))
    if not readable:
        parts.append(text(_("It was damaged or sealed for somebody else. It can only be turned down.")))
    if done:
        parts.append(_outcome(_, became))
    elif asking:
        parts.append(_question(_, title, yes=call(say, False), no=call(ask, False)))
    else:
        yes = [button(_("Let it count"), call(say, True), kind="filled", icon=ft.Icons.CHECK)] if readable else []
        no = button(_("Turn it down"), call(ask, True), kind="outline")
        parts.append(ft.Row([*yes, no], wrap=True, spacing=S.GAP_SMALL, run_spacing=S.GAP_SMALL))
    return card(*parts, spacing=10)


def _who(_: Words, one: Unsent) -> str:
    said = [_("Handed in {at:datetime}", at=one.received_at)]
    if one.done_at is not None:
        said.insert(0, _("Entered {at:datetime}", at=one.done_at))
    if one.staff_id:
        said.insert(0, _("{staff:name}", staff=one.staff_id))
    return " · ".join(said)


def _outcome(_: Words, became: Decided | None) -> ft.Control:
    """The answer in words, read out when it comes."""
    if became is None:
        words, ink, icon = _("Somebody else has decided on this already."), C.INK_SOFT, ft.Icons.INFO_OUTLINED
    elif became.state == "accepted":
        words, ink, icon = _("It counts now."), C.GOOD, ft.Icons.CHECK_CIRCLE_OUTLINED
        if became.reason is not None:
            words += " " + _.reason(became.reason)
    elif became.state == "dismissed":
        words, ink, icon = _("It was turned down and does not count."), C.INK_SOFT, ft.Icons.BLOCK
    else:
        why = _.reason(became.reason) if became.reason else _("The server gave no reason.")
        words, ink, icon = _("The server did not accept it: {why}", why=why), C.ERROR, ft.Icons.ERROR_OUTLINED
    row = ft.Row([ft.Icon(icon, size=22, color=ink), ft.Container(text(words, bold=True, color=ink), expand=True)])
    return ft.Semantics(live_region=True, content=row)


def _question(_: Words, title: str, *, yes: Callable[[], None], no: Callable[[], None]) -> ft.Control:
    return ft.Container(
        ft.Column(
            [
                ft.Semantics(live_region=True, content=heading(_("Turn this down for good?"), color=C.ERROR)),
                text(title),
                text(_("It is erased here and does not count, also where its device joins again and sends it. This cannot be taken back.")),
                ft.Row(
                    [
                        button(_("Turn it down for good"), yes, kind="outline", danger=True, icon=ft.Icons.BLOCK),
                        button(_("Cancel"), no, kind="plain"),
                    ],
                    wrap=True, spacing=S.GAP_SMALL,
                ),
            ],
            spacing=S.GAP_SMALL,
        ),
        bgcolor=C.ERROR_SOFT, border_radius=S.RADIUS, padding=18,
    )  # fmt: skip


def _nothing(_: Words) -> ft.Control:
    return empty_state(
        _("Nothing waits for a decision"),
        _("All that devices out of use handed in was decided on."),
        icon=ft.Icons.TASK_ALT,
    )


def _offline(_: Words, again: Callable[[], None]) -> ft.Control:
    return empty_state(
        _("This needs the network"),
        _("Unsent work of other devices lies on the server and is not kept on tablets."),
        button(_("Try again"), again, icon=ft.Icons.REFRESH),
        icon=ft.Icons.CLOUD_OFF_OUTLINED,
    )
