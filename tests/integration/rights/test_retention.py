"""How long what is kept: removed in time, from tablets too, reported with its reason, and never while it waits."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import func, select

from sync.errors import BadSetting
from sync.model.base import Record
from sync.model.customer import Appointment, AppointmentState, Interaction
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState
from sync.model.promise import Promise, PromiseState
from sync.model.slip import Slip, SlipState
from sync.server.convergence import differences
from sync.server.database import reading
from sync.server.repository.records import Records
from sync.server.retention import KINDS, Retention, load_rules
from sync.server.tables_edges import unclaimed_facts
from sync.server.tables_rights import kept_orders
from sync.server.worker import Worker
from tests.integration.rights.hanako import World
from tests.integration.server.people import write


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a house's own rules."""

    def make(text: str) -> Path:
        path = tmp_path / "rules.toml"
        path.write_text(f"version = 1\n{text}")
        return path

    return make


def kinds(world: World) -> set[str]:
    with reading(world.engine) as conn:
        return {record.kind for record in Records(conn).range_of(world.hers)}


def test_every_kind_has_a_rule_and_a_reason() -> None:
    """The shipped rules leave nothing to chance: each kind of a customer's record says how long and why."""
    rules = load_rules()
    assert set(rules.keep) == {*KINDS, "unclaimed"}
    assert all(rule.reason for rule in rules.keep.values())


def test_what_is_past_its_time_goes(world: World) -> None:
    """After five and a half years notes, messages, visits and looks are gone; orders younger than ten, consents and she stay."""
    done: list[Record] = []
    with reading(world.engine) as conn:
        records = Records(conn)
        done += [each.model_copy(update={"state": FollowUpState.DONE}) for each in records.of_kind(FollowUp)]
        done += [each.model_copy(update={"state": AppointmentState.DONE}) for each in records.of_kind(Appointment)]
        done += [each.model_copy(update={"state": PromiseState.KEPT}) for each in records.of_kind(Promise)]
        done += [each.model_copy(update={"state": SlipState.DONE}) for each in records.of_kind(Slip)]
    write(world.engine, world.clock, *done)
    world.tablet.pull()
    world.clock.at += timedelta(days=2000)
    gone = Retention(world.engine, world.clock, load_rules())()
    assert gone["interaction"] == 2
    assert gone["unclaimed"] == 1
    assert kinds(world) == {"customer", "membership_key", "consent", "order"}
    with reading(world.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(unclaimed_facts)) == 0
    world.tablet.pull()
    assert world.tablet.ids("interaction") == set()
    assert world.tablet.ids("order") == {"order-777-1"}
    assert differences(world.engine) == []
    assert not Retention(world.engine, world.clock, load_rules())()


def test_what_still_waits_is_never_removed(world: World) -> None:
    """An open follow-up, an appointment nobody closed and a message in the queue stay, however old."""
    with reading(world.engine) as conn:
        message = Records(conn).get(Message, "m-out")
    assert message is not None
    write(world.engine, world.clock, message.model_copy(update={"state": MessageState.QUEUED}))
    world.clock.at += timedelta(days=9000)
    Retention(world.engine, world.clock, load_rules())()
    assert {"follow_up", "appointment", "message"} <= kinds(world)


def test_the_house_sets_its_own(world: World, own: Callable[[str], Path]) -> None:
    """A kind that the house's file names follows it, the others the shipped rules; 0 days keeps for ever."""
    rules = load_rules(own('[keep.visit]\ndays = 1\nreason = "ours"\n[keep.interaction]\ndays = 0\nreason = "ours"\n'))
    world.clock.at += timedelta(days=2000)
    Retention(world.engine, world.clock, rules)()
    assert "visit" not in kinds(world)
    assert "interaction" in kinds(world)
    assert "message" not in kinds(world)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[keep.visit]\ndays = -1\nreason = "x"', "keep.visit.days"),
        ("[keep.visit]\ndays = 3", "keep.visit.reason"),
        ('[keep.vists]\ndays = 3\nreason = "x"', "vists"),
        ("keep = ", "no TOML"),
    ],
)
def test_a_wrong_rule_is_named(own: Callable[[str], Path], text: str, said: str) -> None:
    """A mistake is said before anything is removed, with the key it is at."""
    with pytest.raises(BadSetting, match=said):
        load_rules(own(text))


def test_the_report_says_what_is_kept_and_what_is_due(world: World) -> None:
    """Each kind with its days, how much there is, since when, what is past its time, and why it is kept that long."""
    world.clock.at += timedelta(days=2000)
    lines = {line.kind: line for line in Retention(world.engine, world.clock, load_rules()).report()}
    assert set(lines) == {*KINDS, "unclaimed", "kept_order"}
    assert (lines["interaction"].kept, lines["interaction"].due, lines["interaction"].days) == (2, 2, 1827)
    assert (lines["order"].kept, lines["order"].due) == (2, 1)
    assert lines["interaction"].oldest is not None
    assert "Companies Act" in lines["order"].reason


def test_the_books_of_the_forgotten_end_too(world: World) -> None:
    """An order kept without her goes when the law no longer wants it."""
    world.forgetting.forget(world.hers)
    rules = load_rules()
    world.clock.at += timedelta(days=rules.keep["order"].days - 4)
    assert not Retention(world.engine, world.clock, rules)()
    world.clock.at += timedelta(days=2)
    assert Retention(world.engine, world.clock, rules)() == {"kept_order": 1}
    with reading(world.engine) as conn:
        assert conn.scalar(select(func.count()).select_from(kept_orders)) == 0


def test_the_worker_applies_them_and_says_so(world: World) -> None:
    """Once an hour, when it keeps house: the rules are applied and one line of the log says how much of each kind went."""
    world.clock.at += timedelta(days=2000)
    worker = Worker(world.settings, world.engine, world.clock, channels={})
    with structlog.testing.capture_logs() as logs:
        worker.keep_house()
    said = [each for each in logs if each["event"] == "retention"]
    assert len(said) == 1
    assert said[0]["interaction"] == 2
    assert "interaction" not in kinds(world)


def test_a_note_of_yesterday_stays(world: World) -> None:
    """Nothing goes before its time."""
    assert not Retention(world.engine, world.clock, load_rules())()["interaction"]
    with reading(world.engine) as conn:
        assert Records(conn).get(Interaction, "i-1") is not None
