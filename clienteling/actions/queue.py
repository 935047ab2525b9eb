"""What a manager decides about the shop's follow-ups, and what anyone does with her own."""

from collections.abc import Callable, Sequence
from typing import Literal

from clienteling.context import Tablet, off_loop
from clienteling.queries.queue import Line
from sync.ids import new_id
from sync.model.commands import (
    AnyCommand,
    ApproveMessage,
    AssignFollowUp,
    CloseFollowUp,
    PauseSending,
    ResumeSending,
    ReturnMessage,
)
from sync.model.outreach import FollowUp, Message
from sync.model.shop import Pause

UNDO_SECONDS = 10.0


async def _do(tablet: Tablet, command: AnyCommand, said: str) -> None:
    command_id = await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)
    tablet.say(said, seconds=UNDO_SECONDS, undo=command_id)


async def approve(tablet: Tablet, message: Message) -> None:
    """Let a waiting message go."""
    command = ApproveMessage(message_id=message.id, customer_id=message.customer_id)
    await _do(tablet, command, tablet.words()("Approved; it is being sent"))


async def approve_all(
    tablet: Tablet,
    lines: Sequence[Line],
    tell: Callable[[int], None],
    keep: Callable[[tuple[tuple[Line, str], ...]], None],
) -> None:
    """Let several waiting messages go. `tell` hears how many are given, `keep` gets each with its command; all of them can
    be taken back at once for ten seconds."""
    given: list[tuple[Line, str]] = []
    for line in lines:
        if line.message is None:
            continue
        command = ApproveMessage(message_id=line.message.id, customer_id=line.message.customer_id)
        tell(len(given))
        given.append((line, await off_loop(tablet.device.submit, command, tablet.session.staff_id, UNDO_SECONDS)))
    keep(tuple(given))
    said = tablet.words()("{n} approved; they are being sent", n=len(given))
    tablet.say(said, seconds=UNDO_SECONDS, undo=tuple(command_id for _line, command_id in given))


async def together(tablet: Tablet, commands: Sequence[AnyCommand], said: str) -> None:
    """Do one thing to several follow-ups; all of it can be taken back at once for ten seconds."""
    staff_id = tablet.session.staff_id
    given = [await off_loop(tablet.device.submit, one, staff_id, UNDO_SECONDS) for one in commands]
    if given:
        tablet.say(said, seconds=UNDO_SECONDS, undo=tuple(given))


async def send_back(tablet: Tablet, message: Message, comment: str) -> None:
    """Give a waiting message back to its writer, with what to change."""
    command = ReturnMessage(message_id=message.id, customer_id=message.customer_id, comment=comment.strip())
    await _do(tablet, command, tablet.words()("Sent back with your comment"))


async def assign(tablet: Tablet, follow_up: FollowUp, assignee_id: str, comment: str = "") -> None:
    """Give a follow-up to somebody else."""
    command = AssignFollowUp(
        follow_up_id=follow_up.id,
        customer_id=follow_up.customer_id,
        assignee_id=assignee_id,
        comment=comment.strip(),
    )
    await _do(tablet, command, tablet.words()("Given to {staff:name}", staff=assignee_id))


async def close(tablet: Tablet, follow_up: FollowUp, outcome: Literal["done", "dismissed"]) -> None:
    """Tick a follow-up off: done by other means, or not wanted."""
    command = CloseFollowUp(follow_up_id=follow_up.id, customer_id=follow_up.customer_id, outcome=outcome)
    _ = tablet.words()
    await _do(tablet, command, _("Marked as done") if outcome == "done" else _("Left for this time"))


async def pause(tablet: Tablet, shop_id: str) -> None:
    """Stop everything that the shop sends."""
    command = PauseSending(pause_id=new_id(), shop_id=shop_id)
    await _do(tablet, command, tablet.words()("Sending from this shop is being paused"))


async def resume(tablet: Tablet, one: Pause) -> None:
    """Let the shop send again."""
    command = ResumeSending(pause_id=one.id, shop_id=one.value)
    await _do(tablet, command, tablet.words()("This shop is sending again"))
