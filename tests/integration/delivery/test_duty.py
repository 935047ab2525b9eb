"""At the claim: a message in a person's name goes only while somebody is there to answer for it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.model.outreach import MessageState, Reason
from sync.model.shop import Shift, Staff
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import NOON, SHOP, STAFF, MovableClock, get, message, put

AOI = Staff(id="staff-suzuki", code="s1", family_name="鈴木", given_name="葵", shop_id=SHOP.id)


def shift(staff: Staff, hours: float, long: float = 8) -> Shift:
    """A shift that begins so many hours from noon."""
    begins = NOON + timedelta(hours=hours)
    ends = begins + timedelta(hours=long)
    return Shift(id=f"{staff.id} {hours}", staff_id=staff.id, shop_id=SHOP.id, starts_at=begins, ends_at=ends)


def test_who_is_not_on_duty_waits(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """The plan has changed since it was queued: it waits until three hours before the new shift, and goes then."""
    queued = message()
    put(engine, clock, AOI, shift(AOI, -1), shift(STAFF, 5), queued)
    assert store.claim(queued.id) is None
    waiting = get(engine, queued.id)
    assert (waiting.state, waiting.send_after) == (MessageState.QUEUED, NOON + timedelta(hours=2))
    assert store.due(10) == []
    clock.pass_by(hours=2)
    assert store.claim(queued.id) is not None


def test_waiting_in_the_night_goes_on_until_the_morning(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Three hours before a shift at nine are six in the morning: the quiet hours have their say there, until nine."""
    queued = message()
    put(engine, clock, shift(STAFF, 21), queued)
    for at in (18, 21):
        assert store.claim(queued.id) is None
        assert get(engine, queued.id).send_after == NOON + timedelta(hours=at)
        clock.now = NOON + timedelta(hours=at)
    assert store.claim(queued.id) is not None


@pytest.mark.parametrize("shifts", [[shift(STAFF, 1)], [shift(STAFF, -7)], []])
def test_who_is_there_or_whose_shifts_nobody_tells_goes(
    store: Delivery, engine: Engine, clock: MovableClock, shifts: list[Shift]
) -> None:
    """Soon at work, still at work, or in a shop without any plan."""
    queued = message()
    put(engine, clock, *shifts, queued)
    assert store.claim(queued.id) is not None


def test_a_stand_in_or_the_shop_needs_nobody_else(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """The colleague who wrote it in her name is there; and the shop's name asks for nobody."""
    for_her = message(written_by=AOI.id)
    from_shop = message(staff_id=None, written_by=AOI.id)
    put(engine, clock, AOI, shift(AOI, -1), shift(STAFF, 24), for_her, from_shop)
    assert store.claim(for_her.id) is not None
    assert store.claim(from_shop.id) is not None


@pytest.mark.parametrize("shifts", [[], [shift(STAFF, 24 * 5)]])
def test_too_long_a_wait_ends_it(store: Delivery, engine: Engine, clock: MovableClock, shifts: list[Shift]) -> None:
    """Away for more than the three days after which a message is too old, or for good: it does not go, and says why."""
    queued = message()
    put(engine, clock, AOI, shift(AOI, -1), *shifts, queued)
    assert store.claim(queued.id) is None
    ended = get(engine, queued.id)
    assert (ended.state, ended.reason) == (
        MessageState.BLOCKED,
        Reason(code="off_duty", params={"staff_id": STAFF.id}),
    )


def test_a_night_between_claim_and_begin(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Claimed in the last minute of her day, begun after it: the attempt is over without having asked, and it waits."""
    queued = message()
    put(engine, clock, shift(STAFF, -7.9), shift(STAFF, 24), queued)
    assert store.claim(queued.id) is not None
    clock.pass_by(hours=1)
    assert store.begin(queued.id, 1) is None
    assert get(engine, queued.id).state is MessageState.QUEUED
    assert store.due(10) == []
    clock.pass_by(hours=21)
    assert store.claim(queued.id) is not None
