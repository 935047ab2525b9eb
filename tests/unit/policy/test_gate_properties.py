"""No sequence of events opens the gate where a straight re-reading of the records forbids it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.model.base import Record
from sync.model.customer import AppointmentState, Channel, ConsentPurpose, ConsentState, Feeling, Pace
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose
from sync.policy.closing_days import Calendar
from sync.policy.facts import CustomerFacts
from sync.policy.gate import judge, purpose_of
from sync.policy.playbook import Playbook, load_playbook
from tests.unit.policy.build import (
    NOW,
    TOKYO,
    appointment,
    consent,
    customer,
    her_message,
    message,
    note,
    order,
    story,
    visit,
)

PLAYBOOK = load_playbook()
CLOSED = ("2026-11-21", "11-22")
WITH_CLOSED_DAYS = PLAYBOOK.model_copy(update={"calendar": Calendar(closed=CLOSED)})
WITHOUT_CAPS = PLAYBOOK.model_copy(update={"contact": PLAYBOOK.contact.model_copy(update={"caps": ()})})
NOT_HELD = [
    (PLAYBOOK, {"closed"}),
    (WITH_CLOSED_DAYS, set[str]()),
    (WITHOUT_CAPS, {"closed", "one in 7 days", "two in 30 days"}),
]
"""Playbooks, and what each leaves out: without caps the rules that hide behind them show."""
CAPPED = (Purpose.RELATIONSHIP, Purpose.CAMPAIGN)
NOT_SENT = {"failed", "cancelled", "blocked", "returned", "received"}
WENT = {"sent", "delivered", "unknown"}

pasts = st.integers(0, 24 * 100).map(lambda hours: NOW - timedelta(hours=hours))
moments = st.integers(0, 24 * 60 * 3).map(lambda minutes: NOW + timedelta(minutes=minutes))
channels = st.sampled_from(list(Channel))
causes = st.sampled_from([*Cause, *[Cause.LAPSED, Cause.APPOINTMENT, Cause.AFTER_VISIT, Cause.AFTER_PURCHASE] * 4])
tags = ["complaint", "complaint_resolved", "return", "return_settled", "bereavement"]
records = st.one_of(
    st.builds(
        consent,
        st.sampled_from([None, *Channel]),
        st.sampled_from([p.value for p in ConsentPurpose]),
        st.sampled_from(["granted", "granted", "granted", "refused"]),
        pasts,
    ),
    st.builds(
        message,
        pasts,
        causes,
        st.sampled_from([m for m in MessageState if m is not MessageState.RECEIVED]),
        channel=channels,
        send_after=st.none() | moments,
        follow_up_id=st.sampled_from([None, None, "follow-up-1"]),
    ),
    st.builds(her_message, pasts),
    st.builds(visit, pasts),
    st.builds(order, pasts, refunded=st.booleans()),
    st.builds(
        lambda booked_at, hours, state: appointment(booked_at + timedelta(hours=hours), booked_at, state=state),
        pasts,
        st.integers(1, 24 * 20),
        st.sampled_from(list(AppointmentState)),
    ),
    st.builds(
        lambda at, tag, feeling: note(at, tags=(tag,) if tag else (), feeling=feeling),
        pasts,
        st.sampled_from(["", *tags]),
        st.sampled_from([None, *Feeling]),
    ),
)
stories = st.builds(
    lambda found, pace: story(*found, her=customer(pace=pace)),
    st.lists(records, max_size=15),
    st.sampled_from([Pace.ACTIVE, Pace.ACTIVE, Pace.MODEST, Pace.QUIET]),
)

lately = st.integers(0, 24 * 20).map(lambda hours: NOW - timedelta(hours=hours))
few = st.sampled_from([Cause.LAPSED, Cause.AFTER_VISIT, Cause.AFTER_PURCHASE])
states = st.sampled_from([MessageState.DELIVERED, MessageState.QUEUED])
close_stories = st.lists(
    st.one_of(
        st.builds(message, lately, few, states, follow_up_id=st.sampled_from([None, "follow-up-1"])),
        st.builds(message, lately, few, states, follow_up_id=st.sampled_from([None, "follow-up-1"])),
        st.builds(visit, lately),
        st.builds(order, lately),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: story(*found))
"""Little has happened, and all of it lately and about the same."""


def arrives(one: Message) -> datetime:
    return max(one.at, one.send_after or one.at)


def forbidden(
    facts: CustomerFacts, cause: Cause, channel: Channel, when: datetime, now: datetime, mine: Message | None
) -> Iterator[str]:
    """Read the rules once more, plainly and from the records alone, for a message that would arrive at `when`. It was
    written at `now`, or it is `mine`."""
    purpose = purpose_of(cause)
    ledger = sorted(facts.consents, key=lambda c: (c.at, c.state is ConsentState.REFUSED))
    here = [c for c in ledger if c.channel in (None, channel)]
    everything = [c.state for c in here if c.purpose is ConsentPurpose.ALL]
    if everything and everything[-1] is ConsentState.REFUSED:
        yield "opted out"
    there = when.astimezone(TOKYO)
    if not (7 <= there.hour < 21 if purpose is Purpose.REPLY else 9 <= there.hour < 20):
        yield "quiet hours"
    if mine is not None and when - arrives(mine) > timedelta(hours=72):
        yield "expired"
    if purpose is Purpose.REPLY:
        hers = [m for m in facts.messages if m.direction is Direction.IN]
        if not any(timedelta() <= when - m.at <= timedelta(hours=72) for m in hers):
            yield "nothing to answer"
    written = mine.at if mine else now
    yield from _gone(facts, cause, written, when)
    if purpose in CAPPED:
        yield from _unwanted(facts, cause, when)
        yield from _too_much(facts, when, mine)
        yield from _said_twice(facts, cause, written, mine)
        if f"{there:%m-%d}" in ("11-21", "11-22"):
            yield "closed"
        narrow: dict[ConsentPurpose, list[ConsentState | None]]
        narrow = {p: [c.state for c in here if c.purpose is p] for p in ConsentPurpose}
        campaign = (narrow[ConsentPurpose.CAMPAIGN] or everything or [None])[-1]
        relationship = (narrow[ConsentPurpose.RELATIONSHIP] or everything or [campaign])[-1]
        if (campaign if purpose is Purpose.CAMPAIGN else relationship) is not ConsentState.GRANTED:
            yield "no consent"


def _gone(facts: CustomerFacts, cause: Cause, written: datetime, when: datetime) -> Iterator[str]:
    bought = any(written < o.at <= when for o in facts.orders if not o.refunded)
    came = any(written < v.at <= when for v in facts.visits) or any(written < o.at <= when for o in facts.orders)
    if bought and cause.value in ("after_visit", "cart_left", "lapsed", "web_up", "wanted_in_stock"):
        yield "bought since"
    if came and cause.value in ("lapsed", "web_up"):
        yield "came since"
    if cause is Cause.APPOINTMENT:
        then_ahead = [a for a in facts.appointments if a.booked_at <= written < a.at]
        if then_ahead and not any(a.state is AppointmentState.BOOKED and a.at > when for a in then_ahead):
            yield "no appointment left"
    orders = sorted((o for o in facts.orders if o.at <= written), key=lambda o: (o.at, o.id))
    if orders and cause is Cause.FIRST_PURCHASE and orders[0].refunded:
        yield "first purchase went back"
    if orders and cause is Cause.AFTER_PURCHASE and orders[-1].refunded:
        yield "purchase went back"


def _unwanted(facts: CustomerFacts, cause: Cause, when: datetime) -> Iterator[str]:
    if facts.customer.pace is Pace.QUIET:
        yield "left in peace"
    notes = sorted((n for n in facts.interactions if n.at <= when), key=lambda n: (n.at, n.id))
    for opens, closes in (("complaint", "complaint_resolved"), ("return", "return_settled")):
        marks = [n.tags[0] for n in notes if n.tags and n.tags[0] in (opens, closes)]
        if marks and marks[-1] == opens:
            yield f"{opens} open"
    felt = [n for n in notes if n.feeling in (Feeling.HAPPY, Feeling.DISPLEASED)]
    if felt and felt[-1].feeling is Feeling.DISPLEASED and when - felt[-1].at < timedelta(days=30):
        yield "displeased"
    mourning = [n.at for n in notes if "bereavement" in n.tags]
    if cause.value in ("birthday", "anniversary") and any(when - at < timedelta(days=90) for at in mourning):
        yield "mourning"


def _too_much(facts: CustomerFacts, when: datetime, mine: Message | None) -> Iterator[str]:
    others = [m for m in facts.messages if m.purpose in CAPPED and m.state.value not in NOT_SENT and m is not mine]
    times = [arrives(m) for m in others]
    if any(abs(when - at) < timedelta(days=7) for at in times):
        yield "one in 7 days"
    if any(max(a, b, when) - min(a, b, when) < timedelta(days=30) for a, b in combinations(times, 2)):
        yield "two in 30 days"
    if facts.customer.pace is Pace.MODEST and any(abs(when - at) < timedelta(days=14) for at in times):
        yield "asked for two weeks between"
    answers = [m.at for m in facts.messages if m.direction is Direction.IN]
    answers += [v.at for v in facts.visits] + [o.at for o in facts.orders] + [a.booked_at for a in facts.appointments]
    answers += [a.at for a in facts.appointments if a.state is AppointmentState.DONE]
    sent = [arrives(m) for m in others if m.state.value in WENT and arrives(m) <= when]
    silent = [at for at in sent if when - at < timedelta(days=90) and not any(at <= a <= when for a in answers)]
    if len(silent) >= 2:
        yield "two unanswered in 90 days"


def _said_twice(facts: CustomerFacts, cause: Cause, written: datetime, mine: Message | None) -> Iterator[str]:
    others = [m for m in facts.messages if m.purpose in CAPPED and m.state.value not in NOT_SENT and m is not mine]
    if mine is not None:  # of two that wait, the earlier one goes
        waits = ("awaiting_approval", "queued")
        others = [m for m in others if m.state.value not in waits or (m.at, m.id) < (mine.at, mine.id)]
        if mine.follow_up_id and any(m.follow_up_id == mine.follow_up_id for m in others):
            yield "follow-up answered"
    same = [m.at for m in others if m.cause is cause]
    about: list[datetime] = []
    if cause is Cause.AFTER_VISIT:
        about = [v.at for v in facts.visits] + [o.at for o in facts.orders]
    elif cause is Cause.AFTER_PURCHASE:
        about = [o.at for o in facts.orders]
    last = max((at for at in about if at <= written), default=None)
    if last is not None and any(at >= last for at in same):
        yield "said before"


@settings(max_examples=1500)
@given(st.one_of(stories, close_stories), causes, channels, moments, st.sampled_from(NOT_HELD), st.data())
def test_nothing_forbidden_is_let_through(
    facts: CustomerFacts,
    cause: Cause,
    channel: Channel,
    now: datetime,
    house: tuple[Playbook, set[str]],
    data: st.DataObject,
) -> None:
    """Whatever happened before, what the gate lets through a plain reading of the records allows at that moment: for a
    message in the making, one planned for later, and one that waits."""
    queued = [m for m in facts.messages if m.state in (MessageState.QUEUED, MessageState.AWAITING_APPROVAL)]
    mine = data.draw(st.sampled_from([None, *queued]))
    planned_for = data.draw(st.none() | moments)
    if mine is not None:
        cause, channel, planned_for = mine.cause, mine.channel, None
    decision = judge(
        facts,
        cause=cause,
        channel=channel,
        now=now,
        zone=TOKYO,
        playbook=house[0],
        message_id=mine.id if mine else None,
        planned_for=planned_for,
    )
    assert decision.allowed is not bool(decision.refusals)
    assert decision.purpose is purpose_of(cause)
    if decision.allowed:
        found = set(forbidden(facts, cause, channel, decision.send_after or now, now, mine))
        assert found - house[1] == set()
    else:
        assert decision.send_after is None


@given(stories, st.sampled_from(list(Cause)), st.sampled_from(list(Channel)), moments, st.data())
def test_a_refusal_never_opens_anything(
    facts: CustomerFacts, cause: Cause, channel: Channel, now: datetime, data: st.DataObject
) -> None:
    """One more refusal of hers, on any channel and for any purpose, never lets a message through that was held back."""
    scope = data.draw(st.sampled_from([None, *Channel]))
    purpose = data.draw(st.sampled_from(list(ConsentPurpose)))
    held = judge(facts, cause=cause, channel=channel, now=now, zone=TOKYO, playbook=PLAYBOOK)
    entry: Record = consent(scope, purpose.value, "refused", data.draw(pasts))
    past = (*facts.consents, *facts.messages, *facts.visits, *facts.interactions, *facts.orders, *facts.appointments)
    more = story(*past, entry, her=facts.customer, consented=False)
    after = judge(more, cause=cause, channel=channel, now=now, zone=TOKYO, playbook=PLAYBOOK)
    assert held.allowed or not after.allowed


@given(stories, st.sampled_from([Cause.RETURNED, Cause.CAMPAIGN]), moments)
def test_the_next_time_it_names_is_one(facts: CustomerFacts, cause: Cause, now: datetime) -> None:
    """Where only caps and pace stand against it, at the time they name they do not any more."""
    decision = judge(facts, cause=cause, channel=Channel.LINE, now=now, zone=TOKYO, playbook=PLAYBOOK)
    named = [r.params["next_at"] for r in decision.refusals if r.code in ("cap", "pace_gap") and "next_at" in r.params]
    for text in named:
        later = judge(
            facts, cause=cause, channel=Channel.LINE, now=datetime.fromisoformat(text), zone=TOKYO, playbook=PLAYBOOK
        )
        assert not {"cap", "pace_gap"} & {r.code for r in later.refusals}
