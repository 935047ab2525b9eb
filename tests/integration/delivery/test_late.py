"""A worker that was away: what it claimed or began before is judged anew when it comes back."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from sync.delivery import base
from sync.delivery.attempt import run_attempt
from sync.delivery.compose import Composer
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.model.outreach import Message, MessageState
from sync.model.shop import Staff
from sync.ports import Receipt
from sync.server.database import transaction
from sync.server.repository.delivery import Delivery
from sync.server.repository.opt_out import refuse
from sync.server.repository.records import Records
from sync.server.tables import customers
from sync.server.worker import Worker
from sync.settings import ServerSettings
from tests.integration.delivery.house import (
    CUSTOMER,
    SHOP,
    MovableClock,
    Provider,
    RepeatableProvider,
    furnish,
    get,
    message,
    put,
)

Enqueued = list[tuple[str, int]]
COMPOSE = Composer(public_url="https://shop.example.jp", mail_reply_domain="reply.example.jp")


def claimed(store: Delivery, engine: Engine, clock: MovableClock, channel: Channel = Channel.LINE) -> Message:
    """Return a message that was claimed at noon, with its workflow waiting to run."""
    queued = message(channel)
    put(engine, clock, queued)
    assert store.claim(queued.id) is not None
    return queued


def attempt(store: Delivery, queued: Message, number: int, provider: Provider) -> str:
    return run_attempt(queued.id, number, store=store, channels={provider.channel: provider}, compose=COMPOSE)


def test_what_was_claimed_by_day_does_not_go_at_night(
    store: Delivery, engine: Engine, clock: MovableClock, enqueued: Enqueued
) -> None:
    """The worker dies after the claim and comes back at 23:30: the customer sleeps, and the message goes in the morning,
    as an attempt of its own."""
    queued, provider = claimed(store, engine, clock), RepeatableProvider(Channel.LINE)
    clock.pass_by(hours=11, minutes=30)
    assert attempt(store, queued, 1, provider) == "over"
    assert provider.accepted == []
    assert get(engine, queued.id).state is MessageState.QUEUED
    assert store.due(10) == []
    assert store.claim(queued.id) is None
    clock.pass_by(hours=11)
    assert store.due(10) == [queued.id]
    assert store.claim(queued.id) is not None
    assert enqueued == [(queued.id, 1), (queued.id, 2)]
    assert attempt(store, queued, 2, provider) == MessageState.SENT
    assert len(provider.accepted) == 1


def test_what_was_begun_by_day_is_not_repeated_at_night(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """LINE may have had it, so it is asked again under the same key, but not before the morning."""
    queued, provider = claimed(store, engine, clock), RepeatableProvider(Channel.LINE)
    assert store.begin(queued.id, 1) is not None
    clock.pass_by(hours=11, minutes=30)
    assert attempt(store, queued, 1, provider) == MessageState.QUEUED
    assert provider.accepted == []
    clock.pass_by(hours=11)
    assert store.claim(queued.id) is not None
    assert attempt(store, queued, 2, provider) == MessageState.SENT
    assert len(provider.accepted) == 1


def test_what_was_begun_is_not_repeated_once_its_key_is_forgotten(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """LINE keeps retry keys for a day: after a longer absence asking again could reach her twice."""
    queued, provider = claimed(store, engine, clock), RepeatableProvider(Channel.LINE)
    assert store.begin(queued.id, 1) is not None
    clock.pass_by(hours=24)
    assert attempt(store, queued, 1, provider) == MessageState.UNKNOWN
    assert provider.accepted == []


@pytest.mark.parametrize("busy", [base.throttled(30.0), base.again(base.NOT_REACHED), base.again(base.PROVIDER_DOWN)])
def test_what_was_begun_may_have_gone_whatever_stood_in_the_way_of_asking_again(
    store: Delivery, engine: Engine, clock: MovableClock, busy: Receipt
) -> None:
    """LINE took it, the worker died, and LINE was too busy to say so to the next: it is asked a third time under the same
    key, and who stops meanwhile is not told that nothing went."""
    queued, provider = claimed(store, engine, clock), RepeatableProvider(Channel.LINE)
    stopped = message(Channel.LINE)
    put(engine, clock, stopped)
    assert store.claim(stopped.id) is not None
    for each in (queued, stopped):
        provider.answers = [RuntimeError("killed"), busy]
        with pytest.raises(RuntimeError, match="killed"):
            attempt(store, each, 1, provider)
        assert attempt(store, each, 1, provider) == MessageState.QUEUED
    clock.pass_by(minutes=1)
    assert store.claim(queued.id) is not None
    assert attempt(store, queued, 2, provider) == MessageState.SENT
    with transaction(engine) as conn:
        refuse(Records(conn, clock), CUSTOMER.id, Channel.LINE, at=clock.now, source="line_unfollow", entry_id="c2")
    assert get(engine, stopped.id).state is MessageState.UNKNOWN
    assert len(provider.accepted) == 2


def test_a_text_message_that_was_begun_ends_as_unknown_at_any_hour(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """Nobody can ask whether it was taken, so it is neither repeated at once nor in the morning."""
    queued, provider = claimed(store, engine, clock, Channel.SMS), Provider(Channel.SMS)
    assert store.begin(queued.id, 1) is not None
    clock.pass_by(hours=11, minutes=30)
    assert attempt(store, queued, 1, provider) == MessageState.UNKNOWN
    clock.pass_by(hours=11)
    assert store.due(10) == []
    assert provider.accepted == []


def test_a_refusal_that_came_by_import_stops_what_was_claimed(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """A refusal that did not come through her link cancels nothing by itself; the attempt finds it."""
    queued, provider = claimed(store, engine, clock), RepeatableProvider(Channel.LINE)
    refusal = Consent(
        id="c-import",
        customer_id=CUSTOMER.id,
        channel=Channel.LINE,
        purpose=ConsentPurpose.ALL,
        state=ConsentState.REFUSED,
        at=clock.now,
        source="import",
    )
    put(engine, clock, refusal)
    assert attempt(store, queued, 1, provider) == "over"
    assert provider.accepted == []
    found = get(engine, queued.id)
    assert found.state is MessageState.BLOCKED
    assert found.reason is not None
    assert found.reason.code == "opted_out"


def test_a_time_zone_that_nobody_knows_is_passed_over(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Her home shop's zone counts then, and the message goes."""
    put(engine, clock, CUSTOMER.model_copy(update={"time_zone": "Asia/Edo"}))
    queued = message()
    put(engine, clock, queued)
    assert store.claim(queued.id) is not None


def test_one_message_that_cannot_be_claimed_holds_up_no_other(
    engine: Engine, clock: MovableClock, tmp_path: Path
) -> None:
    """A record that cannot be read fails at its own message; the worker goes on to those behind it."""
    broken = CUSTOMER.model_copy(update={"id": "customer-broken", "member_number": "M2"})
    first = message(at=clock.now - timedelta(minutes=5), customer_id=broken.id)
    second = message()
    furnish(engine, clock, broken, first, second)
    with transaction(engine) as conn:
        nonsense = {**broken.to_wire(), "birthday": "nonsense"}
        conn.execute(update(customers).where(customers.c.id == broken.id).values(data=nonsense))
    settings = ServerSettings(data=tmp_path / "data", public_url="https://shop.example.jp")
    line = RepeatableProvider(Channel.LINE)
    worker = Worker(settings, engine, clock, channels={Channel.LINE: line})
    worker.start(loops=False)
    try:
        assert worker.send_due() == 1
    finally:
        worker.stop()
    assert get(engine, first.id).state is MessageState.QUEUED
    assert get(engine, second.id).state in (MessageState.SENDING, MessageState.SENT)


def test_namesakes_who_lend_a_hand_count_as_colleagues(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """The name that goes out tells her apart from everybody who works in the shop, and from nobody else, as the preview
    does."""
    helper = Staff(id="s2", code="s2", family_name="高橋", given_name="健", shop_id="shop-2", helps_shop_ids=(SHOP.id,))
    stranger = Staff(id="s3", code="s3", family_name="髙橋", given_name="美穂", shop_id="shop-2")
    second = SHOP.model_copy(update={"id": "shop-2", "code": "second"})
    queued = message()
    put(engine, clock, second, helper, stranger, queued)
    found = store.claim(queued.id)
    assert found is not None
    assert COMPOSE(found, "k").sender_name == "髙橋(美)（銀座本店）"
