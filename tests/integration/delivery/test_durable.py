"""Durable sending: each claimed message is sent exactly once, whatever breaks between two steps."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text

from sync.delivery import base
from sync.delivery.slots import slot_taker, take_first
from sync.ids import new_id
from sync.model.customer import Channel
from sync.model.outreach import Message, MessageState
from sync.policy.playbook import load_playbook
from sync.ports import Receipt
from sync.server.database import reading
from sync.server.repository.delivery import Delivery
from sync.server.rights import forgetting
from sync.server.snapshot import SnapshotStore
from sync.server.worker import Worker
from sync.settings import ServerSettings
from tests.integration.delivery.house import (
    CUSTOMER,
    MovableClock,
    Provider,
    RepeatableProvider,
    furnish,
    get,
    message,
    put,
)

Start = Callable[[], Worker]


@pytest.fixture
def providers() -> dict[Channel, Provider]:
    return {Channel.LINE: RepeatableProvider(Channel.LINE), Channel.SMS: Provider(Channel.SMS)}


@pytest.fixture
def start(engine: Engine, clock: MovableClock, providers: dict[Channel, Provider], tmp_path: Path) -> Iterator[Start]:
    """Starts a worker over the furnished house, ending the one before."""
    furnish(engine, clock)
    settings = ServerSettings(data=tmp_path / "data", public_url="https://shop.example.jp", mail_inbound_port=0)
    running: list[Worker] = []

    def end() -> None:
        while running:
            running.pop().stop()

    def begin() -> Worker:
        end()
        worker = Worker(settings, engine, clock, channels=providers)
        worker.start(loops=False)
        running.append(worker)
        return worker

    yield begin
    end()


def settled(engine: Engine, *ids: str) -> dict[str, MessageState]:
    """Wait until no message is SENDING any more; return their states. Workflows run in DBOS's own threads."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        states = {each: get(engine, each).state for each in ids}
        if MessageState.SENDING not in states.values():
            return states
        time.sleep(0.05)
    raise AssertionError(f"still sending: {states}")


def send_all(worker: Worker, engine: Engine, queued: Sequence[Message]) -> None:
    """Claim until none is left: one whose customer is held by what goes out just then is passed over."""
    while any(get(engine, one.id).state is MessageState.QUEUED for one in queued):
        worker.send_due()


def test_each_queued_message_is_sent_once(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """Messages of two channels go out, each accepted once, with the words of the law where it asks for them."""
    queued = [message(channel) for channel in (Channel.LINE, Channel.SMS) for _ in range(10)]
    put(engine, clock, *queued)
    send_all(start(), engine, queued)
    assert set(settled(engine, *(m.id for m in queued)).values()) == {MessageState.SENT}
    assert sorted(m.message_id for p in providers.values() for m in p.accepted) == sorted(m.id for m in queued)
    line, sms = providers[Channel.LINE].accepted[0], providers[Channel.SMS].accepted[0]
    assert line.sender_name == "髙橋（銀座本店）"
    assert line.body == "お品物が届きました。"
    assert sms.body.startswith("お品物が届きました。\n株式会社エルム")
    assert "https://shop.example.jp/c/" in sms.body


def test_a_step_that_breaks_after_acceptance_doubles_nothing(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """The process dies after the provider accepted and before that is stored: the step runs again. LINE is asked again
    under the same key and takes it once; the text message, which has no key, ends as unknown."""
    line, sms = message(Channel.LINE), message(Channel.SMS)
    put(engine, clock, line, sms)
    for provider in providers.values():
        provider.answers.append(RuntimeError("killed"))
    send_all(start(), engine, [line, sms])
    assert settled(engine, line.id, sms.id) == {line.id: MessageState.SENT, sms.id: MessageState.UNKNOWN}
    assert [len(p.accepted) for p in providers.values()] == [1, 1]


def test_a_stop_between_claim_and_attempt_loses_nothing(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """A worker that ends right after its claims leaves workflows that its successor runs, each once."""
    queued = [message(Channel.SMS) for _ in range(8)]
    put(engine, clock, *queued)
    first = start()
    first.send_due()
    first.stop()
    send_all(start(), engine, queued)
    assert set(settled(engine, *(m.id for m in queued)).values()) == {MessageState.SENT}
    assert len(providers[Channel.SMS].accepted) == len(queued)


def test_a_rolled_back_claim_starts_no_workflow(start: Start, engine: Engine, clock: MovableClock) -> None:
    """The workflow's row is part of the claim's transaction."""
    queued = message()
    put(engine, clock, queued)
    worker = start()

    def fail(conn: Connection, message_id: str, number: int, *, anew: bool = False) -> None:
        worker.sending.enqueue(conn, message_id, number, anew=anew)
        raise RuntimeError("the transaction fails after this")

    with pytest.raises(RuntimeError):
        Delivery(engine, clock, secret="s", playbook=load_playbook(), enqueue=fail).claim(queued.id)
    assert get(engine, queued.id).state is MessageState.QUEUED
    assert (queued.id, 1) not in worker.sending.active()


def test_a_stranded_message_is_taken_up_again(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """A message that is SENDING with no workflow alive (its history was lost) is looked after by the worker."""
    queued = message()
    put(engine, clock, queued)

    def lose(_conn: Connection, _message_id: str, _number: int, *, anew: bool = False) -> None:
        """Starts nothing."""

    assert Delivery(engine, clock, secret="s", playbook=load_playbook(), enqueue=lose).claim(queued.id) is not None
    clock.pass_by(minutes=5)
    start().send_due()
    assert settled(engine, queued.id) == {queued.id: MessageState.SENT}
    assert len(providers[Channel.LINE].accepted) == 1


def test_throttling_leads_to_one_acceptance(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """After "too many requests" the next attempt is made when its time has come."""
    queued = message(Channel.SMS)
    put(engine, clock, queued)
    providers[Channel.SMS].answers.append(Receipt(state=MessageState.QUEUED, retry_after_seconds=30))
    worker = start()
    worker.send_due()
    assert settled(engine, queued.id) == {queued.id: MessageState.QUEUED}
    assert worker.send_due() == 0
    clock.pass_by(seconds=31)
    assert worker.send_due() == 1
    assert settled(engine, queued.id) == {queued.id: MessageState.SENT}


def test_a_provider_that_said_wait_is_asked_by_no_other_message(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """After one 429 the next text is not even claimed, by this worker or one that starts anew, while LINE goes on; once the
    time has come, both go."""
    first, second, line = message(Channel.SMS), message(Channel.SMS), message(Channel.LINE)
    put(engine, clock, first)
    providers[Channel.SMS].answers.append(base.throttled(30))
    worker = start()
    worker.send_due()
    assert settled(engine, first.id) == {first.id: MessageState.QUEUED}
    put(engine, clock, second, line)
    assert worker.send_due() == 1
    worker = start()
    assert worker.send_due() == 0
    assert settled(engine, second.id, line.id) == {second.id: MessageState.QUEUED, line.id: MessageState.SENT}
    clock.pass_by(seconds=31)
    send_all(worker, engine, [first, second])
    assert set(settled(engine, first.id, second.id).values()) == {MessageState.SENT}
    assert len(providers[Channel.SMS].accepted) == 2


def test_the_workflow_history_holds_no_personal_data(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """DBOS keeps inputs, outputs and errors: none holds an address, a name or the words of a message."""
    secrets = ("お品物", "佐々木", "+819012345678")
    queued = message(Channel.SMS)
    put(engine, clock, queued)
    providers[Channel.SMS].answers.append(RuntimeError(f"INSERT INTO x VALUES {secrets}"))
    worker = start()
    worker.send_due()
    assert settled(engine, queued.id) == {queued.id: MessageState.UNKNOWN}
    schema = "" if engine.dialect.name == "sqlite" else "dbos."
    with reading(engine) as conn:
        kept = [
            str(conn.execute(text(f"SELECT * FROM {schema}{table}")).all())
            for table in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
        ]
    assert queued.id in kept[1]
    for word in secrets:
        assert all(word not in each for each in kept)


def test_forgetting_erases_what_sending_kept(start: Start, engine: Engine, clock: MovableClock, tmp_path: Path) -> None:
    """Of a forgotten customer's messages no row of the workflows stays; those of others do."""
    other = CUSTOMER.model_copy(
        update={"id": new_id(), "member_number": "M2", "phone": "", "email": "", "line_user_id": "U2"}
    )
    put(engine, clock, other)
    hers, others = message(), message(customer_id=other.id)
    put(engine, clock, hers, others)
    start().send_due()
    settled(engine, hers.id, others.id)
    schema = "" if engine.dialect.name == "sqlite" else "dbos."

    def rows() -> str:
        with reading(engine) as conn:
            every = [
                conn.execute(text(f"SELECT * FROM {schema}{table}")).all()
                for table in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
            ]
        return str(every)

    assert hers.id in rows()
    snapshots = SnapshotStore(engine, clock, tmp_path / "snapshots", start=lambda work: work(), smallest=1)
    settings = ServerSettings(_env_file=None, data=tmp_path, secret=SecretStr("a secret"))
    receipt = forgetting(settings, engine, clock, snapshots).forget(CUSTOMER.id)
    snapshots.close()
    assert receipt.erased["workflow"] == 1
    assert hers.id not in rows()
    assert others.id in rows()


def test_a_slot_has_one_holder(engine: Engine) -> None:
    """Two workers never share a slot, and a freed one is taken again first."""
    take = slot_taker(engine)
    first, second = take_first(take), take_first(take)
    assert (first.number, second.number) == (0, 1)
    assert first.held()
    first.release()
    third = take_first(take)
    assert third.number == 0
    for slot in (second, third):
        slot.release()


def test_a_worker_that_lost_its_slot_begins_again(
    start: Start, engine: Engine, clock: MovableClock, providers: dict[Channel, Provider]
) -> None:
    """A restarted database ends every session, and with it the lock that is the slot: the worker notices, starts anew and
    sends on. A lock on a file is not lost."""
    if engine.dialect.name == "sqlite":
        assert start().sending.held()
        return
    worker = start()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
        )
    assert not worker.sending.held()
    worker.send_due()
    assert worker.lost.is_set()
    worker.restart()
    assert not worker.lost.is_set()
    queued = message()
    put(engine, clock, queued)
    assert worker.send_due() == 1
    assert settled(engine, queued.id) == {queued.id: MessageState.SENT}
