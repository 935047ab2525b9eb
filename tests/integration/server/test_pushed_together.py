"""The commands of one push share transactions, and each of them is still by itself."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from sync.ids import new_id
from sync.model.commands import CancelMessage, Envelope, LogInteraction, Outcome, QueueMessage, RecordView
from sync.model.customer import Channel, Interaction, Visit
from sync.model.outreach import Cause, Message, MessageState
from sync.server.commands.run import TOGETHER
from sync.server.database import reading, transaction
from sync.server.repository.audit import AuditEntry, of_customer
from sync.server.repository.records import Records
from sync.server.repository.together import NotTogether, Together
from sync.server.tables import command_log, interactions
from sync.server.tables_audit import audit
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, MovableClock, agrees, customer, write


def note(device: Device, text: str, customer_id: str = YUMI.id, command_id: str | None = None) -> Envelope:
    command = LogInteraction(interaction_id=new_id(), customer_id=customer_id, shop_id=GINZA.id, text=text)
    return device.envelope(command, MISAKI.id, command_id)


def texts(engine: Engine) -> list[str]:
    with reading(engine) as conn:
        return sorted(one.text for one in Records(conn).of_kind(Interaction))


def test_a_refused_command_leaves_its_neighbours_alone(retailer: Engine, device: Device) -> None:
    """What is before and after a refused command is done; the refusal is stored and audited as if it had come alone."""
    nobody = note(device, "二", customer_id="nobody")
    answers = device.push(note(device, "一"), nobody, note(device, "三"))
    assert [one.accepted for one in answers] == [True, False, True]
    assert texts(retailer) == ["一", "三"]
    assert device.push(nobody) == (answers[1],)
    with reading(retailer) as conn:
        said = conn.scalars(select(audit.c.what).where(audit.c.customer_id == "nobody")).all()
    assert said == ["refused:log_interaction"]


def test_a_command_twice_in_one_push_is_done_once(retailer: Engine, device: Device) -> None:
    """The second of the same id gets the answer of the first; with other content it is refused."""
    first = note(device, "一")
    other = note(device, "二", command_id=first.id)
    answers = device.push(first, first, other)
    assert answers[0] == answers[1] == Outcome(id=first.id, accepted=True)
    assert answers[2].reason is not None
    assert answers[2].reason.code == "conflict"
    assert texts(retailer) == ["一"]


def test_a_long_push_is_answered_in_its_order(retailer: Engine, device: Device) -> None:
    """More commands than share a transaction: every one is answered, in order, and stored once."""
    sent = [note(device, str(number)) for number in range(TOGETHER + 3)]
    assert [one.id for one in device.push(*sent)] == [one.id for one in sent]
    with reading(retailer) as conn:
        assert conn.scalar(select(func.count()).select_from(command_log)) == len(sent)
        assert conn.scalar(select(func.count()).select_from(interactions)) == len(sent)


def test_a_command_that_the_database_will_not_store_takes_no_neighbour_with_it(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """A text that PostgreSQL cannot hold is refused by itself; SQLite holds it."""
    answers = device.push(note(device, "一"), note(device, "a\x00b"), note(device, "三"))
    assert [answers[0].accepted, answers[2].accepted] == [True, True]
    assert {"一", "三"} <= set(texts(retailer))
    if retailer.dialect.name == "postgresql":
        assert not answers[1].accepted


def test_a_neighbour_is_not_blamed_for_what_the_database_will_not_store(retailer: Engine, device: Device) -> None:
    """What was to be written together and cannot be (PostgreSQL) is refused by itself, not whoever made it be written."""
    seen = RecordView(customer_id=YUMI.id, how="scan", code_digest="ab" * 32)
    answers = device.push(note(device, "a\x00b"), device.envelope(seen, MISAKI.id), note(device, "三"))
    assert [answers[1].accepted, answers[2].accepted] == [True, True]
    assert "三" in texts(retailer)
    assert answers[0].accepted is (retailer.dialect.name == "sqlite")


def test_a_command_sees_what_its_neighbours_did(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """An id that the command before took is taken, and what it wrote can be changed, though both came in one push."""
    first = note(device, "一")
    assert isinstance(first.command, LogInteraction)
    same_id = first.command.model_copy(update={"text": "二"})
    draft = QueueMessage(
        message_id=new_id(),
        customer_id=YUMI.id,
        shop_id=GINZA.id,
        channel=Channel.EMAIL,
        cause=Cause.AFTER_VISIT,
        body="ありがとうございました。",
    )
    taken_back = CancelMessage(message_id=draft.message_id, customer_id=YUMI.id)
    write(retailer, clock, agrees(YUMI))
    answers = device.push(first, *(device.envelope(one, MISAKI.id) for one in (same_id, draft, taken_back)))
    assert [one.accepted for one in answers] == [True, False, True, True]
    assert answers[1].reason is not None
    assert answers[1].reason.code == "exists"
    assert texts(retailer) == ["一"]
    with reading(retailer) as conn:
        message = Records(conn).get(Message, draft.message_id)
    assert message is not None
    assert message.state is MessageState.CANCELLED


def test_what_a_command_added_before_it_was_refused_is_not_written(retailer: Engine, clock: MovableClock) -> None:
    """Records and notes of a command that is undone are gone, also those that were waiting; its neighbours' are there."""
    visits = [Visit(id=f"visit-{number}", customer_id=YUMI.id, shop_id=GINZA.id, at=NOON) for number in range(4)]
    with transaction(retailer) as conn:
        records = Together(conn, clock)
        records.look_up([YUMI.id], {"visit": {one.id for one in visits}})
        for number, visit in enumerate(visits):
            records.begin()
            assert records.put(visit)
            records.note(AuditEntry(at=NOON, what=f"note-{number}", customer_id=YUMI.id))
            if number >= 2:  # the last two ask for something that has to be read
                assert records.find(Visit, id=visit.id) == [visit]
            if number % 2:
                records.undo()
            else:
                records.keep()
        records.finish()
    with reading(retailer) as conn:
        assert [one.id for one in Records(conn).of_kind(Visit)] == ["visit-0", "visit-2"]
        assert [one.what for one in of_customer(conn, YUMI.id)] == ["note-0", "note-2"]


def test_an_id_that_was_taken_meanwhile_gives_the_transaction_up(retailer: Engine, clock: MovableClock) -> None:
    """Then nothing of it stays, so that it can be tried one by one; it is no fault of the command that came later."""
    other = customer("3000")
    write(retailer, clock, other)
    mine, theirs = (Visit(id="visit", customer_id=one.id, shop_id=GINZA.id, at=NOON) for one in (YUMI, other))

    def too_late() -> None:
        with transaction(retailer) as conn:
            records = Together(conn, clock)
            records.look_up([YUMI.id], {"visit": {mine.id}})
            Records(conn, clock).put(theirs)
            records.begin()
            records.put(mine)
            records.keep()
            records.begin()
            records.of_kind(Visit)

    with pytest.raises(NotTogether):
        too_late()
    with reading(retailer) as conn:
        assert Records(conn).of_kind(Visit) == []


def test_devices_that_write_about_the_same_customers_do_not_end_each_other(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Two devices push about the same customers in opposite orders: all of it is done, none of it twice."""
    people = [customer(str(number)) for number in range(3000, 3020)]
    write(retailer, clock, *people)
    second = Device(retailer, clock, "ginza", seed=b"\x02" * 32)
    mine = [note(device, f"a{one.member_number}", one.id) for one in people]
    theirs = [note(second, f"b{one.member_number}", one.id) for one in reversed(people)]
    with ThreadPoolExecutor(2) as pool:
        answers = [each.result() for each in (pool.submit(device.push, *mine), pool.submit(second.push, *theirs))]
    assert all(one.accepted for each in answers for one in each)
    assert len(texts(retailer)) == 2 * len(people)
