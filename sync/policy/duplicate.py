"""Two members of staff, one thing to say: the second message about the same episode.

An episode is what a cause is about: a visit, a purchase, a day of the year. Messages of one follow-up are about the same;
otherwise two of one cause are, where the other was written since the visit, the purchase or whatever it was began. What
waits for approval counts. Of two that both still wait the earlier one goes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from sync.model.base import Id
from sync.model.customer import BrowseEvent
from sync.model.outreach import Cause, Message, MessageState, Reason
from sync.policy.contact import CAPPED_PURPOSES, contact_time, contacts, iso, outgoing
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Playbook

AT_THE_SAME_TIME = timedelta(minutes=10)
"""Within which somebody else's answer about the same is worth a word."""
_HALF_A_YEAR = timedelta(days=180)

_GONE = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})


def duplicate(
    facts: CustomerFacts,
    cause: Cause,
    *,
    now: datetime,
    zone: tzinfo,
    playbook: Playbook,
    message: Message | None = None,
    follow_up_id: Id | None = None,
) -> Reason | None:
    """Return that a relationship or campaign message says what another one says: `duplicate` (at, cause, staff_id where
    it is in a person's name). `message` is the one under judgement where it is among the facts already."""
    written = message.at if message else now
    began = episode_began(facts, cause, written, zone, playbook)
    for other in contacts(facts, message.id if message else None):
        if not isinstance(other, Message):  # of what another tool sent, nobody knows what it was about
            continue
        if message is not None and other.state not in _GONE and (other.at, other.id) > (message.at, message.id):
            continue
        of_one = follow_up_id is not None and other.follow_up_id == follow_up_id
        about_one = other.cause is cause and began is not None and other.at >= began
        if of_one or about_one:
            return Reason(code="duplicate", params=_who(other))
    return None


def also_writing(
    facts: CustomerFacts,
    cause: Cause,
    *,
    now: datetime,
    staff_id: Id | None,
    message: Message | None = None,
) -> Reason | None:
    """Return that somebody else wrote about the same minutes ago, or is about to: `also_writing` (at, cause, staff_id)."""
    for other in outgoing(facts, message.id if message else None):
        if other.purpose in CAPPED_PURPOSES or other.cause is not cause:
            continue
        if other.staff_id not in (None, staff_id) and abs(now - other.at) <= AT_THE_SAME_TIME:
            return Reason(code="also_writing", params=_who(other))
    return None


def episode_began(
    facts: CustomerFacts, cause: Cause, written: datetime, zone: tzinfo, playbook: Playbook
) -> datetime | None:
    """Return when that began which a message of this cause, written then, is about; None where a cause names nothing
    of which there is only one at a time. All that happened on one day is one episode: she came, and bought."""
    moments = sorted(at for at in _moments(facts, cause, written, playbook) if at <= written)
    if not moments:
        return None
    latest = moments[0] if cause is Cause.FIRST_PURCHASE else moments[-1]
    day = latest.astimezone(zone).date()
    return next(at for at in moments if at.astimezone(zone).date() == day)


def _moments(facts: CustomerFacts, cause: Cause, written: datetime, playbook: Playbook) -> Iterator[datetime]:
    match cause:
        case Cause.AFTER_VISIT | Cause.LAPSED | Cause.RETURNED | Cause.WEB_UP:
            yield from facts.arrivals(written + timedelta(microseconds=1))
            if cause is Cause.RETURNED:
                yield from (a.booked_at for a in facts.appointments)
            if cause is Cause.WEB_UP:  # when she looks anew weeks later, it is something else
                rules = playbook.signals.web_up
                yield written - timedelta(days=rules.days + rules.before_days)
        case Cause.AFTER_PURCHASE | Cause.FIRST_PURCHASE:
            yield from (order.at for order in facts.orders)
        case Cause.AFTER_APPOINTMENT:
            yield from (a.at for a in facts.appointments)
        case Cause.CART_LEFT:
            yield from (w.at for w in facts.web if w.event is BrowseEvent.PRODUCT_ADDED)
        case Cause.BIRTHDAY | Cause.ANNIVERSARY:
            yield written - _HALF_A_YEAR


def _who(other: Message) -> dict[str, str]:
    params = {"at": iso(contact_time(other)), "cause": other.cause.value}
    return params if other.staff_id is None else {**params, "staff_id": other.staff_id}
