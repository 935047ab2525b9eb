"""Mail that came back and complaints: what they do to the message, to her address and to the ledger."""

from sqlalchemy import Engine

from sync.delivery.mail_report import read_report
from sync.model.base import Record
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import Cause, Message, MessageState
from sync.policy.consent import standing
from sync.server.database import transaction
from sync.server.repository.delivery import Delivery
from sync.server.repository.opt_out import reopen_changed
from sync.server.repository.records import Records
from tests.integration.delivery.house import CUSTOMER, MovableClock, all_of, get, message, put
from tests.integration.delivery.test_events import consents, sent
from tests.unit.delivery.test_mail_report import arf, dsn


def came_back(store: Delivery, token: str, raw: bytes) -> None:
    event = read_report(raw, recipient=f"bounce+{token}@reply.elm.example")
    assert event is not None
    store.apply_event(event)


def mail_stands(engine: Engine, purpose: ConsentPurpose = ConsentPurpose.ALL) -> ConsentState | None:
    return standing([c for c in all_of(engine, Consent) if isinstance(c, Consent)], Channel.EMAIL, purpose)


def test_an_address_that_does_not_exist_is_not_used_again(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """The message failed, what waits for that address is cancelled and a new one is blocked; other channels go on."""
    ours, token = sent(store, engine, clock, Channel.EMAIL)
    waiting, text = message(Channel.EMAIL, Cause.ORDER), message(Channel.SMS)
    put(engine, clock, waiting, text)
    for _ in range(2):
        came_back(store, token, dsn("5.1.1", whose=CUSTOMER.email))
    failed = get(engine, ours.id)
    assert failed.reason is not None
    assert (failed.state, failed.reason.params) == (MessageState.FAILED, {"status": "5.1.1"})
    assert get(engine, waiting.id).state is MessageState.CANCELLED
    assert get(engine, text.id).state is MessageState.QUEUED
    assert len(consents(engine, "hard_bounce")) == 1
    later = message(Channel.EMAIL, Cause.ALTERATION_READY)
    put(engine, clock, later)
    assert store.claim(later.id) is None
    assert get(engine, later.id).state is MessageState.BLOCKED


def test_a_full_mailbox_says_nothing_against_the_address(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """This message failed; the next one is tried."""
    ours, token = sent(store, engine, clock, Channel.EMAIL)
    came_back(store, token, dsn("5.2.2", whose=CUSTOMER.email))
    assert get(engine, ours.id).state is MessageState.FAILED
    assert consents(engine, "hard_bounce") == []


def test_an_old_address_that_came_back_closes_nothing(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """She has another one by now."""
    ours, token = sent(store, engine, clock, Channel.EMAIL)
    came_back(store, token, dsn("5.1.1", whose="old@example.jp"))
    assert get(engine, ours.id).state is MessageState.FAILED
    assert consents(engine, "hard_bounce") == []


def test_a_report_under_a_token_that_we_never_gave_out(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """It changes nothing."""
    ours, _ = sent(store, engine, clock, Channel.EMAIL)
    came_back(store, "b" * 26, dsn("5.1.1", whose=CUSTOMER.email))
    assert get(engine, ours.id).state is MessageState.SENT


def write(engine: Engine, clock: MovableClock, *customers: Customer) -> None:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        reopen_changed(records, customers, clock())
        records.put_many(list[Record](customers))


def test_a_new_address_opens_mail_again(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """What stood before holds again and no more: she never agreed to campaigns. The same address opens nothing."""
    _, token = sent(store, engine, clock, Channel.EMAIL)
    came_back(store, token, dsn("5.1.1", whose=CUSTOMER.email))
    clock.pass_by(minutes=1)
    write(engine, clock, CUSTOMER.model_copy(update={"email": CUSTOMER.email.upper(), "given_name": "華"}))
    assert mail_stands(engine) is ConsentState.REFUSED
    write(engine, clock, CUSTOMER.model_copy(update={"email": "new@example.jp"}))
    assert mail_stands(engine) is ConsentState.GRANTED
    assert mail_stands(engine, ConsentPurpose.RELATIONSHIP) is ConsentState.GRANTED


def test_a_new_address_does_not_open_what_she_refused(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """A complaint is her own word: it stops mail, and no address brings it back."""
    ours, token = sent(store, engine, clock, Channel.EMAIL)
    event = read_report(arf(reply_to=f"reply+{token}@reply.elm.example"), recipient="complaints@reply.elm.example")
    assert event is not None
    store.apply_event(event)
    assert mail_stands(engine) is ConsentState.REFUSED
    [entry] = consents(engine, "complaint")
    assert entry.channel is Channel.EMAIL
    assert get(engine, ours.id).state is MessageState.SENT
    assert not [m for m in all_of(engine, Message) if isinstance(m, Message) and m.direction.value == "in"]
    write(engine, clock, CUSTOMER.model_copy(update={"email": "new@example.jp"}))
    assert mail_stands(engine) is ConsentState.REFUSED
