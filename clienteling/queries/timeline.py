"""What happened between a customer and us, newest first, as rows that a screen can word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal

from sync.model.catalogue import Money
from sync.model.customer import NOTHING_CAME_OF_IT, AppointmentKind, Interaction
from sync.model.outreach import Direction, Message
from sync.policy.facts import CustomerFacts
from sync.policy.tact import KEPT

What = Literal["web", "order", "refund", "visit", "note", "sent", "reply", "elsewhere", "appointment", "call"]


@dataclass(frozen=True)
class Entry:
    at: datetime
    what: What
    id: str
    shop_id: str | None = None
    staff_id: str | None = None
    text: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    feeling: str = ""
    amount: Money | None = None
    message: Message | None = None
    means: str = ""
    """How another tool reached her."""
    tool: str = ""
    note: Interaction | None = None


def timeline(facts: CustomerFacts, now: datetime, zone: tzinfo) -> tuple[Entry, ...]:
    """Return all entries up to `now`, newest first. A day in the web shop is one entry of categories, never of items."""
    entries = [*_meetings(facts, now), *_purchases(facts), *_messages(facts), *_web_days(facts, now, zone)]
    return tuple(sorted((one for one in entries if one.at <= now), key=lambda one: (one.at, one.id), reverse=True))


def _meetings(facts: CustomerFacts, now: datetime) -> Iterator[Entry]:
    for visit in facts.visits:
        yield Entry(visit.at, "visit", visit.id, visit.shop_id, visit.staff_id)
    for note in facts.interactions:
        yield Entry(
            note.at,
            "note",
            note.id,
            note.shop_id,
            note.staff_id,
            note.text,
            note.tags,
            feeling=note.feeling or "",
            note=note,
        )
    for one in facts.appointments:
        if one.state in NOTHING_CAME_OF_IT or one.at > now:
            continue
        video = one.appointment_kind is AppointmentKind.VIDEO
        yield Entry(one.at, "call" if video else "appointment", one.id, one.shop_id, one.staff_id, one.subject)


def _purchases(facts: CustomerFacts) -> Iterator[Entry]:
    for order in facts.orders:
        names = "、".join(line.name for line in order.lines[:3])
        yield Entry(
            order.at, "refund" if order.refunded else "order", order.id, order.shop_id, order.staff_id,
            names, amount=order.total,
        )  # fmt: skip


def _messages(facts: CustomerFacts) -> Iterator[Entry]:
    for message in facts.messages:
        what: What = "reply" if message.direction is Direction.IN else "sent"
        yield Entry(message.at, what, message.id, message.shop_id, message.staff_id, message.body, message=message)
    for one in facts.contacts_elsewhere:
        yield Entry(one.at, "elsewhere", one.id, text=one.text, means=one.means.value, tool=one.tool)


def _web_days(facts: CustomerFacts, now: datetime, zone: tzinfo) -> Iterator[Entry]:
    days: dict[date, tuple[datetime, list[str]]] = {}
    for web in facts.web:
        if now - KEPT <= web.at <= now:
            at, categories = days.setdefault(web.at.astimezone(zone).date(), (web.at, []))
            if web.category and web.category not in categories:
                categories.append(web.category)
            days[web.at.astimezone(zone).date()] = (max(at, web.at), categories)
    for day, (at, categories) in days.items():
        yield Entry(at, "web", f"web:{day.isoformat()}", categories=tuple(categories[:3]))
