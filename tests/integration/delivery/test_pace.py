"""The worker's pace: a turn for each shop, and a provider that answered 429 left alone by every process."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.delivery import base
from sync.model.customer import Channel
from sync.model.outreach import Cause, FollowUp, FollowUpState, MessageState, Reason
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import CUSTOMER, NOON, SHOP, STAFF, MovableClock, all_of, get, message, put

OTHER_SHOP = SHOP.model_copy(update={"id": "shop-umeda", "code": "umeda", "name": "梅田店"})


def test_a_shop_with_many_leaves_those_of_others_in_sight(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Of thirty due messages of one shop and a younger one of another, the first two are one of each."""
    many = [message(Channel.SMS) for _ in range(30)]
    clock.pass_by(minutes=1)
    one = message(Channel.SMS, shop_id=OTHER_SHOP.id, at=clock())
    put(engine, clock, OTHER_SHOP, *many, one)
    assert [each.id for each in store.waiting(2)] == [min(m.id for m in many), one.id]
    assert {each.channel for each in store.waiting(40)} == {Channel.SMS}
    assert store.waiting(40, [Channel.SMS]) == []


def test_a_provider_that_said_wait_is_seen_by_every_process(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """The pause is in the attempt's record, for as long as the provider asked and no longer."""
    queued = message(Channel.SMS)
    put(engine, clock, queued)
    assert store.claim(queued.id) is not None
    assert store.begin(queued.id, 1) is not None
    store.record(queued.id, base.throttled(30), 1)
    assert store.paused() == {Channel.SMS: clock() + timedelta(seconds=30)}
    clock.pass_by(seconds=31)
    assert store.paused() == {}


def test_another_channel_is_offered_where_the_quota_is_kept(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """The message failed, says by which other way it may go, and its follow-up is open again for staff."""
    follow_up = FollowUp(
        id="f1",
        customer_id=CUSTOMER.id,
        shop_id=SHOP.id,
        assignee_id=STAFF.id,
        cause=Cause.RETURNED,
        evidence=Reason(code="returned", params={"away_days": 200}),
        due_at=NOON,
        created_at=NOON,
        state=FollowUpState.SCHEDULED,
    )
    queued = message(Channel.LINE, Cause.RETURNED, follow_up_id=follow_up.id)
    put(engine, clock, follow_up, queued)
    assert store.claim(queued.id) is not None
    assert store.begin(queued.id, 1) is not None
    store.record(queued.id, base.failed(base.QUOTA_KEPT, left=5, reserve=10), 1)
    told = get(engine, queued.id)
    assert told.state is MessageState.FAILED
    assert told.reason is not None
    assert told.reason.code == base.QUOTA_KEPT
    assert told.reason.params["instead"] in ("sms", "email")
    assert _follow_up(engine).state is FollowUpState.OPEN


def _follow_up(engine: Engine) -> FollowUp:
    [found] = all_of(engine, FollowUp)
    assert isinstance(found, FollowUp)
    return found
