"""Whom a contact brought back: who was written to and then came, or bought, within some days. For calm, not for ranking.

It says that one followed the other, not that it came of it. What was coming anyway (an appointment that had been booked before) and
what was asked for (service) or sent to many (campaign) counts as nobody's contact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from sync.model.base import Id
from sync.model.customer import CAME, NOTHING_CAME_OF_IT, Visit
from sync.model.outreach import Direction, Message, MessageState, Purpose
from sync.policy.facts import WEB_SHOP_ID, CustomerFacts

_WENT = frozenset({MessageState.SENT, MessageState.DELIVERED})
_PERSONAL = frozenset({Purpose.RELATIONSHIP, Purpose.REPLY})


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """One customer's coming after a contact."""

    customer_id: Id
    at: datetime
    how: Literal["visit", "order", "web_order"]
    contacted_at: datetime
    """When the last of the contacts before it went out."""
    staff_ids: tuple[Id, ...]
    """All who have a part in it, each once: in whose name it went, who wrote it, who received her, who handed her over."""


@dataclass(frozen=True, slots=True)
class _Coming:
    first: datetime
    last: datetime
    how: Literal["visit", "order", "web_order"]
    visits: tuple[Visit, ...]
    booked_at: datetime | None
    """When it was first agreed that she comes on that day."""


def brought_back(
    facts: CustomerFacts, *, since: datetime, until: datetime, zone: tzinfo, days: int
) -> BroughtBack | None:
    """Return the first coming in `since <= at < until` that followed a contact of the `days` before it, or None.

    A contact that was followed by an earlier coming has had its result. What happened on one day (in `zone`) is one coming.
    """
    before: datetime | None = None
    for coming in _comings(facts, until, zone):
        earliest = coming.first - timedelta(days=days)
        led = [
            one
            for one in facts.messages
            if (at := _went(one)) is not None
            and earliest <= at < coming.first
            and (before is None or at > before)
            and (coming.booked_at is None or at < coming.booked_at)
        ]
        before = coming.last
        if led and coming.first >= since:
            people = [who for one in led for who in (one.staff_id, one.writer_id)]
            people += [who for visit in coming.visits for who in (visit.handed_by, visit.staff_id)]
            told = tuple(dict.fromkeys(who for who in people if who is not None))
            last = max(at for one in led if (at := _went(one)) is not None)
            return BroughtBack(facts.customer.id, coming.first, coming.how, last, told)
    return None


def _went(message: Message) -> datetime | None:
    """When a contact of somebody's own went out; None for what is no such contact."""
    personal = message.direction is Direction.OUT and message.purpose in _PERSONAL and message.writer_id is not None
    return (message.sent_at or message.at) if personal and message.state in _WENT else None


def _comings(facts: CustomerFacts, until: datetime, zone: tzinfo) -> Iterator[_Coming]:
    """Each day on which she came or bought before `until`, the earliest first. What was given back was not bought."""
    moments: list[tuple[datetime, Literal["visit", "order", "web_order"]]] = [(one.at, "visit") for one in facts.visits]
    moments += [(one.at, "visit") for one in facts.appointments if one.state in CAME]
    moments += [
        (one.at, "web_order" if one.shop_id == WEB_SHOP_ID else "order") for one in facts.orders if not one.refunded
    ]
    by_day: dict[object, list[tuple[datetime, Literal["visit", "order", "web_order"]]]] = {}
    for at, how in sorted(moments):
        if at < until:
            by_day.setdefault(at.astimezone(zone).date(), []).append((at, how))
    agreed = [one for one in facts.appointments if one.state not in NOTHING_CAME_OF_IT]
    for day, found in by_day.items():
        ways = {how for _at, how in found}
        yield _Coming(
            first=found[0][0],
            last=found[-1][0],
            how="order" if "order" in ways else "visit" if "visit" in ways else "web_order",
            visits=tuple(one for one in facts.visits if one.at < until and one.at.astimezone(zone).date() == day),
            booked_at=min((one.booked_at for one in agreed if one.at.astimezone(zone).date() == day), default=None),
        )
