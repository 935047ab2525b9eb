"""The shop's follow-ups: what is due, overdue, waiting for approval, planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from clienteling.device import Cache
from clienteling.queries.pauses import pauses_here
from sync.model.customer import Customer
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Reason
from sync.model.shop import Pause, RetailerSettings, Shop, Staff
from sync.policy.facts import facts_from
from sync.policy.gate import Decision, judge
from sync.policy.playbook import Playbook
from sync.policy.queue import out_of_time, place
from sync.policy.roles import leads
from sync.policy.sender import Sender
from sync.policy.whose import asked


class Group(StrEnum):
    """Where a follow-up stands in the queue, the most pressing first."""

    APPROVAL = "approval"
    RETURNED = "returned"
    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"
    SCHEDULED = "scheduled"


@dataclass(frozen=True)
class Line:
    follow_up: FollowUp
    customer: Customer
    group: Group
    message: Message | None
    """The message it waits for, where one is written."""
    loose: bool = False
    """There is no follow-up: a message was written of one's own accord, and `follow_up` only stands for it."""


@dataclass(frozen=True)
class Queue:
    lines: tuple[Line, ...]
    counts: Mapping[Group, int]
    sent_this_week: int
    oldest_waiting: datetime | None
    """When the oldest message that waits for approval was written."""
    pauses: tuple[Pause, ...] = ()
    """What holds up sending here."""

    def of(self, group: Group | None) -> tuple[Line, ...]:
        return self.lines if group is None else tuple(one for one in self.lines if one.group is group)


def load_queue(
    cache: Cache, shop_id: str | None, me: Staff | None, now: datetime, zone: tzinfo, *, mine: bool = False
) -> Queue:
    """Read the queue of a shop. Managers see all of it; others their own, what waits for their word because it is in their
    name, and what nobody has taken. In the order of `sync.policy.queue`; what is out of time is left out, though the server
    has not closed it yet. `mine` narrows anyone to what is hers. Blocks for milliseconds."""
    everything = me is not None and leads(me) and not mine
    today = now.astimezone(zone).date()
    lines = []
    for record in cache.records("follow_up"):
        if not isinstance(record, FollowUp) or record.shop_id != shop_id:
            continue
        if record.state in (FollowUpState.DONE, FollowUpState.DISMISSED) or out_of_time(record, now):
            continue
        found = cache.record("message", record.message_id) if record.message_id else None
        message = found if isinstance(found, Message) else None
        theirs = me is None or record.assignee_id in (None, me.id) or (message is not None and asked(message, me))
        if not everything and not theirs:
            continue
        customer = cache.record("customer", record.customer_id)
        if not isinstance(customer, Customer):
            continue
        day = record.due_at.astimezone(zone).date()
        if record.state is FollowUpState.AWAITING_APPROVAL:
            group = Group.APPROVAL
        elif record.state is FollowUpState.RETURNED:
            group = Group.RETURNED
        elif record.state is FollowUpState.SCHEDULED:
            group = Group.SCHEDULED
        elif day < today:
            group = Group.OVERDUE
        else:
            group = Group.TODAY if day == today else Group.LATER
        lines.append(Line(record, customer, group, message))
    lines += _loose(cache, shop_id, me, everything=everything, known={one.message.id for one in lines if one.message})
    tonight = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    lines.sort(key=lambda one: place(one.follow_up, now, tonight))
    waiting = [one.message.at for one in lines if one.group is Group.APPROVAL and one.message]
    return Queue(
        tuple(lines),
        {group: sum(1 for one in lines if one.group is group) for group in Group},
        _sent_this_week(cache, shop_id, now, zone),
        min(waiting, default=None),
        pauses_here(cache, next((one for one in cache.shops() if one.id == shop_id), None), now),
    )


def _loose(cache: Cache, shop_id: str | None, me: Staff | None, *, everything: bool, known: set[str]) -> list[Line]:
    """Return messages that wait for approval or for their time, or were sent back, without any follow-up behind them."""
    groups = {
        MessageState.AWAITING_APPROVAL: (Group.APPROVAL, FollowUpState.AWAITING_APPROVAL),
        MessageState.RETURNED: (Group.RETURNED, FollowUpState.RETURNED),
        MessageState.QUEUED: (Group.SCHEDULED, FollowUpState.SCHEDULED),
    }
    found = []
    for one in cache.records("message"):
        if not isinstance(one, Message) or one.state not in groups or one.shop_id != shop_id or one.id in known:
            continue
        if not everything and me is not None and me.id not in (one.staff_id, one.writer_id):
            continue
        customer = cache.record("customer", one.customer_id)
        if not isinstance(customer, Customer):
            continue
        group, state = groups[one.state]
        said = one.reason.params if one.reason is not None and one.state is MessageState.RETURNED else {}
        stand_in = FollowUp(
            id=one.id,
            customer_id=one.customer_id,
            shop_id=one.shop_id,
            assignee_id=one.writer_id,
            cause=one.cause,
            evidence=Reason(code="own_accord"),
            due_at=one.send_after or one.at,
            state=state,
            message_id=one.id,
            comment=str(said.get("comment") or ""),
            comment_by=said.get("staff_id"),
            created_at=one.at,
        )
        found.append(Line(stand_in, customer, group, one, loose=True))
    return found


def _sent_this_week(cache: Cache, shop_id: str | None, now: datetime, zone: tzinfo) -> int:
    local = now.astimezone(zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(
        1
        for one in cache.records("message", monday, None)
        if isinstance(one, Message)
        and one.shop_id == shop_id
        and one.state in (MessageState.SENT, MessageState.DELIVERED)
    )


def judge_waiting(cache: Cache, line: Line, now: datetime, zone: tzinfo, playbook: Playbook) -> Decision | None:
    """Ask the gate about a message that waits for approval, as of now; None where there is none."""
    if line.message is None:
        return None
    facts = facts_from(cache.customer_range(line.customer.id))
    return judge(
        facts,
        cause=line.message.cause,
        channel=line.message.channel,
        now=now,
        zone=zone,
        playbook=playbook,
        message_id=line.message.id,
        sender=_sender(cache, line.message),
    )


def _sender(cache: Cache, message: Message) -> Sender | None:
    shop, retailer = cache.record("shop", message.shop_id), cache.record("retailer", "retailer")
    staff = cache.record("staff", message.staff_id) if message.staff_id else None
    if not isinstance(shop, Shop) or not isinstance(retailer, RetailerSettings):
        return None
    return Sender(shop, retailer, staff if isinstance(staff, Staff) else None)
