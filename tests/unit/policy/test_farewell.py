"""What comes after a visit: by the signals and the gate, asked ahead of their time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.model.customer import Channel, Feeling, Topic
from sync.model.outreach import Cause, FollowUpState
from sync.policy.facts import CustomerFacts
from sync.policy.farewell import farewell, planned
from sync.policy.gate import judge
from sync.policy.playbook import load_playbook
from sync.policy.queue import closes
from sync.policy.signals import follow_up_id, proposals
from sync.policy.topics import declined
from tests.unit.policy.build import GINZA, NOW, TOKYO, ago, customer, her_message, note, order, story, visit
from tests.unit.policy.scenes import stories

PLAYBOOK = load_playbook()
HERE = visit(ago(hours=1), id="visit-now")


@pytest.mark.parametrize(("category", "days"), [("dress", 10), ("shoes", 14), ("bag", 21)])
def test_what_was_bought_is_asked_after_when_its_category_says(category: str, days: int) -> None:
    """The purchase of that day in that shop: days by the playbook, and the id that the signal gives on that day."""
    facts = story(HERE, order(ago(hours=0.5), category, id="order-now"))
    found = farewell(facts, HERE, zone=TOKYO, playbook=PLAYBOOK).proposal
    assert found is not None
    assert (found.cause, (found.due_at.astimezone(TOKYO).date() - NOW.date()).days) == (Cause.AFTER_PURCHASE, days)
    later = proposals(facts, now=found.due_at + timedelta(hours=10), zone=TOKYO, playbook=PLAYBOOK)
    assert found.episode in [one.episode for one in later]


def test_nothing_bought_is_thanked_for_the_day_after() -> None:
    """The same episode as the rules of the day after; a receipt that waits for the till proposes nothing yet, an order of
    another shop is not this visit's, and a refunded one is none."""
    facts = story(HERE, order(ago(hours=2), shop_id="other"), order(ago(hours=0.5), refunded=True))
    found = farewell(facts, HERE, zone=TOKYO, playbook=PLAYBOOK).proposal
    assert found is None  # she bought that day, elsewhere: nobody thanks for looking only
    facts = story(HERE)
    found = farewell(facts, HERE, zone=TOKYO, playbook=PLAYBOOK).proposal
    assert found is not None
    assert (found.cause, found.episode) == (Cause.AFTER_VISIT, "after_visit:visit-now")
    waiting = HERE.model_copy(update={"receipt": "R-1"})
    assert farewell(story(waiting), waiting, zone=TOKYO, playbook=PLAYBOOK).proposal is None


def test_who_is_not_to_be_written_to_is_not_proposed_and_it_says_why() -> None:
    """No consent, a declined topic, a displeased customer: each is a reason and no follow-up."""
    unasked = farewell(story(HERE, consented=False), HERE, zone=TOKYO, playbook=PLAYBOOK)
    topic = farewell(story(HERE, her=customer(declined_topics=(Topic.CARE,))), HERE, zone=TOKYO, playbook=PLAYBOOK)
    cross = farewell(story(HERE, note(ago(hours=0.2), feeling=Feeling.DISPLEASED)), HERE, zone=TOKYO, playbook=PLAYBOOK)
    assert [one.proposal for one in (unasked, topic, cross)] == [None, None, None]
    assert unasked.held is not None
    assert [one.held and one.held.code for one in (topic, cross)] == ["topic_declined", "displeased"]


@pytest.mark.parametrize("state", [FollowUpState.OPEN, FollowUpState.DISMISSED])
def test_planned_or_declined_it_is_not_asked_again(state: FollowUpState) -> None:
    """Neither at the goodbye nor, once declined, by the rules of the day after; planned, they let it stand meanwhile."""
    found = farewell(story(HERE), HERE, zone=TOKYO, playbook=PLAYBOOK).proposal
    assert found is not None
    made = planned(HERE, found, "staff-1", NOW).model_copy(update={"state": state})
    facts = story(HERE, made)
    assert farewell(facts, HERE, zone=TOKYO, playbook=PLAYBOOK).standing == made
    assert closes(made, NOW, proposed=False, alone=False, reachable=True) is None
    if state is FollowUpState.DISMISSED:
        later = proposals(facts, now=found.due_at + timedelta(hours=10), zone=TOKYO, playbook=PLAYBOOK)
        assert found.episode not in [one.episode for one in later]


@settings(max_examples=60)
@given(stories, st.sampled_from([None, "dress", "bag"]), st.integers(0, 48))
def test_what_is_proposed_may_be_sent_when_it_falls_due(facts: CustomerFacts, bought: str | None, hours: int) -> None:
    """Whatever happened before, at most one answer is given; a proposal names a channel that the gate leaves open on that
    day, no topic that was declined, a day after the visit, and an id of its own."""
    at = NOW + timedelta(hours=hours)
    here = visit(at, id="v", customer_id=facts.customer.id)
    orders = [order(at, bought, customer_id=facts.customer.id, id="o", shop_id=GINZA)] if bought else []
    known = replace(facts, visits=(here, *facts.visits), orders=(*orders, *facts.orders))
    found = farewell(known, here, zone=TOKYO, playbook=PLAYBOOK)
    assert sum(one is not None for one in (found.proposal, found.held, found.standing)) <= 1
    if found.proposal is not None:
        one = found.proposal
        assert isinstance(one.channel, Channel)
        assert judge(known, cause=one.cause, channel=one.channel, now=one.due_at, zone=TOKYO, playbook=PLAYBOOK).allowed
        assert declined(known.customer, one.cause) is None
        assert one.due_at > here.at
        assert planned(here, one, None, at).id == follow_up_id(known.customer.id, one.episode)


def test_a_message_of_hers_holds_nothing_back() -> None:
    """She wrote, and came: the goodbye proposes as ever."""
    facts = story(HERE, her_message(ago(days=3)))
    assert farewell(facts, HERE, zone=TOKYO, playbook=PLAYBOOK).proposal is not None
