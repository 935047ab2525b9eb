"""What the home screen shows: what to do today, who is here, who comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clienteling.device import Cache, Device
from clienteling.queries.promises import NO_PROMISES, Promises, shop_promises
from sync.errors import NotFound
from sync.model.customer import Appointment, AppointmentKind, AppointmentState, Customer, Visit
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Reason
from sync.model.shop import Staff
from sync.policy.facts import facts_from
from sync.policy.playbook import Playbook
from sync.policy.queue import out_of_time, place
from sync.policy.roles import leads
from sync.policy.signals import leave_alone
from sync.policy.whose import asked

STAY = timedelta(hours=2)
"""How long a visit without an end counts as "in the shop now"; few stay longer."""
MOST = 15
"""Follow-ups shown at home; the queue has them all."""
_TODO = (FollowUpState.OPEN, FollowUpState.RETURNED)


@dataclass(frozen=True)
class Todo:
    follow_up: FollowUp
    customer: Customer
    restraint: Reason | None
    """Why she is to be left alone after all, or None."""
    overdue: bool


@dataclass(frozen=True)
class Asked:
    """What a colleague wrote in this person's name, and waits for that person's word."""

    message: Message
    customer: Customer


@dataclass(frozen=True)
class Present:
    visit: Visit
    customer: Customer


@dataclass(frozen=True)
class Coming:
    appointment: Appointment
    customer: Customer


@dataclass(frozen=True)
class Today:
    todos: tuple[Todo, ...]
    mine: int
    """How many are this person's and can be acted on: nothing says to hold off."""
    unassigned: int
    """How many are nobody's yet."""
    more: int
    """How many there are beside those shown, whoever's they are."""
    present: tuple[Present, ...]
    appointments: tuple[Coming, ...]
    asked: tuple[Asked, ...] = ()
    promises: Promises = NO_PROMISES


def today(
    device: Device,
    *,
    staff_id: str | None,
    shop_id: str | None,
    zone: tzinfo,
    now: datetime,
    playbook: Playbook,
) -> Today:
    """Read the day of a member of staff in this shop. Follow-ups: their own, then nobody's; each as the queue has them."""
    cache = device.cache
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = midnight + timedelta(days=1)
    due = [one for one in _follow_ups(cache, tonight) if _mine(one, staff_id, shop_id, now)]
    due.sort(key=lambda one: (one.assignee_id is None, place(one, now, tonight)))
    own = [one for one in due if one.assignee_id is not None]
    nobodys = due[len(own) :]
    looked_at = [
        *own,
        *nobodys[: max(MOST - len(own), 0)],
    ]  # no more than are counted or shown: each takes its customer's history
    todos = [made for one in looked_at if (made := _todo(cache, one, zone, now, playbook)) is not None]
    todos.sort(key=lambda one: one.restraint is not None)
    return Today(
        tuple(todos[:MOST]),
        sum(1 for one in todos if one.follow_up.assignee_id is not None and one.restraint is None),
        len(nobodys),
        len(todos[MOST:]) + len(due) - len(looked_at),
        _present(cache, shop_id, now),
        _appointments(cache, staff_id, shop_id, midnight, tonight, now),
        _asked(cache, staff_id, shop_id),
        shop_promises(cache, staff_id=staff_id, shop_id=shop_id, now=now, zone=zone),
    )


def waiting_count(device: Device, *, staff_id: str | None, shop_id: str | None, zone: tzinfo, now: datetime) -> int:
    """Return how many follow-ups this person can do something about now, the badge on the rail: their own of today, but those
    of customers who are to be left alone or are not here any more, and drafts that wait for this person's word."""
    cache = device.cache
    tonight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    due = (one for one in _follow_ups(cache, tonight) if one.assignee_id is not None)
    mine = (_todo(cache, one, zone, now, cache.playbook()) for one in due if _mine(one, staff_id, shop_id, now))
    return sum(1 for one in mine if one is not None and one.restraint is None) + _drafts(cache, staff_id, shop_id)


def _drafts(cache: Cache, staff_id: str | None, shop_id: str | None) -> int:
    me = cache.record("staff", staff_id) if staff_id is not None else None
    if not isinstance(me, Staff):
        return 0
    found = (m for m in cache.records("message") if isinstance(m, Message) and m.shop_id == shop_id)
    return sum(1 for m in found if m.state is MessageState.AWAITING_APPROVAL and (leads(me) or asked(m, me)))


def _asked(cache: Cache, staff_id: str | None, shop_id: str | None) -> tuple[Asked, ...]:
    me = cache.record("staff", staff_id) if staff_id is not None else None
    if not isinstance(me, Staff):
        return ()
    waiting = [m for m in cache.records("message") if isinstance(m, Message) and m.shop_id == shop_id and asked(m, me)]
    pairs = ((m, cache.record("customer", m.customer_id)) for m in sorted(waiting, key=lambda m: m.at))
    return tuple(Asked(m, customer) for m, customer in pairs if isinstance(customer, Customer))


def _follow_ups(cache: Cache, until: datetime) -> list[FollowUp]:
    """What is due by then, and what a manager sent back, whenever it is due: its writer is waited for."""
    found = (one for one in cache.records("follow_up") if isinstance(one, FollowUp))
    return [one for one in found if one.due_at < until or one.state is FollowUpState.RETURNED]


def _mine(one: FollowUp, staff_id: str | None, shop_id: str | None, now: datetime) -> bool:
    return (
        one.state in _TODO
        and not out_of_time(one, now)
        and one.shop_id == shop_id
        and one.assignee_id in {staff_id, None}
    )


def _todo(cache: Cache, one: FollowUp, zone: tzinfo, now: datetime, playbook: Playbook) -> Todo | None:
    try:
        facts = facts_from(cache.customer_range(one.customer_id))
    except NotFound:
        return None  # she has left this tablet since
    asked_for = one.cause in {
        Cause.REPLY,
        Cause.ALTERATION_READY,
        Cause.HOLD_READY,
        Cause.APPOINTMENT,
        Cause.ORDER,
        Cause.CORRECTION,
    }
    restraint = None if asked_for else leave_alone(facts, now=now, zone=zone, playbook=playbook)
    return Todo(one, facts.customer, restraint, one.due_at < now)


def _present(cache: Cache, shop_id: str | None, now: datetime) -> tuple[Present, ...]:
    found: dict[str, Present] = {}
    visits = [v for v in cache.records("visit", since=now - STAY) if isinstance(v, Visit)]
    for visit in sorted(visits, key=lambda v: v.at, reverse=True):
        if visit.shop_id != shop_id or visit.ended_at is not None or visit.customer_id in found or visit.at > now:
            continue
        customer = cache.record("customer", visit.customer_id)
        if isinstance(customer, Customer):
            found[visit.customer_id] = Present(visit, customer)
    return tuple(found.values())


def _appointments(
    cache: Cache, staff_id: str | None, shop_id: str | None, since: datetime, until: datetime, now: datetime
) -> tuple[Coming, ...]:
    found = []
    for one in cache.records("appointment", since=since, until=until):
        if not isinstance(one, Appointment) or one.state not in (AppointmentState.BOOKED, AppointmentState.ARRIVED):
            continue
        if one.at + timedelta(minutes=one.minutes) < now:
            continue
        here = one.shop_id == shop_id if one.appointment_kind is AppointmentKind.STORE else one.staff_id == staff_id
        customer = cache.record("customer", one.customer_id)
        if (here or one.shop_id == shop_id) and isinstance(customer, Customer):
            found.append(Coming(one, customer))
    return tuple(sorted(found, key=lambda c: c.appointment.at))
