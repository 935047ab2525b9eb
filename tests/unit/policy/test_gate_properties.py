"""No sequence of events opens the gate where a straight re-reading of the records forbids it."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.model.base import Record
from sync.model.customer import Channel, ConsentPurpose, ConsentState, Pace
from sync.model.outreach import Cause, Direction, Purpose
from sync.policy.facts import CustomerFacts
from sync.policy.gate import judge, purpose_of
from sync.policy.playbook import load_playbook
from tests.unit.policy.build import NOW, TOKYO, consent, customer, her_message, message, note, story, visit

PLAYBOOK = load_playbook()
CAPPED = (Purpose.RELATIONSHIP, Purpose.CAMPAIGN)
NOT_SENT = {"failed", "cancelled", "blocked", "returned", "received"}

pasts = st.integers(0, 24 * 100).map(lambda hours: NOW - timedelta(hours=hours))
records = st.one_of(
    st.builds(
        consent,
        st.sampled_from([None, *Channel]),
        st.sampled_from([p.value for p in ConsentPurpose]),
        st.sampled_from(["granted", "granted", "granted", "refused"]),
        pasts,
    ),
    st.builds(message, pasts, st.sampled_from(list(Cause)), channel=st.sampled_from(list(Channel))),
    st.builds(her_message, pasts),
    st.builds(visit, pasts),
    st.builds(note, pasts, tags=st.sampled_from([(), ("complaint",), ("complaint_resolved",)])),
)
stories = st.builds(
    lambda found, pace: story(*found, her=customer(pace=pace)),
    st.lists(records, max_size=15),
    st.sampled_from([Pace.ACTIVE, Pace.ACTIVE, Pace.MODEST, Pace.QUIET]),
)
moments = st.integers(0, 24 * 60 * 3).map(lambda minutes: NOW + timedelta(minutes=minutes))


def forbidden(facts: CustomerFacts, purpose: Purpose, channel: Channel, when: datetime) -> bool:
    """Read the rules once more, plainly, for a message that would arrive at `when`."""
    ledger = sorted(facts.consents, key=lambda c: (c.at, c.state is ConsentState.REFUSED))
    here = [c for c in ledger if c.channel in (None, channel)]
    everything = [c.state for c in here if c.purpose is ConsentPurpose.ALL]
    if everything and everything[-1] is ConsentState.REFUSED:
        return True
    clock = when.astimezone(TOKYO).hour
    if not (7 <= clock < 21 if purpose is Purpose.REPLY else 9 <= clock < 20):
        return True
    if purpose is Purpose.REPLY:
        hers = [m for m in facts.messages if m.direction is Direction.IN]
        return not any(timedelta() <= when - m.at <= timedelta(hours=72) for m in hers)
    if purpose is Purpose.SERVICE:
        return False
    if facts.customer.pace is Pace.QUIET:
        return True
    sent = [m.at for m in facts.messages if m.purpose in CAPPED and m.state.value not in NOT_SENT]
    if (
        sum(when - at < timedelta(days=7) for at in sent) >= 1
        or sum(when - at < timedelta(days=30) for at in sent) >= 2
    ):
        return True
    if facts.customer.pace is Pace.MODEST and any(when - at < timedelta(days=14) for at in sent):
        return True
    narrow: dict[ConsentPurpose, list[ConsentState | None]]
    narrow = {p: [c.state for c in here if c.purpose is p] for p in ConsentPurpose}
    campaign = (narrow[ConsentPurpose.CAMPAIGN] or everything or [None])[-1]
    relationship = (narrow[ConsentPurpose.RELATIONSHIP] or everything or [campaign])[-1]
    wanted = campaign if purpose is Purpose.CAMPAIGN else relationship
    return wanted is not ConsentState.GRANTED


@given(stories, st.sampled_from(list(Cause)), st.sampled_from(list(Channel)), moments)
def test_nothing_forbidden_is_let_through(facts: CustomerFacts, cause: Cause, channel: Channel, now: datetime) -> None:
    """Whatever happened before, what the gate lets through a plain reading of the records allows at that moment."""
    decision = judge(facts, cause=cause, channel=channel, now=now, zone=TOKYO, playbook=PLAYBOOK)
    assert decision.allowed is not bool(decision.refusals)
    assert decision.purpose is purpose_of(cause)
    if decision.allowed:
        assert not forbidden(facts, decision.purpose, channel, decision.send_after or now)
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
    past = (*facts.consents, *facts.messages, *facts.visits, *facts.interactions)
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
