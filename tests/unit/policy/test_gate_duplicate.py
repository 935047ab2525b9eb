"""Two members of staff, one thing to say: the second message about it is held back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.model.customer import BrowseEvent, Channel
from sync.model.outreach import Cause, Message, MessageState
from sync.policy.facts import CustomerFacts
from sync.policy.gate import Decision, judge
from sync.policy.playbook import load_playbook
from tests.unit.policy.build import (
    NOW,
    TOKYO,
    ago,
    appointment,
    granted,
    her_message,
    look,
    message,
    order,
    story,
    visit,
)

SHIPPED = load_playbook()
PLAYBOOK = SHIPPED.model_copy(update={"contact": SHIPPED.contact.model_copy(update={"caps": ()})})
"""Without caps, so that only being said twice stands against it."""


def ask(facts: CustomerFacts, cause: Cause, mine: Message | None = None, **more: Any) -> Decision:
    return judge(
        facts,
        cause=cause,
        channel=Channel.LINE,
        now=NOW,
        zone=TOKYO,
        playbook=PLAYBOOK,
        message_id=mine.id if mine else None,
        **more,
    )


def codes(decision: Decision) -> list[str]:
    return [one.code for one in decision.refusals]


@pytest.mark.parametrize(
    ("cause", "about"),
    [
        (Cause.AFTER_VISIT, visit(ago(3))),
        (Cause.AFTER_PURCHASE, order(ago(3))),
        (Cause.FIRST_PURCHASE, order(ago(3))),
        (Cause.RETURNED, visit(ago(3))),
        (Cause.RETURNED, appointment(NOW + timedelta(days=5), booked_at=ago(3))),
        (Cause.AFTER_APPOINTMENT, appointment(ago(3), booked_at=ago(9))),
        (Cause.LAPSED, visit(ago(3))),
        (Cause.WEB_UP, visit(ago(3))),
        (Cause.CART_LEFT, look(ago(3), BrowseEvent.PRODUCT_ADDED)),
    ],
)
def test_the_same_visit_is_not_spoken_of_twice(cause: Cause, about: object) -> None:
    """What a colleague wrote since the visit, the purchase or whatever it is about stands against a second message by any
    channel; what was written before it, or for something else, does not."""
    agreed = granted(purpose="campaign")
    told = message(ago(2), cause, channel=Channel.EMAIL, staff_id="staff-2")
    decision = ask(story(agreed, about, told), cause)
    assert codes(decision) == ["duplicate"]
    assert decision.refusals[0].params == {"at": ago(2).isoformat(), "cause": cause.value, "staff_id": "staff-2"}
    assert ask(story(agreed, about, message(ago(4), cause)), cause).allowed
    assert ask(story(agreed, about, message(ago(2), Cause.CAMPAIGN)), cause).allowed


def test_a_visit_with_its_purchase_is_one_episode() -> None:
    """Written while she was still there, before she paid: it was about this visit."""
    came, paid = visit(ago(hours=5)), order(ago(hours=3))
    assert codes(ask(story(came, paid, message(ago(hours=4))), Cause.AFTER_VISIT)) == ["duplicate"]
    assert ask(story(visit(ago(2)), paid, message(ago(1))), Cause.AFTER_VISIT).allowed


@pytest.mark.parametrize("state", list(MessageState))
def test_a_draft_that_waits_counts(state: MessageState) -> None:
    """A draft before a manager, or one on its way, is enough; one that did not go, or was sent back, is none."""
    decision = ask(story(visit(ago(3)), message(ago(1), state=state)), Cause.AFTER_VISIT)
    assert decision.allowed is (state.value in ("returned", "failed", "cancelled", "blocked", "received"))


def test_one_follow_up_is_answered_once() -> None:
    """Of one follow-up it does not matter what the other message calls its cause."""
    told = message(ago(1), Cause.AFTER_PURCHASE, follow_up_id="follow-up-1")
    assert codes(ask(story(told), Cause.DUE_AGAIN, follow_up_id="follow-up-1")) == ["duplicate"]
    assert ask(story(told), Cause.DUE_AGAIN, follow_up_id="follow-up-2").allowed
    assert ask(story(told), Cause.DUE_AGAIN).allowed


@pytest.mark.parametrize("cause", [Cause.BIRTHDAY, Cause.ANNIVERSARY])
def test_a_day_of_the_year_is_thought_of_once(cause: Cause) -> None:
    """Who was congratulated two days ago is not congratulated again; a year ago was another day."""
    assert codes(ask(story(message(ago(2), cause)), cause)) == ["duplicate"]
    assert ask(story(message(ago(364), cause)), cause).allowed


def test_of_two_that_wait_the_earlier_goes() -> None:
    """Where two came to wait for the same visit, as when two records of her were joined, one of them goes, and only one."""
    queued = [message(ago(hours=h), state=MessageState.QUEUED) for h in (3, 2)]
    facts = story(visit(ago(1)), *queued)
    assert ask(facts, Cause.AFTER_VISIT, queued[0]).allowed
    assert codes(ask(facts, Cause.AFTER_VISIT, queued[1])) == ["duplicate"]
    gone = story(visit(ago(1)), queued[0], queued[1].model_copy(update={"state": MessageState.SENT}))
    assert codes(ask(gone, Cause.AFTER_VISIT, queued[0])) == ["duplicate"]


def test_as_shipped_the_cap_does_not_hide_it() -> None:
    """Staff see that it is the same thing, besides that it would be too much."""
    facts = story(visit(ago(3)), message(ago(1)))
    decision = judge(facts, cause=Cause.AFTER_VISIT, channel=Channel.LINE, now=NOW, zone=TOKYO, playbook=SHIPPED)
    assert codes(decision) == ["duplicate", "cap"]


@pytest.mark.parametrize("cause", [Cause.REPLY, Cause.HOLD_READY])
@pytest.mark.parametrize(
    ("minutes", "staff_id", "told"), [(9, "staff-2", True), (11, "staff-2", False), (9, "staff-1", False)]
)
def test_a_second_answer_is_only_told(cause: Cause, minutes: int, staff_id: str, told: bool) -> None:
    """An answer always goes; that a colleague wrote about the same within ten minutes is said beside the yes."""
    facts = story(her_message(ago(hours=1)), message(NOW - timedelta(minutes=minutes), cause, staff_id=staff_id))
    decision = ask(facts, cause, staff_id="staff-1")
    assert decision.allowed
    notes = [one for one in decision.notes if one.code == "also_writing"]
    assert bool(notes) is told
    if told:
        assert notes[0].params["staff_id"] == staff_id
        assert datetime.fromisoformat(notes[0].params["at"]) == NOW - timedelta(minutes=minutes)
