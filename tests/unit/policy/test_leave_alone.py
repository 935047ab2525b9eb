"""The contrary signal: when to leave her alone, and for which reason first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync.model.customer import BrowseEvent, Channel, Feeling, Pace, Topic
from sync.model.outreach import Cause, Purpose
from sync.policy.bereavement import CONGRATULATIONS, bereaved
from sync.policy.playbook import load_playbook
from sync.policy.signals import leave_alone, proposals
from sync.policy.topics import TOPICS
from tests.unit.policy.build import (
    NOW,
    TOKYO,
    ago,
    customer,
    elsewhere,
    granted,
    look,
    message,
    note,
    order,
    refused,
    story,
    visit,
)

PLAYBOOK = load_playbook()


@pytest.mark.parametrize(
    ("records", "her", "expected"),
    [
        ([], {}, None),
        ([refused(None)], {}, "opted_out"),
        ([refused(c) for c in Channel], {}, "opted_out"),
        ([refused(Channel.LINE), refused(Channel.SMS)], {}, None),
        ([], {"pace": Pace.QUIET}, "pace_quiet"),
        ([note(ago(3), feeling=Feeling.DISPLEASED)], {}, "displeased"),
        ([note(ago(300), tags=("complaint",))], {}, "open_complaint"),
        ([note(ago(20), tags=("return",))], {}, "return_open"),
        ([note(ago(20), tags=("return",)), note(ago(3), tags=("return_settled",))], {}, None),
        ([note(ago(3), tags=("return",), feeling=Feeling.DISPLEASED)], {}, "return_open"),
        ([note(ago(3), tags=("return",)), note(ago(4), tags=("complaint",))], {}, "open_complaint"),
        ([message(ago(3))], {}, "cap"),
        ([message(ago(9))], {}, "stage_gap"),
        ([elsewhere(ago(3))], {}, "cap"),
        ([elsewhere(ago(9), means="letter", purpose=Purpose.RELATIONSHIP)], {}, "stage_gap"),
        ([elsewhere(ago(3), means="phone", purpose=Purpose.SERVICE)], {}, None),
        ([elsewhere(ago(60)), elsewhere(ago(40))], {}, None),
        ([message(ago(9)), *(order(ago(d)) for d in (20, 30, 40))], {}, None),
        ([message(ago(10))], {"pace": Pace.MODEST}, "pace_gap"),
        ([message(ago(60)), message(ago(40))], {}, "unanswered"),
        ([message(ago(60)), message(ago(40)), visit(ago(20))], {}, None),
        ([message(ago(3)), note(ago(2), tags=("complaint",)), refused(None)], {"pace": Pace.QUIET}, "opted_out"),
        ([message(ago(3)), note(ago(2), tags=("complaint",))], {"pace": Pace.QUIET}, "open_complaint"),
    ],
)
def test_the_weightiest_reason_is_named(records: list[Any], her: dict[str, Any], expected: str | None) -> None:
    """Opted out everywhere, an open complaint, something she is bringing back, displeasure, her pace,
    silence on her side, enough contact, too soon for how near she is; in this order."""
    reason = leave_alone(story(*records, her=customer(**her)), now=NOW, zone=TOKYO, playbook=PLAYBOOK)
    assert (reason.code if reason else None) == expected


def test_a_return_is_settled_by_a_note_and_not_by_time() -> None:
    """Two years later it still is open; complaints and returns hold in every shop."""
    elsewhere = note(ago(700), tags=("return",), shop_id="shop-fukuoka")
    reason = leave_alone(story(elsewhere), now=NOW, zone=TOKYO, playbook=PLAYBOOK)
    assert reason is not None
    assert reason.code == "return_open"


@pytest.mark.parametrize("cause", sorted(CONGRATULATIONS))
@pytest.mark.parametrize(("days", "held"), [(0, True), (89, True), (90, False), (400, False)])
def test_nobody_congratulates_her_while_she_mourns(cause: Cause, days: int, held: bool) -> None:
    """For 90 days no birthday and no anniversary; anything else goes on."""
    her = customer(birthday="11-20", anniversary="11-20")
    facts = story(note(ago(days), tags=("bereavement",)), order(ago(1)), her=her)
    said = {p.cause for p in proposals(facts, now=NOW, zone=TOKYO, playbook=PLAYBOOK)}
    assert (cause not in said) is held
    assert Cause.FIRST_PURCHASE in said
    reason = bereaved(facts, NOW, PLAYBOOK.restraint)
    assert (reason is not None) is held
    if reason is not None:
        assert reason.params["until"] == (ago(days) + timedelta(days=90)).isoformat()
    assert bereaved(facts, ago(days + 1), PLAYBOOK.restraint) is None


def test_what_she_declined_to_hear_of_is_not_proposed() -> None:
    """Each proposal goes with its own topic, and the others stay."""
    her = customer(birthday="11-20", anniversary="11-20")
    records = (order(ago(14), "coat"), look(ago(2), BrowseEvent.PRODUCT_ADDED))
    every = {p.cause for p in proposals(story(*records, her=her), now=NOW, zone=TOKYO, playbook=PLAYBOOK)}
    assert {TOPICS[cause] for cause in every} >= {Topic.CELEBRATION, Topic.CARE}
    for topic in Topic:
        held = her.model_copy(update={"declined_topics": (topic,)})
        left = {p.cause for p in proposals(story(*records, her=held), now=NOW, zone=TOKYO, playbook=PLAYBOOK)}
        assert left == {cause for cause in every if TOPICS.get(cause) is not topic}


def test_reasons_to_leave_her_alone_take_all_that_is_ours() -> None:
    """Whatever speaks for silence takes every signal of our own accord, the campaign ones too."""
    lively = customer(birthday="11-20", anniversary="11-20", points=900, points_expire_on=NOW.date())
    agreed = granted(None, "campaign")
    facts = story(agreed, look(ago(2), BrowseEvent.PRODUCT_ADDED), order(ago(14), "coat"), her=lively)
    assert len(proposals(facts, now=NOW, zone=TOKYO, playbook=PLAYBOOK)) >= 4
    held = replace(facts, interactions=(note(ago(3), tags=("return",)),))
    assert proposals(held, now=NOW, zone=TOKYO, playbook=PLAYBOOK) == []
