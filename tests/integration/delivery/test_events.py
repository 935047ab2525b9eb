"""What comes back from providers: states, replies, opt-outs."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.delivery import base
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Conversation
from sync.model.outreach import Cause, Direction, Message, MessageState
from sync.policy.consent import standing
from sync.ports import ChannelEvent, Receipt
from sync.server.repository.delivery import Delivery
from tests.integration.delivery.house import CUSTOMER, NOON, SHOP, STAFF, MovableClock, all_of, get, message, put


def sent(
    store: Delivery, engine: Engine, clock: MovableClock, channel: Channel, provider_id: str = "P1"
) -> tuple[Message, str]:
    """Send one message and return it with its reply token."""
    queued = message(channel)
    put(engine, clock, queued)
    claimed = store.claim(queued.id)
    assert claimed is not None
    store.begin(queued.id, 1)
    store.record(queued.id, Receipt(state=MessageState.SENT, provider_id=provider_id), 1)
    return get(engine, queued.id), claimed.reply_token


def event(**fields: object) -> ChannelEvent:
    return ChannelEvent.model_validate({"type": "reply", "channel": Channel.LINE, "event_id": "e1", **fields})


def received(engine: Engine) -> list[Message]:
    return [m for m in all_of(engine, Message) if isinstance(m, Message) and m.direction is Direction.IN]


def consents(engine: Engine, source: str) -> list[Consent]:
    return [c for c in all_of(engine, Consent) if isinstance(c, Consent) and c.source == source]


def state(**fields: object) -> ChannelEvent:
    return event(type="state", channel=Channel.SMS, provider_id="P1", **fields)


def test_states_only_move_forward(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Callbacks come late and out of order: what says less than is known changes nothing."""
    text, _ = sent(store, engine, clock, Channel.SMS)
    store.apply_event(state(event_id="e1", state=MessageState.DELIVERED))
    store.apply_event(state(event_id="e2", state=MessageState.SENT))
    store.apply_event(state(event_id="e3", state=MessageState.FAILED))
    assert get(engine, text.id).state is MessageState.DELIVERED


def test_a_callback_before_our_own_record_counts(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A provider may call back before its answer is stored; the message is found by our own id in the address."""
    queued = message(Channel.SMS)
    put(engine, clock, queued)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.apply_event(state(message_id=queued.id, state=MessageState.DELIVERED))
    store.record(queued.id, Receipt(state=MessageState.SENT, provider_id="P1"), 1)
    told = get(engine, queued.id)
    assert (told.state, told.provider_id) == (MessageState.DELIVERED, "P1")


def test_an_unknown_message_is_settled_by_its_callback(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What timed out and became unknown is delivered once the provider says so."""
    queued = message(Channel.SMS)
    put(engine, clock, queued)
    store.claim(queued.id)
    store.begin(queued.id, 1)
    store.record(queued.id, base.unknown(), 1)
    assert get(engine, queued.id).state is MessageState.UNKNOWN
    store.apply_event(state(message_id=queued.id, state=MessageState.DELIVERED))
    assert get(engine, queued.id).state is MessageState.DELIVERED


def test_a_reply_lands_with_the_person_who_wrote(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A reply in LINE is hers, in the shop and addressed to the person of our last message there; it counts once."""
    ours, _ = sent(store, engine, clock, Channel.LINE)
    clock.pass_by(minutes=5)
    said = event(sender=CUSTOMER.line_user_id, text="ありがとうございます！", at=NOON + timedelta(minutes=4))
    store.apply_event(said)
    store.apply_event(said)
    [reply] = received(engine)
    assert (reply.customer_id, reply.shop_id, reply.staff_id) == (CUSTOMER.id, SHOP.id, STAFF.id)
    assert (reply.body, reply.cause, reply.state) == ("ありがとうございます！", Cause.REPLY, MessageState.RECEIVED)
    assert (reply.in_reply_to, reply.at) == (ours.id, NOON + timedelta(minutes=4))


def test_a_reply_lands_with_who_was_given_the_conversation(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """A manager's word goes before who wrote; of somebody who works here no more nobody in particular is told."""
    sent(store, engine, clock, Channel.LINE)
    other = STAFF.model_copy(update={"id": "staff-other", "code": "other"})
    given = Conversation(staff_id=other.id, taken_from=STAFF.id, by=STAFF.id, at=clock() + timedelta(seconds=1))
    put(engine, clock, other, CUSTOMER.model_copy(update={"conversation": given}))
    clock.pass_by(minutes=1)
    store.apply_event(event(sender=CUSTOMER.line_user_id, text="はい"))
    put(engine, clock, other.model_copy(update={"ends_on": clock().date() - timedelta(days=1)}))
    store.apply_event(event(event_id="e2", sender=CUSTOMER.line_user_id, text="まだありますか"))
    assert {one.body: one.staff_id for one in received(engine)} == {"はい": other.id, "まだありますか": None}


def test_a_mail_is_routed_by_its_token(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Whoever holds the token of a mail answers it; the sender's address alone proves nothing."""
    first, token = sent(store, engine, clock, Channel.EMAIL, "P1")
    sent(store, engine, clock, Channel.EMAIL, "P2")
    store.apply_event(
        event(
            channel=Channel.EMAIL,
            sender="other@example.jp",
            recipient=f"reply+{token}@reply.example.jp",
            subject="Re: お取り置き",
            text="伺います",
        )
    )
    store.apply_event(event(channel=Channel.EMAIL, event_id="e2", sender=CUSTOMER.email, text="x"))
    [reply] = received(engine)
    assert (reply.in_reply_to, reply.body, reply.subject) == (first.id, "伺います", "Re: お取り置き")


def test_a_reply_without_a_message_of_ours_goes_to_the_person_in_charge(
    store: Delivery, engine: Engine, clock: MovableClock
) -> None:
    """She may write first: her home shop and the person in charge of her get it."""
    store.apply_event(event(sender=CUSTOMER.line_user_id, text="在庫はありますか？"))
    [reply] = received(engine)
    assert (reply.shop_id, reply.staff_id, reply.in_reply_to) == (SHOP.id, STAFF.id, None)


def test_the_date_of_a_mail_is_believed_within_reason(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A date in the future, or long ago, is its sender's mistake: the time of arrival stands."""
    for number, days in enumerate((1, -30)):
        at = NOON + timedelta(days=days)
        store.apply_event(event(event_id=f"e{number}", sender=CUSTOMER.line_user_id, text="x", at=at))
    assert [reply.at for reply in received(engine)] == [NOON, NOON]


def test_blocking_the_account_is_an_opt_out(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Unfollowing enters a refusal in the ledger and cancels what waits in LINE; mail goes on."""
    line, mail = message(Channel.LINE), message(Channel.EMAIL)
    put(engine, clock, line, mail)
    store.apply_event(event(type="opt_out", sender=CUSTOMER.line_user_id, at=NOON))
    assert get(engine, line.id).state is MessageState.CANCELLED
    assert get(engine, mail.id).state is MessageState.QUEUED
    [entry] = consents(engine, "line_unfollow")
    assert (entry.channel, entry.purpose, entry.state) == (Channel.LINE, ConsentPurpose.ALL, ConsentState.REFUSED)


def test_following_again_lifts_a_block_and_nothing_else(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Following the account takes back an unfollow; a refusal by link or by word to staff stands."""
    store.apply_event(event(type="opt_out", event_id="e1", sender=CUSTOMER.line_user_id, at=NOON))
    clock.pass_by(minutes=1)
    store.apply_event(event(type="opt_in", event_id="e2", sender=CUSTOMER.line_user_id, at=clock.now))
    ledger = [c for c in all_of(engine, Consent) if isinstance(c, Consent)]
    assert standing(ledger, Channel.LINE, ConsentPurpose.ALL) is ConsentState.GRANTED
    clock.pass_by(minutes=1)
    refusal = ledger[0].model_copy(
        update={
            "id": "by-staff",
            "channel": Channel.LINE,
            "purpose": ConsentPurpose.ALL,
            "state": ConsentState.REFUSED,
            "at": clock.now,
            "source": "staff",
        }
    )
    put(engine, clock, refusal)
    clock.pass_by(minutes=1)
    store.apply_event(event(type="opt_in", event_id="e3", sender=CUSTOMER.line_user_id, at=clock.now))
    ledger = [c for c in all_of(engine, Consent) if isinstance(c, Consent)]
    assert standing(ledger, Channel.LINE, ConsentPurpose.ALL) is ConsentState.REFUSED


def test_strangers_leave_no_trace(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Events of people and messages unknown here change nothing."""
    store.apply_event(event(sender="U" + "9" * 32, text="hello"))
    store.apply_event(event(type="opt_out", event_id="e2", sender="U" + "9" * 32))
    store.apply_event(state(event_id="e3", state=MessageState.DELIVERED))
    assert received(engine) == []
    assert consents(engine, "line_unfollow") == []
