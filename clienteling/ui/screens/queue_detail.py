"""One follow-up: why, its message, what the gate says, and what to do with it."""

from collections.abc import Callable

import flet as ft

from clienteling.actions.identify import open_customer
from clienteling.actions.outreach import cancel_message
from clienteling.actions.queue import approve, assign, close, send_back
from clienteling.context import Tablet, use_tablet, use_words
from clienteling.queries.queue import Group, Line, judge_waiting
from clienteling.state import is_manager
from clienteling.theme import C, S
from clienteling.ui.component import component, use_box, use_once, use_query
from clienteling.ui.parts import button, card, field, heading, soft, text
from clienteling.ui.parts.choice import choices
from clienteling.ui.reach import Acts
from clienteling.ui.screens.compose_gate import gate_panel
from clienteling.ui.screens.queue_detail_route import write_route
from clienteling.ui.screens.queue_work import Work
from clienteling.ui.screens.queue_work_state import is_ones_own
from clienteling.words import Words
from sync.model.outreach import Direction, Message, MessageState
from sync.model.shop import Staff
from sync.policy.whose import asked


@component
def QueueDetail(line: Line) -> ft.Control:
    tablet, _ = use_tablet(), use_words()
    now, directory = tablet.now(), tablet.pulse.directory
    gate, _again = use_query(
        lambda: judge_waiting(tablet.device.cache, line, now, directory.zone, directory.playbook), [line.follow_up.id]
    )
    start = use_once(line.group)  # in another group it is another decision
    asking, ask = ft.use_state("")
    comment, show_comment = ft.use_state("")
    held = use_box(comment)  # keys may come faster than renders, so handlers read this
    follow_up, message = line.follow_up, line.message
    name = _.honour(line.customer.name)
    parts: list[ft.Control] = [
        heading(name),
        text(_.reason(follow_up.evidence)),
        soft(_("Due {at:datetime}", at=follow_up.due_at)),
    ]
    if follow_up.comment:
        by = directory.name(follow_up.comment_by, _.language) if follow_up.comment_by else ""
        parts.append(
            card(
                text(_.code("leave", follow_up.comment)),
                title=_("Comment from {name}", name=by),
                tone="caution",
                padding=14,
            )
        )
    if message is not None:
        writer = directory.name(message.writer_id, _.language) if message.writer_id else ""
        parts.append(soft(_("{channel:channel}, written by {name}", channel=message.channel, name=writer)))
        if message.staff_id != message.writer_id:
            parts.append(
                soft(_("In the name of {name}", name=directory.name(message.staff_id or message.shop_id, _.language)))
            )
        parts.append(
            ft.Container(text(message.body, selectable=True), bgcolor=C.SUNKEN, border_radius=S.RADIUS, padding=14)
        )
    if gate.value is not None:
        parts.append(gate_panel(_, gate.value, may_send=True))
    own = is_ones_own(line, tablet.session.staff_id)
    if own:
        parts.append(Work((line,)))
    if asking == "return":

        def set_comment(words: str) -> None:
            held.current = words
            show_comment(words)

        foot = _ask_comment(tablet, _, line, comment, lambda: held.current, set_comment, ask, start)
    elif asking == "assign":
        foot = _ask_person(tablet, _, line, ask)
    else:
        foot = _decisions(tablet, _, line, gate.value is not None and gate.value.allowed, ask, start)
        parts += _more_actions(tablet, _, line, start, own=own)
    return card(
        *parts,
        expand=True,
        scroll=True,
        spacing=10,
        # what is to be decided stays in sight, however long the message is
        foot=ft.Column(foot, spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH) if foot else None,
    )


def _decisions(
    tablet: Tablet, _: Words, line: Line, may_go: bool, ask: Callable[[str], None], start: Callable[..., None]
) -> list[ft.Control]:
    """What this follow-up is waiting for."""
    message = line.message
    manager = is_manager(tablet.staff)
    first: list[ft.Control] = []
    second: list[ft.Control] = []
    if line.group is Group.APPROVAL and message is not None:
        me = tablet.staff
        if not manager and (me is None or not asked(message, me)):
            return [soft(_waits_for(tablet, _, message))]
        first.append(
            button(
                _("Approve and send"),
                lambda: start(approve, tablet, message),
                kind="filled",
                icon=ft.Icons.CHECK,
                disabled=not may_go,
                expand=True,
            )
        )
        second.append(button(_("Send back"), lambda: ask("return"), icon=ft.Icons.UNDO, expand=True))
    elif line.group is not Group.SCHEDULED:
        first.append(
            button(
                _("Write to {name}", name=_.honour(line.customer.family_name)),
                lambda: tablet.go(write_route(line)),
                kind="filled",
                icon=ft.Icons.CHAT_BUBBLE_OUTLINE,
                expand=True,
            )
        )
    if manager and not line.loose:
        second.append(button(_("Give to someone else"), lambda: ask("assign"), icon=ft.Icons.SWAP_HORIZ, expand=True))
    return [ft.Row(row, spacing=8) for row in (first, second) if row]


def _more_actions(tablet: Tablet, _: Words, line: Line, start: Callable[..., None], *, own: bool) -> list[ft.Control]:
    """What else may be done with it, less often."""
    follow_up, message = line.follow_up, line.message
    made = [
        button(
            _("Open the profile"),
            lambda: tablet.run(open_customer, tablet, follow_up.customer_id, "queue"),
            icon=ft.Icons.PERSON_OUTLINED,
            kind="plain",
        )
    ]
    if message is not None and may_cancel(message, tablet.staff):
        made.append(
            button(
                _("Do not send it"),
                lambda: start(cancel_message, tablet, message),
                icon=ft.Icons.BLOCK,
                kind="plain",
                danger=True,
            )
        )
    if line.group not in (Group.APPROVAL, Group.SCHEDULED) and not line.loose:
        made.append(
            button(
                _("Done by other means"),
                lambda: start(close, tablet, follow_up, "done"),
                icon=ft.Icons.DONE,
                kind="plain",
            )
        )
    if line.group not in (Group.APPROVAL, Group.SCHEDULED) and not line.loose and not own:
        made.append(
            button(
                _("Skip this time"),
                lambda: start(close, tablet, follow_up, "dismissed"),
                icon=ft.Icons.SKIP_NEXT_OUTLINED,
                kind="plain",
            )
        )
    return [ft.Row([one], wrap=True) for one in made]


def _ask_comment(
    tablet: Tablet,
    _: Words,
    line: Line,
    comment: str,
    latest: Callable[[], str],
    set_comment: Callable[[str], None],
    ask: Callable[[str], None],
    start: Callable[..., None],
) -> list[ft.Control]:
    message = line.message
    assert message is not None

    def send() -> None:
        start(send_back, tablet, message, latest())
        ask("")

    return [
        field(
            _("What should be different?"),
            value=comment,
            multiline=True,
            min_lines=2,
            max_length=1000,
            autofocus=True,
            on_change=lambda event: set_comment(event.control.value or ""),
        ),
        Acts(
            button(_("Send back"), send, kind="filled", disabled=not comment.strip()),
            button(_("Cancel"), lambda: ask("")),
        ),
    ]


def _ask_person(tablet: Tablet, _: Words, line: Line, ask: Callable[[str], None]) -> list[ft.Control]:
    directory = tablet.pulse.directory

    def give(staff_id: str) -> None:
        tablet.run(assign, tablet, line.follow_up, staff_id)
        ask("")

    people = [one for one in directory.staff.values() if works_here(one, directory.shop_id)]
    return [
        text(_("Who takes it?"), bold=True),
        choices(
            [(one.id, directory.staff_name(one, _.language)) for one in people],
            [line.follow_up.assignee_id or ""],
            give,
        ),
        Acts(button(_("Cancel"), lambda: ask(""))),
    ]


def _waits_for(tablet: Tablet, _: Words, message: Message) -> str:
    if message.staff_id is None or message.staff_id == message.writer_id:
        return _("A manager has to read it first.")
    name = tablet.pulse.directory.name(message.staff_id, _.language)
    return _("{name} or a manager has to read it first.", name=name)


def works_here(person: Staff, shop_id: str | None) -> bool:
    """Whether a member of staff belongs to, or helps in, this shop."""
    return person.active and (person.shop_id == shop_id or shop_id in person.helps_shop_ids)


def may_cancel(message: Message, me: Staff | None) -> bool:
    """Whether this person may keep a message from going: its writer, whose name it is in, or a manager; and it has not gone yet."""
    return (
        me is not None
        and (me.id in (message.writer_id, message.staff_id) or is_manager(me))
        and message.direction is Direction.OUT
        and message.state in (MessageState.AWAITING_APPROVAL, MessageState.RETURNED, MessageState.QUEUED)
    )
