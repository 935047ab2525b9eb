"""What keeps an attempt from asking: a provider that wants to be left alone, and the reserve of LINE's quota."""

from datetime import UTC, datetime, timedelta

from sync.delivery import base
from sync.delivery.holding import Holding
from sync.model.customer import Channel
from sync.model.outreach import Cause, MessageState
from sync.policy.quota import Quota
from sync.ports import Receipt
from tests.integration.delivery.house import MovableClock, message

SENT = Receipt(state=MessageState.SENT)


class Meter:
    """LINE's quota as a test sets it."""

    def __init__(self, limit: int | None, used: int) -> None:
        self.said: Quota | None = Quota(limit, used)
        self.asked = 0

    def quota(self) -> Quota | None:
        self.asked += 1
        return self.said


def test_a_provider_that_said_wait_is_left_alone_by_every_message() -> None:
    """After one 429 no other message asks the same provider before its time; the other providers are asked."""
    clock = MovableClock()
    holding = Holding(clock, metered=None, percent=10)
    holding.note(message(Channel.SMS), base.throttled(30))
    held = holding.hold(message(Channel.SMS))
    assert held is not None
    assert (held.state, held.retry_after_seconds) == (MessageState.QUEUED, 30)
    assert holding.hold(message(Channel.EMAIL)) is None
    clock.pass_by(seconds=31)
    assert holding.hold(message(Channel.SMS)) is None


def test_a_429_without_a_time_pauses_only_its_own_message() -> None:
    """LINE may name no time; the message itself waits longer each time, which is the store's to count."""
    holding = Holding(MovableClock(), metered=None, percent=10)
    holding.note(message(Channel.LINE), base.throttled(None))
    assert holding.hold(message(Channel.LINE)) is None


def test_what_is_left_is_kept_for_service() -> None:
    """At the reserve a welcome-back fails with what is left and what is kept; a finished alteration goes."""
    holding = Holding(MovableClock(), metered=Meter(1000, 900), percent=10)
    held = holding.hold(message(Channel.LINE, Cause.RETURNED))
    assert held is not None
    assert (held.state, held.reason) == (
        MessageState.FAILED,
        base.failed(base.QUOTA_KEPT, left=100, reserve=100).reason,
    )
    assert holding.hold(message(Channel.LINE, Cause.ALTERATION_READY)) is None
    assert holding.hold(message(Channel.SMS, Cause.RETURNED)) is None


def test_what_was_sent_since_the_last_reading_counts() -> None:
    """The quota is read every five minutes; what LINE accepted in between is added."""
    clock, meter = MovableClock(), Meter(1000, 898)
    holding = Holding(clock, metered=meter, percent=10)
    for wanted in (True, True, False):
        went = message(Channel.LINE, Cause.RETURNED)
        assert (holding.hold(went) is None) is wanted
        holding.note(went, SENT)
    assert meter.asked == 1
    clock.pass_by(minutes=6)
    meter.said = Quota(1000, 100)
    assert holding.hold(message(Channel.LINE, Cause.RETURNED)) is None
    assert meter.asked == 2


def test_a_quota_that_cannot_be_read_stops_nothing() -> None:
    """Nobody is kept from writing because a figure is not there; LINE itself refuses what is too much."""
    meter = Meter(1000, 1000)
    meter.said = None
    holding = Holding(MovableClock(datetime(2026, 12, 31, 15, tzinfo=UTC)), metered=meter, percent=10)
    assert holding.hold(message(Channel.LINE, Cause.RETURNED)) is None
    assert holding.hold(message(Channel.LINE, Cause.RETURNED)) is None
    assert meter.asked == 1


def test_a_pause_is_never_cut_short() -> None:
    """Of two pauses the longer holds."""
    clock = MovableClock()
    holding = Holding(clock, metered=None, percent=10)
    holding.pause({Channel.SMS: clock() + timedelta(minutes=5)})
    holding.pause({Channel.SMS: clock() + timedelta(minutes=1)})
    assert holding.paused(Channel.SMS) == clock() + timedelta(minutes=5)
