"""The store of messages on their way: due, claim, begin, record."""

import pytest
from sqlalchemy import Engine

from sync.delivery import base
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import Cause, FollowUp, FollowUpState, MessageState, Reason
from sync.policy.playbook import load_playbook
from sync.ports import Receipt
from sync.server.database import transaction
from sync.server.repository.delivery import Delivery
from sync.server.repository.opt_out import refuse
from sync.server.repository.records import Records
from sync.server.repository.scopes import lock_customers
from tests.integration.delivery.house import (
    CUSTOMER,
    NOON,
    SHOP,
    STAFF,
    MovableClock,
    all_of,
    get,
    message,
    put,
)

SENT = Receipt(state=MessageState.SENT, provider_id="P1")
Enqueued = list[tuple[str, int]]


def test_a_message_goes_through_its_states(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Queued, due, claimed with everything its envelope needs, begun, sent."""
    queued = message(Channel.EMAIL)
    put(engine, clock, queued)
    assert store.due(10) == [queued.id]
    claimed = store.claim(queued.id)
    assert claimed is not None
    assert (claimed.to, claimed.staff, claimed.shop, claimed.language) == (CUSTOMER.email, STAFF, SHOP, "ja")
    assert len(claimed.reply_token) == len(claimed.opt_out_token) == 26
    assert claimed.reply_token != claimed.opt_out_token
    assert store.knows_reply_address(f"reply+{claimed.reply_token}@reply.example.jp")
    assert store.knows_reply_address(f"reply+{claimed.reply_token.upper()}@reply.example.jp")
    assert not store.knows_reply_address(f"reply+{claimed.opt_out_token}@reply.example.jp")
    assert get(engine, queued.id).state is MessageState.SENDING
    begun = store.begin(queued.id, 1)
    assert begun is not None
    assert not begun.repeated
    store.record(queued.id, SENT, 1)
    sent = get(engine, queued.id)
    assert (sent.state, sent.provider_id, sent.sent_at) == (MessageState.SENT, "P1", NOON)
    assert store.due(10) == []


def test_a_message_is_claimed_once(store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued) -> None:
    """A second claim finds nothing to do and starts no workflow."""
    queued = message()
    put(engine, clock, queued)
    assert store.claim(queued.id) is not None
    assert store.claim(queued.id) is None
    assert enqueued == [(queued.id, 1)]


def test_nobody_waits_to_claim_what_another_is_at(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """While another worker, or a change of hers, holds the customer, the message is passed over at once and stays."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time by itself")
    queued = message()
    put(engine, clock, queued)
    with transaction(engine) as other:
        lock_customers(other, [CUSTOMER.id])
        assert store.claim(queued.id) is None
    assert get(engine, queued.id).state is MessageState.QUEUED
    assert store.claim(queued.id) is not None


def test_a_failed_enqueue_leaves_the_message_queued(engine: Engine, store: Delivery, clock: MovableClock) -> None:
    """Claim and workflow are one transaction: where the workflow cannot be started, nothing is claimed."""

    def broken(_conn: object, _message_id: str, _number: int, *, anew: bool = False) -> None:
        raise RuntimeError("no")

    queued = message()
    put(engine, clock, queued)
    with pytest.raises(RuntimeError):
        Delivery(engine, clock, secret="s", playbook=load_playbook(), enqueue=broken).claim(queued.id)
    assert get(engine, queued.id).state is MessageState.QUEUED


def test_the_gate_is_asked_at_the_claim(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """An opt-out that came after queueing blocks the message, and its follow-up is open again."""
    follow_up = FollowUp(
        id="f1",
        customer_id=CUSTOMER.id,
        shop_id=SHOP.id,
        cause=Cause.HOLD_READY,
        evidence=Reason(code="hold_ready"),
        due_at=NOON,
        state=FollowUpState.SCHEDULED,
        created_at=NOON,
    )
    queued = message(follow_up_id=follow_up.id)
    refusal = Consent(
        id="c1",
        customer_id=CUSTOMER.id,
        channel=Channel.LINE,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.REFUSED,
        at=NOON,
        source="staff",
    )
    put(engine, clock, queued, follow_up, refusal)
    assert store.claim(queued.id) is None
    blocked = get(engine, queued.id)
    assert blocked.state is MessageState.BLOCKED
    assert blocked.reason is not None
    assert blocked.reason.code == "opted_out"
    with transaction(engine) as conn:
        found = Records(conn).get(FollowUp, follow_up.id)
    assert found is not None
    assert found.state is FollowUpState.OPEN


def test_quiet_hours_postpone(store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued) -> None:
    """A message whose turn comes at night waits for the morning, and goes then."""
    clock.pass_by(hours=11)  # 23:00 in Tokyo
    queued = message(at=clock.now)
    put(engine, clock, queued)
    assert store.claim(queued.id) is None
    waiting = get(engine, queued.id)
    assert waiting.state is MessageState.QUEUED
    assert waiting.send_after is not None
    assert store.due(10) == []
    clock.now = waiting.send_after
    assert store.due(10) == [queued.id]
    assert store.claim(queued.id) is not None
    assert enqueued == [(queued.id, 1)]


def test_a_throttled_attempt_is_made_again_later(
    store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued
) -> None:
    """After "not now" the message waits as long as the provider asked, then has a second attempt."""
    queued = message()
    put(engine, clock, queued)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.record(queued.id, base.again(base.THROTTLED, 60), 1)
    assert get(engine, queued.id).state is MessageState.QUEUED
    clock.pass_by(seconds=59)
    assert store.due(10) == []
    assert store.claim(queued.id) is None
    clock.pass_by(seconds=1)
    assert store.due(10) == [queued.id]
    assert store.claim(queued.id) is not None
    assert enqueued == [(queued.id, 1), (queued.id, 2)]


def test_endless_throttling_ends_at_the_expiry(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Retries do not move the time a message was planned for: after its expiry it is blocked, not sent late."""
    queued = message()
    put(engine, clock, queued)
    number = 0
    while get(engine, queued.id).state is MessageState.QUEUED:
        if store.claim(queued.id) is not None:
            number += 1
            store.begin(queued.id, number)
            store.record(queued.id, base.again(base.THROTTLED, 3 * 3600), number)
        clock.pass_by(hours=3)
        assert number < 40
    reason = get(engine, queued.id).reason
    assert reason is not None
    assert reason.code == "expired"


def test_begin_tells_what_was_begun_before(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A second begin of an attempt without an outcome says so; of one with an outcome it returns nothing."""
    queued = message()
    put(engine, clock, queued)
    store.claim(queued.id)
    first, second = store.begin(queued.id, 1), store.begin(queued.id, 1)
    assert first is not None
    assert second is not None
    assert (first.repeated, second.repeated) == (False, True)
    store.record(queued.id, SENT, 1)
    assert store.begin(queued.id, 1) is None
    store.record(queued.id, base.failed("late"), 1)
    assert get(engine, queued.id).state is MessageState.SENT


def test_an_opt_out_between_claim_and_attempt_stops_it(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What was claimed but not begun is cancelled by an opt-out; what was begun is not touched."""
    claimed, begun = message(), message()
    put(engine, clock, claimed, begun)
    store.claim(claimed.id)
    store.claim(begun.id)
    assert store.begin(begun.id, 1) is not None
    with transaction(engine) as conn:
        refuse(Records(conn, clock), CUSTOMER.id, None, at=NOON, source="opt_out_link", entry_id="c2")
    assert store.begin(claimed.id, 1) is None
    assert get(engine, claimed.id).state is MessageState.CANCELLED
    assert get(engine, begun.id).state is MessageState.SENDING


def test_an_unanswered_line_attempt_becomes_unknown_after_a_day(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """LINE forgets retry keys after 24 hours, so a message it may have taken is not tried any more by then."""
    queued = message()
    put(engine, clock, queued)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.record(queued.id, base.again(base.NO_ANSWER), 1)
    clock.pass_by(hours=24)
    assert store.claim(queued.id) is None
    assert get(engine, queued.id).state is MessageState.UNKNOWN


def test_an_unanswered_attempt_is_unknown_once_the_clock_was_put_back(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """The server's clock was a day ahead when LINE was asked: what seems hours old may be older than the key lives. It is
    noticed while the attempt lies in the future, though the next one is not due by then."""
    queued = message()
    put(engine, clock, queued)
    clock.pass_by(hours=24)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.record(queued.id, base.again(base.NO_ANSWER), 1)
    clock.pass_by(minutes=-4)
    assert store.due(10) == []
    clock.pass_by(hours=-24)
    assert store.due(10) == [queued.id]
    assert store.claim(queued.id) is None
    assert get(engine, queued.id).state is MessageState.UNKNOWN


def test_a_clock_put_back_before_the_messages_own_time_is_noticed_too(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """By the clock that was put back the message is planned for tomorrow. If it waited until then, its attempt would seem
    young again, and be repeated under a key that LINE has forgotten."""
    clock.pass_by(hours=24)
    queued = message(send_after=clock.now)
    put(engine, clock, queued)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.record(queued.id, base.again(base.NO_ANSWER), 1)
    clock.pass_by(hours=-24)
    assert store.due(10) == [queued.id]
    assert store.claim(queued.id) is None
    assert get(engine, queued.id).state is MessageState.UNKNOWN


def test_someone_who_left_does_not_write(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A message in the name of somebody who is no longer employed is blocked."""
    queued = message()
    put(engine, clock, queued, STAFF.model_copy(update={"active": False}))
    assert store.claim(queued.id) is None
    reason = get(engine, queued.id).reason
    assert reason is not None
    assert reason.code == "staff_left"


def test_what_may_have_gone_is_not_called_cancelled(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """An opt-out ends the attempts of a message that a provider may have, which is then unknown, its follow-up done."""
    follow_up = FollowUp(
        id="f1",
        customer_id=CUSTOMER.id,
        shop_id=SHOP.id,
        cause=Cause.HOLD_READY,
        evidence=Reason(code="hold_ready"),
        due_at=NOON,
        state=FollowUpState.SCHEDULED,
        created_at=NOON,
    )
    asked, throttled = message(follow_up_id=follow_up.id), message()
    put(engine, clock, asked, throttled, follow_up)
    for each, receipt in ((asked, base.again(base.NO_ANSWER)), (throttled, base.again(base.THROTTLED))):
        store.claim(each.id)
        store.begin(each.id, 1)
        store.record(each.id, receipt, 1)
    with transaction(engine) as conn:
        refuse(Records(conn, clock), CUSTOMER.id, None, at=NOON, source="opt_out_link", entry_id="c2")
    assert get(engine, asked.id).state is MessageState.UNKNOWN
    assert get(engine, throttled.id).state is MessageState.CANCELLED
    with transaction(engine) as conn:
        found = Records(conn).get(FollowUp, follow_up.id)
    assert found is not None
    assert found.state is FollowUpState.DONE


def test_a_dead_app_is_taken_off_and_a_new_one_stays(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What the provider says is gone no message goes to any more, and another way is named; a token that the app told
    meanwhile is another one."""
    first, second = message(Channel.APP), message(Channel.APP)
    put(engine, clock, first, second)
    for each, standing in ((first, "new"), (second, "old")):
        put(engine, clock, CUSTOMER.model_copy(update={"app_token": standing}))
        assert store.claim(each.id) is not None
        assert store.begin(each.id, 1) is not None
        gone = base.failed(base.ADDRESS_GONE, channel="app").model_copy(update={"gone": "old"})
        store.record(each.id, gone, 1)
        left = [c.app_token for c in all_of(engine, Customer) if isinstance(c, Customer)]
        assert left == (["new"] if standing == "new" else [""])
        assert get(engine, each.id).reason == Reason(code="address_gone", params={"channel": "app", "instead": "line"})
    third = message(Channel.APP)
    put(engine, clock, third)
    assert store.claim(third.id) is None
    assert get(engine, third.id).reason == Reason(code="no_address", params={"channel": "app"})
