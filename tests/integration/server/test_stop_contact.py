"""Staff enter that a customer is to be left in peace; what that reaches, and who may end it."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.model.commands import ResumeContact, StopContact
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Reason
from sync.policy.consent import deciding, standing
from sync.server.database import reading, transaction
from sync.server.repository.opt_out import refuse
from sync.server.repository.records import Records
from tests.integration.server.asked import follow_up, message, stored
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MANAGER, MISAKI, NOON, YUMI, MovableClock, agrees, write

STOP = StopContact(stop_id="stop-1", customer_id=YUMI.id, shop_id=GINZA.id, why="お電話でご本人より")
END = ResumeContact(stop_id="stop-1", customer_id=YUMI.id, shop_id=GINZA.id)
SAID = END.model_copy(update={"word": "また案内がほしい"})


def ledger(engine: Engine) -> list[Consent]:
    with reading(engine) as conn:
        return Records(conn).find(Consent, customer_id=YUMI.id)


def test_a_stop_is_kept_and_reaches_what_waits(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Who, when and why stand in the ledger; a planned message is cancelled with the reason, its follow-up is open again,
    and none can be queued after."""
    write(retailer, clock, follow_up())
    planned = message(follow_up_id="follow-up-1", send_after=NOON + timedelta(hours=5))
    assert device.do(planned, MISAKI.id).accepted
    assert device.do(STOP, MISAKI.id).accepted
    entry = stored(retailer, Consent, "stop-1")
    assert (entry.channel, entry.purpose, entry.state) == (None, ConsentPurpose.ALL, ConsentState.REFUSED)
    assert (entry.source, entry.recorded_by, entry.at, entry.wording) == ("staff", MISAKI.id, NOON, STOP.why)
    kept = stored(retailer, Message, planned.message_id)
    assert (kept.state, kept.reason and kept.reason.code) == (MessageState.CANCELLED, "do_not_contact")
    assert stored(retailer, FollowUp, "follow-up-1").state is FollowUpState.OPEN
    after = device.do(message(message_id="later"), MISAKI.id)
    assert after.reason is not None
    assert after.reason.code == "do_not_contact"


def test_a_second_stop_changes_nothing(retailer: Engine, device: Device) -> None:
    """The first one stays, with who entered it."""
    assert device.do(STOP, MISAKI.id).accepted
    assert device.do(STOP.model_copy(update={"stop_id": "stop-2"}), MANAGER.id).accepted
    assert [one.recorded_by for one in ledger(retailer) if one.purpose is ConsentPurpose.ALL] == [MISAKI.id]


def test_who_may_end_it(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A colleague only with the customer's own word; a manager without. What she never granted, or refused besides, stays."""
    write(retailer, clock, agrees(YUMI, Channel.SMS, ConsentState.REFUSED, ConsentPurpose.ALL))
    assert device.do(STOP, MISAKI.id).accepted
    assert device.do(END, MISAKI.id).reason == Reason(code="role", params={"needs": "manager"})
    clock.at += timedelta(hours=1)
    assert device.do(END, MANAGER.id).accepted
    now = ledger(retailer)
    assert standing(now, Channel.EMAIL, ConsentPurpose.RELATIONSHIP) is ConsentState.GRANTED
    assert standing(now, Channel.EMAIL, ConsentPurpose.CAMPAIGN) is ConsentState.REFUSED
    assert standing(now, Channel.SMS, ConsentPurpose.ALL) is ConsentState.REFUSED
    assert device.do(END, MANAGER.id).accepted, "it has ended already"
    again = STOP.model_copy(update={"stop_id": "stop-2"})
    assert device.do(again, MISAKI.id).accepted
    late = device.do(SAID, MISAKI.id)
    assert late.reason is not None
    assert late.reason.code == "wrong_state", "another stop has come since"
    clock.at += timedelta(hours=1)
    assert device.do(SAID.model_copy(update={"stop_id": "stop-2"}), MISAKI.id).accepted
    entry = deciding(ledger(retailer), None, ConsentPurpose.ALL)
    assert entry is not None
    assert (entry.state, entry.recorded_by, entry.wording) == (ConsentState.GRANTED, MISAKI.id, SAID.word)


def test_what_the_customer_stopped_takes_the_customers_word(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Also where staff had entered it before: a manager alone opens nothing that the customer closed, and the word opens both."""
    assert device.do(STOP, MISAKI.id).accepted
    clock.at += timedelta(hours=1)
    with transaction(retailer) as conn:
        records = Records(conn, clock)
        assert refuse(records, YUMI.id, None, at=clock.at, source="opt_out_link", entry_id="hers")
    hers = END.model_copy(update={"stop_id": "hers"})
    assert device.do(hers, MANAGER.id).reason == Reason(code="own_word")
    clock.at += timedelta(hours=1)
    assert device.do(hers.model_copy(update={"word": "再開してほしい"}), MISAKI.id).accepted
    still = deciding(ledger(retailer), None, ConsentPurpose.ALL)
    assert still is not None
    assert (still.state, still.recorded_by) == (ConsentState.GRANTED, MISAKI.id)
