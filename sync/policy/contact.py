"""How often she has been written to, and what holds us back from writing again.

A contact is a relationship or campaign message of ours that reached her, may have reached her, or is on its way: queued,
sending, sent, delivered, unknown, and awaiting approval too, so that a second member of staff does not draft beside the
first. What failed, was cancelled, blocked or sent back to its writer is none. What another tool did in such a purpose (a
broadcast, a call, a letter) is one as much as ours: she does not count by tools. Answers and service messages are none:
they are never held back, and never hold back.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.model.customer import Feeling, Pace
from sync.model.outreach import ContactElsewhere, Direction, Message, MessageState, Purpose, Reason
from sync.policy.facts import CustomerFacts
from sync.policy.playbook import Cap, Contact, Playbook
from sync.policy.playbook_rules import Restraint
from sync.policy.slips import open_complaint

COUNTED_STATES = frozenset(
    {
        MessageState.AWAITING_APPROVAL,
        MessageState.QUEUED,
        MessageState.SENDING,
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.UNKNOWN,
    }
)
CAPPED_PURPOSES = frozenset({Purpose.RELATIONSHIP, Purpose.CAMPAIGN})


def iso(at: datetime) -> str:
    """Return a moment as it stands in a reason's parameters: ISO 8601 in UTC."""
    return at.astimezone(UTC).isoformat()


def contact_time(message: Message | ContactElsewhere) -> datetime:
    """Return when a message or another tool's contact reached her, or will."""
    if isinstance(message, ContactElsewhere):
        return message.at
    return message.sent_at or max(message.at, message.send_after or message.at)


def outgoing(facts: CustomerFacts, but_not: str | None = None) -> tuple[Message, ...]:
    """Return our messages that went or will go, of any purpose, the latest first; `but_not` leaves one out."""
    ours = (m for m in facts.messages if m.direction is Direction.OUT and m.state in COUNTED_STATES and m.id != but_not)
    return tuple(sorted(ours, key=contact_time, reverse=True))


def contacts(facts: CustomerFacts, but_not: str | None = None) -> tuple[Message | ContactElsewhere, ...]:
    """Return what counts as a contact, our messages and other tools', the latest first."""
    every: list[Message | ContactElsewhere] = [*outgoing(facts, but_not), *facts.contacts_elsewhere]
    return tuple(sorted((m for m in every if m.purpose in CAPPED_PURPOSES), key=contact_time, reverse=True))


def cap_reached(times: Sequence[datetime], when: datetime, cap: Cap) -> int | None:
    """Return how many of `times` share a span of the cap's days with `when`, if one more would be too many; else None."""
    span = timedelta(days=cap.days)
    near = [t for t in times if abs(t - when) < span]
    starts = [t for t in near if t <= when] + [when]
    fullest = max(sum(start <= t < start + span for t in near) for start in starts)
    return fullest if fullest + 1 > cap.most else None


def gap_kept(times: Sequence[datetime], when: datetime, days: int) -> bool:
    """Return whether `when` keeps a distance of `days` to each of `times`."""
    return all(abs(t - when) >= timedelta(days=days) for t in times)


def next_contact(
    facts: CustomerFacts,
    when: datetime,
    rules: Contact,
    but_not: str | None = None,
    also: datetime | None = None,
) -> datetime | None:
    """Return the first moment from `when` on that caps and pace leave free, or None where they never do. `also` is
    counted as one more contact: with `also=when` the answer is the next one after this."""
    times = [contact_time(m) for m in contacts(facts, but_not)]
    if also is not None:
        times.append(also)
    gap = rules.gap_days.get(facts.customer.pace, 0)
    spans = {*(cap.days for cap in rules.caps), gap}
    candidates = {when, *(t + timedelta(days=d) for t in times for d in spans)}
    free = (
        t
        for t in sorted(candidates)
        if t >= when and gap_kept(times, t, gap) and all(cap_reached(times, t, cap) is None for cap in rules.caps)
    )
    return next(free, None)


def frequency(facts: CustomerFacts, when: datetime, rules: Contact, but_not: str | None = None) -> Iterator[Reason]:
    """Yield what caps and pace have against a contact at `when`."""
    times = [contact_time(m) for m in contacts(facts, but_not)]
    free_at = next_contact(facts, when, rules, but_not)
    later: dict[str, Any] = {} if free_at is None else {"next_at": iso(free_at)}
    for cap in rules.caps:
        count = cap_reached(times, when, cap)
        if count is not None:
            yield Reason(code="cap", params={"days": cap.days, "most": cap.most, "count": count, **later})
    gap = rules.gap_days.get(facts.customer.pace, 0)
    if not gap_kept(times, when, gap):
        yield Reason(code="pace_gap", params={"pace": facts.customer.pace.value, "days": gap, **later})


def restraint(facts: CustomerFacts, when: datetime, playbook: Playbook, but_not: str | None = None) -> Iterator[Reason]:
    """Yield what speaks for leaving her alone at `when`, besides having been contacted enough."""
    rules = playbook.contact
    if facts.customer.pace is Pace.QUIET:
        yield Reason(code="pace_quiet")
    complaint = _open_complaint(facts, when, rules)
    if complaint is not None:
        yield Reason(code="open_complaint", params={"at": iso(complaint)})
    back = _return_open(facts, when, playbook.restraint)
    if back is not None:
        yield Reason(code="return_open", params={"at": iso(back)})
    displeased = _displeased(facts, when, rules)
    if displeased is not None:
        until = displeased + timedelta(days=rules.displeased_days)
        yield Reason(code="displeased", params={"at": iso(displeased), "until": iso(until)})
    silent = _unanswered(facts, when, but_not)
    until = silent[0] + timedelta(days=rules.unanswered_days) if len(silent) >= rules.unanswered_most else when
    if when < until:
        yield Reason(
            code="unanswered",
            params={"count": len(silent), "days": rules.unanswered_days, "until": iso(until)},
        )


def _open_complaint(facts: CustomerFacts, when: datetime, rules: Contact) -> datetime | None:
    """The latest complaint that no later note calls resolved, or whose slip is open. It does not lapse: a shop closes
    it, not time."""
    on_a_slip = open_complaint(facts.slips, when)
    if on_a_slip is not None:
        return on_a_slip
    for note in facts.interactions:
        if note.at > when:
            continue
        if any(tag in rules.resolved_tags for tag in note.tags):
            return None
        if any(tag in rules.complaint_tags for tag in note.tags):
            return note.at
    return None


def _return_open(facts: CustomerFacts, when: datetime, rules: Restraint) -> datetime | None:
    """The latest note that she is bringing something back, which no later one calls settled. It does not lapse either."""
    for note in facts.interactions:
        if note.at > when:
            continue
        if not set(note.tags).isdisjoint(rules.returned_tags):
            return None
        if not set(note.tags).isdisjoint(rules.return_tags):
            return note.at
    return None


def _displeased(facts: CustomerFacts, when: datetime, rules: Contact) -> datetime | None:
    """When staff last noted that she was displeased, unless a later note says she was happy, or it is long ago."""
    for note in facts.interactions:
        if note.at > when or note.feeling not in (Feeling.HAPPY, Feeling.DISPLEASED):
            continue
        recent = note.at > when - timedelta(days=rules.displeased_days)
        return note.at if note.feeling is Feeling.DISPLEASED and recent else None
    return None


def _unanswered(facts: CustomerFacts, when: datetime, but_not: str | None) -> list[datetime]:
    """When we wrote without any answer since, latest first, however long ago: days pass, and are no answer. A reply is
    one, and so is coming, buying or booking. What another tool sent is left out: whether that was answered, the tool
    knows, not we."""
    answers = [m.at for m in facts.messages if m.direction is Direction.IN and m.at <= when]
    answers += [*facts.arrivals(when), *(o.at for o in facts.orders if o.at <= when)]
    answers += [a.booked_at for a in facts.appointments if a.booked_at <= when]
    since = max(answers, default=datetime.min.replace(tzinfo=UTC))
    went = (MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN)
    ours = (m for m in outgoing(facts, but_not) if m.purpose in CAPPED_PURPOSES and m.state in went)
    return [contact_time(m) for m in ours if since < contact_time(m) <= when]
