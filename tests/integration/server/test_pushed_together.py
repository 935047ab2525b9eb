"""The commands of one push share transactions, and each of them is still by itself."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select

from sync.ids import new_id
from sync.model.commands import Envelope, LogInteraction, Outcome
from sync.model.customer import Interaction
from sync.server.commands.run import TOGETHER
from sync.server.database import reading
from sync.server.repository.records import Records
from sync.server.tables import audit, command_log, interactions
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, YUMI, MovableClock, customer, write


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
    sent = [note(device, str(number)) for number in range(TOGETHER * 2 + 3)]
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
