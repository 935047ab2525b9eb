"""A message whose reason is gone does not go."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.model.customer import AppointmentState, Channel
from sync.model.outreach import Cause, FollowUp, MessageState, Reason
from sync.policy.gate import Decision, judge
from sync.policy.playbook import load_playbook
from tests.unit.policy.build import GINZA, HER, NOW, TOKYO, ago, appointment, granted, message, order, story, visit

SHIPPED = load_playbook()
PLAYBOOK = SHIPPED.model_copy(update={"contact": SHIPPED.contact.model_copy(update={"caps": ()})})
SOON = NOW + timedelta(hours=5)
CALLED_OFF = {"state": AppointmentState.CANCELLED}


def ask(
    cause: Cause,
    *records: Any,
    written: datetime | None = None,
    now: datetime = NOW,
    follow_up: FollowUp | None = None,
) -> Decision:
    """Judge a queued message that was written then, or one that is only being written."""
    number = follow_up.id if follow_up else None
    mine = message(written, cause, MessageState.QUEUED, follow_up_id=number) if written else None
    also = [each for each in (mine, follow_up) if each is not None]
    return judge(
        story(granted(purpose="campaign"), *records, *also),
        cause=cause,
        channel=Channel.LINE,
        now=now,
        zone=TOKYO,
        playbook=PLAYBOOK,
        message_id=mine.id if mine else None,
        follow_up_id=number,
    )


def follow_up(cause: Cause, created_at: datetime, **params: Any) -> FollowUp:
    return FollowUp(
        id="follow-up-1",
        customer_id=HER,
        shop_id=GINZA,
        cause=cause,
        evidence=Reason(code=cause.value, params=params),
        due_at=created_at,
        created_at=created_at,
    )


def why(decision: Decision) -> str | None:
    return next((one.params["why"] for one in decision.refusals if one.code == "stale_reason"), None)


BOUGHT = {Cause.AFTER_VISIT, Cause.CART_LEFT, Cause.LAPSED, Cause.WEB_UP, Cause.WANTED_IN_STOCK}
CAME = {Cause.LAPSED, Cause.WEB_UP}


@pytest.mark.parametrize("cause", [each for each in Cause if each is not Cause.REPLY])
def test_who_has_bought_since_is_not_invited_to(cause: Cause) -> None:
    """What is written so that she may buy is gone once she has; a thank-you, a service, a campaign are not."""
    told = ask(cause, order(ago(1)), written=ago(2))
    assert why(told) == ("bought" if cause in BOUGHT else None)
    assert why(ask(cause, order(ago(3)), written=ago(2))) is None
    assert why(ask(cause, order(ago(1), refunded=True), written=ago(0.5))) in (None, "refunded")


@pytest.mark.parametrize("cause", [each for each in Cause if each is not Cause.REPLY])
def test_who_has_come_since_is_not_missed(cause: Cause) -> None:
    """An invitation to come is gone once she came."""
    assert why(ask(cause, visit(ago(1)), written=ago(2))) == ("came" if cause in CAME else None)
    assert why(ask(cause, visit(ago(3)), written=ago(2))) is None


def test_the_time_is_told() -> None:
    """With the reason comes when it was, so that staff can see it in the timeline."""
    [refusal] = ask(Cause.LAPSED, visit(ago(1)), written=ago(2)).refusals
    assert refusal == Reason(code="stale_reason", params={"why": "came", "at": ago(1).isoformat()})


def test_a_message_in_the_making_is_as_old_as_its_follow_up() -> None:
    """The follow-up says that she stays away; she came yesterday, and nobody has closed it."""
    found = follow_up(Cause.LAPSED, ago(3))
    assert why(ask(Cause.LAPSED, visit(ago(1)), follow_up=found)) == "came"
    assert why(ask(Cause.LAPSED, visit(ago(4)), follow_up=found)) is None
    assert why(ask(Cause.LAPSED, visit(ago(1)))) is None


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        (appointment(SOON, booked_at=ago(3)), None),
        (appointment(SOON, booked_at=ago(3), **CALLED_OFF), "cancelled"),
        (appointment(ago(hours=1), booked_at=ago(3)), "past"),
        (appointment(SOON, booked_at=ago(3), state=AppointmentState.DONE), "past"),
        (None, None),
    ],
)
def test_a_reminder_needs_its_appointment(booked: object, expected: str | None) -> None:
    """Nobody is reminded of what was called off or is over."""
    records = [booked] if booked else []
    assert why(ask(Cause.APPOINTMENT, *records, written=ago(2))) == expected


def test_a_reminder_that_would_arrive_after_it_is_gone() -> None:
    """In the evening the reminder of eight in the morning would wait for nine: it does not go at all."""
    evening, early = (datetime(2026, 11, day, hour, tzinfo=TOKYO) for day, hour in ((20, 21), (21, 8)))
    told = ask(Cause.APPOINTMENT, appointment(early, booked_at=ago(3)), written=ago(1), now=evening)
    assert why(told) == "past"


def test_another_appointment_is_no_matter() -> None:
    """One that was called off is not missed where another one is ahead; a named one is."""
    off, other = appointment(SOON, booked_at=ago(3), **CALLED_OFF), appointment(SOON, booked_at=ago(3))
    assert why(ask(Cause.APPOINTMENT, off, other, written=ago(2))) is None
    named = follow_up(Cause.APPOINTMENT, ago(2), appointment_id=off.id, at=SOON.isoformat())
    assert why(ask(Cause.APPOINTMENT, off, other, follow_up=named)) == "cancelled"


def test_a_reminder_names_no_time_that_has_changed() -> None:
    """The words of a reminder say a time; once it is another, they are wrong."""
    moved = appointment(SOON, booked_at=ago(3))
    before = follow_up(Cause.APPOINTMENT, ago(2), appointment_id=moved.id, at=(SOON + timedelta(hours=1)).isoformat())
    assert why(ask(Cause.APPOINTMENT, moved, follow_up=before)) == "moved"
    same = follow_up(Cause.APPOINTMENT, ago(2), appointment_id=moved.id, at=SOON.isoformat())
    assert why(ask(Cause.APPOINTMENT, moved, follow_up=same)) is None


@pytest.mark.parametrize("cause", [Cause.AFTER_PURCHASE, Cause.FIRST_PURCHASE])
def test_what_was_brought_back_is_not_asked_after(cause: Cause) -> None:
    """How does it feel, of something that she returned: never."""
    back, kept = order(ago(5), refunded=True), order(ago(9))
    assert why(ask(cause, back)) == "refunded"
    assert why(ask(cause, order(ago(5)))) is None
    assert why(ask(cause, back, kept, follow_up=follow_up(cause, ago(2), order_id=kept.id))) is None
    assert why(ask(cause, back, kept, follow_up=follow_up(cause, ago(2), order_id=back.id))) == "refunded"
