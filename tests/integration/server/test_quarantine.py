"""What revoked devices leave: taken in through one door, applied only where somebody says so, dropped by nobody in silence."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Engine, select

from sync.errors import Conflict, NotFound, TooLarge, Unavailable
from sync.identity.match import IdentityResolver
from sync.ids import new_id
from sync.model.commands import AnyCommand, LogInteraction
from sync.model.customer import Interaction
from sync.policy.playbook import load_playbook
from sync.protocol import HandOver, SealedWork
from sync.sealed.box import open_box, seal_for
from sync.sealed.lease import KEY_USE, WORK_USE, key_bound
from sync.sealed.vault import Unsealable
from sync.server import quarantine
from sync.server.commands.base import Tools
from sync.server.database import reading
from sync.server.enrolment import revoke_device
from sync.server.quarantine import MOST_A_MINUTE, accept, dismiss, entries, take
from sync.server.repository.records import Records
from sync.server.tables import quarantine as table
from sync.server.tables_audit import audit
from tests.integration.server.devices import Device, HttpDevice
from tests.integration.server.people import GINZA, MANAGER, MISAKI, UMEDA, YUMI, MovableClock

TOOLS = Tools(load_playbook(), IdentityResolver(), new_id, new_id)


def note(number: int = 1, staff_id: str = MISAKI.id) -> tuple[str, AnyCommand, str]:
    command = LogInteraction(
        interaction_id=f"note-{number}", customer_id=YUMI.id, shop_id=GINZA.id, text=f"メモ{number}"
    )
    return f"command-{number}", command, staff_id


def sealed(server_key: str, given: tuple[str, AnyCommand, str], clock: MovableClock) -> SealedWork:
    """Seal a command as a device does."""
    command_id, command, staff_id = given
    said = {"staff_id": staff_id, "device_time": clock().isoformat(), "command": command.model_dump(mode="json")}
    box = seal_for(bytes.fromhex(server_key), WORK_USE, command_id, json.dumps(said).encode())
    return SealedWork(id=command_id, sealed=box.hex())


class Left:
    """A device of Ginza that was revoked and left notes."""

    def __init__(self, engine: Engine, clock: MovableClock, *given: tuple[str, AnyCommand, str]) -> None:
        self.engine, self.clock = engine, clock
        self.device = Device(engine, clock)
        self.id = self.device.enrolment.device_id
        self.server_key = self.device.service.lease().server_key
        revoke_device(engine, self.id, clock)
        self.revoked = self.device.device.model_copy(update={"revoked_at": clock()})
        if given:
            self.leave(*given)

    def leave(self, *given: tuple[str, AnyCommand, str]) -> None:
        commands = tuple(sealed(self.server_key, one, self.clock) for one in given)
        take(self.engine, self.clock, self.revoked, HandOver(commands=commands))

    def notes(self) -> list[str]:
        with reading(self.engine) as conn:
            return [one.text for one in Records(conn).find(Interaction, customer_id=YUMI.id)]

    def state(self) -> list[tuple[str, bool]]:
        with reading(self.engine) as conn:
            rows = conn.execute(select(table.c.state, table.c.sealed).order_by(table.c.command_id))
            return [(row.state, row.sealed is None) for row in rows]


def test_nothing_applies_by_itself(retailer: Engine, clock: MovableClock) -> None:
    """What was left waits, can be read by whoever decides, and is not readable in the table."""
    left = Left(retailer, clock, note(1), note(2))
    assert left.notes() == []
    waiting = entries(retailer, clock)
    assert [one.command_id for one in waiting] == ["command-1", "command-2"]
    assert all(one.device_name == "tablet" and one.shop_id == GINZA.id for one in waiting)
    assert [one.envelope.command for one in waiting if one.envelope] == [note(1)[1], note(2)[1]]
    assert entries(retailer, clock, UMEDA.id) == []
    with reading(retailer) as conn:
        assert "メモ".encode() not in b"".join(conn.scalars(select(table.c.sealed)))


def test_what_is_accepted_is_carried_out_once(retailer: Engine, clock: MovableClock) -> None:
    """A manager's yes does what the device would have done, at its time and in its person's name; the yes is on record."""
    left = Left(retailer, clock, note(1))
    outcome = accept(retailer, clock, TOOLS, left.id, "command-1", MANAGER.id)
    assert outcome.accepted
    assert left.notes() == ["メモ1"]
    assert left.state() == [("accepted", True)]
    with pytest.raises(Conflict):
        accept(retailer, clock, TOOLS, left.id, "command-1", MANAGER.id)
    with pytest.raises(Conflict):
        dismiss(retailer, clock, left.id, "command-1", MANAGER.id)
    assert left.notes() == ["メモ1"]
    with reading(retailer) as conn:
        who = conn.execute(select(audit.c.staff_id, audit.c.subject_id).where(audit.c.what == "quarantine_accepted"))
        assert [tuple(row) for row in who] == [(MANAGER.id, "command-1")]


def test_the_rules_of_commands_hold_there_too(retailer: Engine, clock: MovableClock) -> None:
    """What would have been refused is refused, and stays to be seen as such."""
    left = Left(retailer, clock, note(1, staff_id="nobody"))
    outcome = accept(retailer, clock, TOOLS, left.id, "command-1", None)
    assert (outcome.accepted, outcome.reason and outcome.reason.code) == (False, "unknown_staff")
    assert left.state() == [("refused", True)]


def test_what_is_dismissed_stays_dismissed(retailer: Engine, clock: MovableClock) -> None:
    """It is on record who dismissed it; a device that is enrolled again and sends it then is told so."""
    left = Left(retailer, clock, note(1))
    dismiss(retailer, clock, left.id, "command-1", MANAGER.id)
    assert (left.state(), entries(retailer, clock)) == ([("dismissed", True)], [])
    again = Device(retailer, clock, seed=b"\x02" * 32)
    command_id, command, staff_id = note(1)
    (outcome,) = again.push(again.envelope(command, staff_id, command_id))
    assert (outcome.accepted, outcome.reason and outcome.reason.code) == (False, "dismissed")
    assert left.notes() == []


def test_sent_after_all_and_accepted_is_done_once(retailer: Engine, clock: MovableClock) -> None:
    """A device that was enrolled again has sent it meanwhile: to accept it changes nothing any more."""
    left = Left(retailer, clock, note(1))
    again = Device(retailer, clock, seed=b"\x02" * 32)
    command_id, command, staff_id = note(1)
    assert again.push(again.envelope(command, staff_id, command_id))[0].accepted
    assert accept(retailer, clock, TOOLS, left.id, "command-1", MANAGER.id).accepted
    assert left.notes() == ["メモ1"]


def test_what_was_left_twice_is_there_once(retailer: Engine, clock: MovableClock) -> None:
    """The same again changes nothing, nor does other content under the same id."""
    left = Left(retailer, clock, note(1))
    other = ("command-1", note(9)[1], MISAKI.id)
    left.leave(note(1))
    left.leave(other)
    (one,) = entries(retailer, clock)
    assert one.envelope is not None
    assert one.envelope.command == note(1)[1]


def test_what_does_not_open_is_said_to_be_so(retailer: Engine, clock: MovableClock) -> None:
    """Garbage, and a box moved to another id, are shown as unreadable and can only be dismissed."""
    left = Left(retailer, clock)
    moved = sealed(left.server_key, note(1), clock).model_copy(update={"id": "command-2"})
    garbage = SealedWork(id="command-3", sealed="01" + "ab" * 80)
    take(retailer, clock, left.revoked, HandOver(commands=(moved, garbage)))
    assert [one.envelope for one in entries(retailer, clock)] == [None, None]
    with pytest.raises(Unsealable):
        accept(retailer, clock, TOOLS, left.id, "command-2", None)
    dismiss(retailer, clock, left.id, "command-2", None)
    with pytest.raises(NotFound):
        dismiss(retailer, clock, left.id, "command-9", None)


def test_the_door_is_narrow(retailer: Engine, clock: MovableClock) -> None:
    """A stolen device cannot fill the disk: so many a minute, and so many in all."""
    left = Left(retailer, clock)
    work = sealed(left.server_key, note(1), clock)

    def leave(first: int, count: int = 100) -> None:
        commands = tuple(work.model_copy(update={"id": f"c{number}"}) for number in range(first, first + count))
        take(retailer, clock, left.revoked, HandOver(commands=commands))

    for start in range(0, MOST_A_MINUTE, 100):
        leave(start)
    with pytest.raises(Unavailable):
        leave(MOST_A_MINUTE)
    for start in range(MOST_A_MINUTE, quarantine.MOST_COMMANDS, 100):
        clock.at += timedelta(minutes=2)
        leave(start)
    clock.at += timedelta(minutes=2)
    with pytest.raises(TooLarge):
        leave(quarantine.MOST_COMMANDS, 1)


def test_over_http(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """The door takes a signed request of a revoked device, and of no other; everything else stays shut to it."""
    server_key = tablet.call("GET", "/v1/sync/lease").json()["server_key"]
    body = HandOver(commands=(sealed(server_key, note(1), clock),)).model_dump(mode="json")
    answer = tablet.call("POST", "/v1/quarantine", json=body)
    assert (answer.status_code, answer.json()["params"]) == (403, {"reason": "not_revoked"})
    revoke_device(retailer, tablet.enrolment.device_id, clock)
    assert tablet.call("POST", "/v1/quarantine", json=body).json()["taken"] == ["command-1"]
    assert len(entries(retailer, clock)) == 1
    assert tablet.call("GET", "/v1/sync/lease").json()["code"] == "device_revoked"
    unsigned = tablet.http.post("/v1/quarantine", json=body)
    assert unsigned.status_code in (401, 426)
    for bad in ("xyz" * 50, "ab" * 10):
        commands = {"commands": [{"id": "c", "sealed": bad}]}
        assert tablet.call("POST", "/v1/quarantine", json=commands).status_code == 422


def test_a_key_is_lent_to_one_device_only(tablet: HttpDevice, retailer: Engine, clock: MovableClock) -> None:
    """What another device's key is wrapped in opens for nobody else, though it had the answer before its eyes."""
    lease = tablet.call("GET", "/v1/sync/lease").json()
    bound = key_bound(lease["scope"], lease["key_version"], tablet.enrolment.device_id)
    thief = X25519PrivateKey.from_private_bytes(b"\x66" * 32)
    with pytest.raises(Unsealable):
        open_box(thief, KEY_USE, bound, bytes.fromhex(lease["wrapped_key"]))
    assert tablet.enrolment.scope_key not in str(lease)
