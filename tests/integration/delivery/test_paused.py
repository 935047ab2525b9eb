"""What is paused waits in the queue: nothing claims it, it holds up nobody, and its time runs all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState
from sync.model.shop import Pause, PauseScope
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import NOON, SHOP, MovableClock, get, message, put

Enqueued = list[tuple[str, int]]
UMEDA = SHOP.model_copy(update={"id": "shop-umeda", "code": "umeda", "region": "関西"})


def pause(scope: PauseScope, value: str = "") -> Pause:
    return Pause(id="pause", scope=scope, value=value, since=NOON)


def waiting(shop_id: str = SHOP.id, template: str = "") -> Message:
    return message(Channel.LINE).model_copy(update={"shop_id": shop_id, "template": template})


@pytest.mark.parametrize(
    "one",
    [
        pause(PauseScope.ALL),
        pause(PauseScope.REGION, "関西"),
        pause(PauseScope.SHOP, UMEDA.id),
        pause(PauseScope.TEMPLATE, "after_visit"),
    ],
    ids=lambda one: one.scope.value,
)
def test_what_is_paused_is_passed_over_and_goes_when_that_ends(
    store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued, one: Pause
) -> None:
    """It stays queued, also where somebody claims it by name, and is the first to go once sending is resumed."""
    held = waiting(UMEDA.id, "after_visit")
    put(engine, clock, UMEDA, one, held)
    assert store.due(10) == []
    assert store.claim(held.id) is None
    assert get(engine, held.id).state is MessageState.QUEUED
    put(engine, clock, one.model_copy(update={"ended_at": clock()}))
    assert store.due(10) == [held.id]
    assert store.claim(held.id) is not None
    assert enqueued == [(held.id, 1)]


def test_the_others_go_on(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A pause of one shop takes up no room in what is due: the message behind it is seen."""
    put(engine, clock, UMEDA, pause(PauseScope.SHOP, UMEDA.id), *(waiting(UMEDA.id) for _ in range(3)))
    free = waiting(template="birthday")
    put(engine, clock, free)
    assert store.due(1) == [free.id]
    assert store.claim(free.id) is not None


def test_what_is_paused_for_too_long_expires(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """After 72 hours it is not sent late in silence: it is blocked, while the pause still holds."""
    held = waiting()
    put(engine, clock, pause(PauseScope.ALL), held)
    clock.pass_by(hours=71)
    assert store.due(10) == []
    clock.pass_by(hours=2)
    assert store.due(10) == [held.id]
    assert store.claim(held.id) is None
    found = get(engine, held.id)
    assert found.state is MessageState.BLOCKED
    assert found.reason is not None
    assert found.reason.code == "expired"


def test_a_pause_after_the_claim_holds_what_has_not_begun(
    store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued
) -> None:
    """Claimed and not yet begun when sending is paused: no provider is asked, and it is claimed anew afterwards."""
    held, one = waiting(), pause(PauseScope.ALL)
    put(engine, clock, held)
    assert store.claim(held.id) is not None
    put(engine, clock, one)
    assert store.begin(held.id, 1) is None
    assert get(engine, held.id).state is MessageState.QUEUED
    assert store.due(10) == []
    put(engine, clock, one.model_copy(update={"ended_at": clock() + timedelta(minutes=1)}))
    clock.pass_by(minutes=1)
    assert store.due(10) == [held.id]
    assert store.claim(held.id) is not None
    assert enqueued == [(held.id, 1), (held.id, 2)]
