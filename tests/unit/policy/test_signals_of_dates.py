"""Signals of a day or an hour: a birthday, a message that waits for an answer, an appointment."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.model.customer import AppointmentKind, Channel
from sync.model.outreach import Cause, MessageState
from sync.policy.signals import (
    appointment,
    birthday,
    reply,
)
from tests.unit.policy import build as b
from tests.unit.policy.build import NOW, TOKYO, ago, story
from tests.unit.policy.heard import LONG_AGO, all_heard, heard

# Birthday


@pytest.mark.parametrize(
    ("given", "speaks", "in_days"),
    [("11-20", True, 0), ("11-23", True, 3), ("11-24", False, 0), ("11-19", True, -1), ("11-18", False, 0)],
)
def test_a_birthday_is_congratulated_where_given(given: str, speaks: bool, in_days: int) -> None:
    """Shown three days ahead, due on the day, over after the next."""
    proposal = heard(birthday, story(her=b.customer(birthday=given)))
    assert (proposal is not None) is speaks
    if proposal is not None:
        assert proposal.evidence.params["in_days"] == in_days
        assert proposal.due_at.astimezone(TOKYO).strftime("%m-%d %H:%M") == f"{given} 00:00"


@pytest.mark.parametrize(
    ("given", "now", "day"),
    [
        ("02-29", datetime(2027, 2, 28, 12, tzinfo=TOKYO), "2027-02-28"),
        ("02-29", datetime(2028, 2, 29, 12, tzinfo=TOKYO), "2028-02-29"),
        ("01-01", datetime(2026, 12, 30, 12, tzinfo=TOKYO), "2027-01-01"),
        ("12-31", datetime(2027, 1, 1, 12, tzinfo=TOKYO), "2026-12-31"),
    ],
)
def test_birthdays_at_the_edges_of_the_calendar(given: str, now: datetime, day: str) -> None:
    """29 February has a day every year, and the turn of the year hides none."""
    proposal = heard(birthday, story(her=b.customer(birthday=given)), now)
    assert proposal is not None
    assert proposal.evidence.params["day"] == day


@pytest.mark.parametrize("given", ["", "13-40", "00-00"])
def test_no_birthday_given_none_congratulated(given: str) -> None:
    """Without a birthday, or with one that is on no calendar, nothing is said and nothing breaks."""
    assert heard(birthday, story(her=b.customer(birthday=given))) is None


# Her message, her appointment


def test_her_unanswered_message_comes_first() -> None:
    """An answer goes before everything else, in the channel she wrote in; two messages of hers are one answer."""
    first, second = b.her_message(ago(hours=5), Channel.EMAIL), b.her_message(ago(hours=2), Channel.EMAIL)
    facts = story(first, second, *LONG_AGO, b.visit(ago(hours=1)))
    found = all_heard(facts)
    assert [p.cause for p in found][:2] == [Cause.REPLY, Cause.RETURNED]
    assert found[0].channel is Channel.EMAIL
    assert found[0].evidence.params["message_id"] == second.id
    assert found[0].evidence.params["unanswered"] == 2
    assert found[0].due_at == first.at + timedelta(hours=3)


@pytest.mark.parametrize(
    ("ours", "waits"),
    [
        (b.message(ago(hours=1), Cause.REPLY), False),
        (b.message(ago(hours=1), Cause.REPLY, MessageState.FAILED), True),
        (b.message(ago(hours=1), Cause.CAMPAIGN), True),
        (b.message(ago(hours=9)), True),
    ],
    ids=["answered", "the answer failed", "a campaign is no answer", "ours was before"],
)
def test_what_answers_her(ours: Any, waits: bool) -> None:
    """Only what somebody wrote to her since, and what went, is an answer."""
    assert (heard(reply, story(b.her_message(ago(hours=5)), ours)) is not None) is waits


def test_after_72_hours_it_is_no_answer_any_more() -> None:
    """An old message of hers is for the timeline, not for a reply."""
    assert heard(reply, story(b.her_message(ago(4)))) is None


def test_an_appointment_is_reminded_of_once() -> None:
    """In the two days before, not on the day it was booked, and once."""
    coming = b.appointment(NOW + timedelta(hours=30), ago(9), appointment_kind=AppointmentKind.VIDEO)
    proposal = heard(appointment, story(coming))
    assert proposal is not None
    assert proposal.evidence.params["kind"] == "video"
    assert proposal.stale_after == coming.at
    assert heard(appointment, story(b.appointment(NOW + timedelta(hours=50), ago(9)))) is None
    assert heard(appointment, story(b.appointment(NOW + timedelta(hours=30), ago(hours=1)))) is None
    assert heard(appointment, story(coming, b.message(ago(hours=2), Cause.APPOINTMENT))) is None
