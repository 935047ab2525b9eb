"""No sequence of events opens the gate where a straight re-reading of the records forbids it."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.model.base import Record
from sync.model.customer import Channel, ConsentPurpose
from sync.model.outreach import Cause
from sync.policy.facts import CustomerFacts
from sync.policy.gate import judge, purpose_of
from sync.policy.pause import paused_for
from tests.unit.policy.build import TOKYO, consent, story
from tests.unit.policy.ledger import Case, forbidden
from tests.unit.policy.scenes import PLAYBOOK, SCENES, cases, moments, pasts, stories

OFTEN_ENOUGH = 3


@pytest.mark.parametrize("rule", SCENES)
def test_nothing_forbidden_is_let_through(rule: str) -> None:
    """Whatever happened before, what the gate and the pauses let through a plain reading of the records allows at that
    moment: for a message in the making, one planned for later, and one that waits. Each rule forbids alone in enough of
    the stories, so that a gate that has lost the rule lets something through."""
    alone = 0

    @settings(max_examples=50)
    @given(cases(rule))
    def holds(case: Case) -> None:
        decision = judge(
            case.facts,
            cause=case.cause,
            channel=case.channel,
            now=case.now,
            zone=case.zone,
            playbook=case.house.playbook,
            message_id=case.mine.id if case.mine else None,
            planned_for=case.planned_for,
            follow_up_id=case.follow_up_id,
            sender=case.sender,
            body=case.body,
        )
        template = case.mine.template if case.mine else ""
        goes = decision.allowed and paused_for(case.pauses, template, case.sender.shop, case.now) is None
        at_once = set(forbidden(case, case.earliest))
        nonlocal alone
        alone += at_once == {rule}
        assert decision.allowed is not bool(decision.refusals)
        assert decision.purpose is purpose_of(case.cause)
        assert decision.allowed or decision.send_after is None
        if goes:
            assert set(forbidden(case, decision.send_after or case.now)) == set()

    holds()
    assert alone >= OFTEN_ENOUGH, "too few stories in which only this rule forbids"


@given(stories, st.sampled_from(list(Cause)), st.sampled_from(list(Channel)), moments, st.data())
def test_a_refusal_never_opens_anything(
    facts: CustomerFacts, cause: Cause, channel: Channel, now: datetime, data: st.DataObject
) -> None:
    """One more refusal of hers, on any channel and for any purpose, never lets a message through that was held back."""
    scope = data.draw(st.sampled_from([None, *Channel]))
    purpose = data.draw(st.sampled_from(list(ConsentPurpose)))
    held = judge(facts, cause=cause, channel=channel, now=now, zone=TOKYO, playbook=PLAYBOOK)
    entry: Record = consent(scope, purpose.value, "refused", data.draw(pasts))
    past = (
        *facts.consents,
        *facts.messages,
        *facts.contacts_elsewhere,
        *facts.visits,
        *facts.interactions,
        *facts.orders,
        *facts.appointments,
    )
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
