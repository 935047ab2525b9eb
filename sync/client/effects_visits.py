"""What commands about visits and promises will do to the records; see `sync.client.effects`."""

from typing import Any

from sync.client.effect_parts import Read, get, with_
from sync.client.outbox import Pending
from sync.model import commands_visits as c
from sync.model.base import Record
from sync.model.commands import LogInteraction
from sync.model.customer import Customer, Order, Visit, VisitEnd
from sync.model.outreach import FollowUp, FollowUpState
from sync.model.promise import Promise, PromiseState
from sync.policy.companions import came_with
from sync.policy.one_question import change
from sync.policy.visits import ended, flagged, handed_over, tray_changed, without_draft


def promise(pending: Pending, command: c.MakePromise) -> list[Record]:
    """It stands from the moment it was given."""
    return [
        Promise(
            id=command.promise_id,
            customer_id=command.customer_id,
            shop_id=command.shop_id,
            what=command.what,
            text=command.text,
            due_on=command.due_on,
            owner_id=command.to_staff_id,
            made_by=pending.staff_id or command.to_staff_id,
            at=pending.device_time,
            visit_id=command.visit_id,
        )
    ]


def promise_step(
    pending: Pending, command: c.KeepPromise | c.PassPromise | c.WithdrawPromise, read: Read
) -> list[Record]:
    """An open one is kept, another's, or withdrawn; one that has ended stays as it is."""
    found = get(read, Promise, command.promise_id)
    if found is None or found.state is not PromiseState.OPEN:
        return []
    over: dict[str, Any] = {"ended_at": max(found.at, pending.device_time), "ended_by": pending.staff_id}
    match command:
        case c.KeepPromise():
            return [with_(found, state=PromiseState.KEPT, **over)]
        case c.WithdrawPromise():
            return [with_(found, state=PromiseState.WITHDRAWN, reason=command.reason, **over)]
        case c.PassPromise():
            return [with_(found, owner_id=command.to_staff_id, passed_by=pending.staff_id)]


def visit_step(
    pending: Pending,
    command: c.ChangeTray
    | c.NoteAnswer
    | c.NoteCompanions
    | c.HandOverVisit
    | c.DropVisitDraft
    | c.CloseVisit
    | c.AttachReceipt,
    read: Read,
) -> list[Record]:
    """The tray, whose visit it is, its end: at once, and the same as the server will make of it."""
    found = get(read, Visit, command.visit_id)
    if found is None:
        return []
    match command:
        case c.ChangeTray():
            return [tray_changed(found, command, pending.device_time)]
        case c.NoteAnswer():
            noted: list[Record] = [with_(found, asked=found.asked or command.question)]
            customer = get(read, Customer, command.customer_id)
            changed = change(customer, command.question, command.answer) if customer is not None else None
            return [*noted, with_(customer, **changed)] if customer is not None and changed else noted
        case c.NoteCompanions():
            return [came_with(found, command.companions)]
        case c.HandOverVisit():
            return (
                [handed_over(found, command, pending.staff_id, pending.device_time)] if found.ended_at is None else []
            )
        case c.DropVisitDraft():
            return [without_draft(found, pending.staff_id)]
        case c.CloseVisit():
            return [ended(found, VisitEnd.STAFF, pending.device_time)]
        case c.AttachReceipt():
            over = ended(found, VisitEnd.RECEIPT, pending.device_time)
            return [with_(over, receipt=command.number)] if found.order_id is None else []


def draft_saved(pending: Pending, command: LogInteraction, read: Read) -> list[Record]:
    """The visit without the begun note that was taken up in this one."""
    found = get(read, Visit, command.visit_id) if command.visit_id else None
    return [without_draft(found, pending.staff_id)] if found is not None and found.draft is not None else []


def gift(command: c.FlagGift, read: Read) -> list[Record]:
    """The purchase with the flag, where it is here."""
    found = get(read, Order, command.order_id)
    return [flagged(found, command)] if found is not None else []


def plan(pending: Pending, command: c.PlanFollowUp, read: Read) -> list[Record]:
    """A follow-up of whoever said goodbye, or one that is closed before it began."""
    visit = get(read, Visit, command.visit_id)
    if visit is None or get(read, FollowUp, command.follow_up_id) is not None:
        return []
    return [
        FollowUp(
            id=command.follow_up_id,
            customer_id=command.customer_id,
            shop_id=visit.shop_id,
            assignee_id=pending.staff_id,
            cause=command.cause,
            evidence=command.evidence,
            due_at=command.due_at,
            state=FollowUpState.OPEN if command.take else FollowUpState.DISMISSED,
            created_at=pending.device_time,
            strength=command.strength,
        )
    ]
