"""Two tablets act on the same thing: what counts is who reached the server first, never what their clocks say."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from sqlalchemy import Engine

from sync.model import commands as c
from sync.model import commands_visits as v
from sync.model.customer import Appointment, AppointmentKind, AppointmentState, Channel, Consent, Visit
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from sync.model.promise import Promise, Promised, PromiseState
from sync.server.database import reading
from sync.server.repository.records import R, Records
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MANAGER, MISAKI, NOON, PART_TIMER, YUMI, MovableClock, person, write

DECISION = Path(__file__).parents[3] / "docs" / "decisions" / "0009-conflicts.md"
AKI = person("aki", GINZA.id)
FOLLOW_UP = FollowUp(
    id="follow-up-1", customer_id=YUMI.id, shop_id=GINZA.id, cause=Cause.AFTER_VISIT,
    evidence=Reason(code="visited"), due_at=NOON, created_at=NOON,
)  # fmt: skip
CALL = Appointment(
    id="call-1",
    customer_id=YUMI.id,
    shop_id=GINZA.id,
    staff_id=MISAKI.id,
    at=NOON,
    appointment_kind=AppointmentKind.VIDEO,
    booked_at=NOON,
)
DRAFT = Message(
    id="draft-1", customer_id=YUMI.id, shop_id=GINZA.id, staff_id=PART_TIMER.id, channel=Channel.EMAIL,
    cause=Cause.AFTER_VISIT, purpose=Purpose.RELATIONSHIP, state=MessageState.AWAITING_APPROVAL, body="お礼", at=NOON,
    state_at=NOON,
)  # fmt: skip
PROMISE = Promise(
    id="promise-1", customer_id=YUMI.id, shop_id=GINZA.id, what=Promised.PHOTO, due_on=NOON.date(), owner_id=MISAKI.id,
    made_by=MISAKI.id, at=NOON,
)  # fmt: skip
OWN = DRAFT.model_copy(update={"id": "own-1", "staff_id": MISAKI.id, "state": MessageState.QUEUED})
HERS = {"customer_id": YUMI.id}


class Side(NamedTuple):
    """What one tablet does, as whom."""

    command: c.Command
    staff_id: str


def queue(message_id: str, follow_up_id: str | None = FOLLOW_UP.id) -> c.QueueMessage:
    return c.QueueMessage(
        message_id=message_id, shop_id=GINZA.id, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT, body="お礼",
        follow_up_id=follow_up_id, **HERS,
    )  # fmt: skip


def close(outcome: str) -> c.CloseFollowUp:
    return c.CloseFollowUp.model_validate({"follow_up_id": FOLLOW_UP.id, "outcome": outcome, **HERS})


def assign(whom: str) -> c.AssignFollowUp:
    return c.AssignFollowUp(follow_up_id=FOLLOW_UP.id, assignee_id=whom, **HERS)


def visit(visit_id: str) -> c.CheckIn:
    return c.CheckIn(visit_id=visit_id, shop_id=GINZA.id, source="scan", code_digest="d" * 64, **HERS)


APPROVE = Side(c.ApproveMessage(message_id=DRAFT.id, **HERS), MANAGER.id)
RETURN = Side(c.ReturnMessage(message_id=DRAFT.id, comment="短く", **HERS), MANAGER.id)
JOIN = Side(c.JoinCall(appointment_id=CALL.id, action="join", **HERS), MISAKI.id)
END = Side(c.JoinCall(appointment_id=CALL.id, action="end", **HERS), AKI.id)
STOP = Side(c.StopContact(stop_id="stop-1", shop_id=GINZA.id, why="お電話で", **HERS), MISAKI.id)
CANCEL = Side(c.CancelMessage(message_id=OWN.id, **HERS), MISAKI.id)
CANCEL_TOO = Side(c.CancelMessage(message_id=OWN.id, **HERS), MANAGER.id)

KEEP = Side(v.KeepPromise(promise_id=PROMISE.id, **HERS), MISAKI.id)
WITHDRAW = Side(v.WithdrawPromise(promise_id=PROMISE.id, reason="ほかでご購入", **HERS), MANAGER.id)


def pass_on(to: str) -> Side:
    return Side(v.PassPromise(promise_id=PROMISE.id, from_staff_id=MISAKI.id, to_staff_id=to, **HERS), MISAKI.id)


Seen = Callable[["Shown"], object]


class Shown:
    """What the server holds afterwards."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, kind: type[R], record_id: str) -> R:
        with reading(self.engine) as conn:
            found = Records(conn).get(kind, record_id)
        assert found is not None
        return found

    def follow_up(self) -> tuple[FollowUpState, str | None, str | None]:
        found = self.of(FollowUp, FOLLOW_UP.id)
        return found.state, found.assignee_id, found.message_id

    def draft(self) -> MessageState:
        return self.of(Message, DRAFT.id).state

    def call(self) -> tuple[AppointmentState, bool, bool]:
        found = self.of(Appointment, CALL.id)
        assert found.call is not None
        return found.state, found.call.staff_joined_at is not None, found.call.ended_at is not None


OPEN, DONE, DISMISSED, SCHEDULED = (
    FollowUpState.OPEN, FollowUpState.DONE, FollowUpState.DISMISSED, FollowUpState.SCHEDULED
)  # fmt: skip
CASES: dict[str, tuple[Side, Side, str | None, Seen, object]] = {
    "close, close": (Side(close("done"), MISAKI.id), Side(close("dismissed"), AKI.id), "wrong_state",
                     lambda s: s.follow_up(), (DONE, None, None)),
    "dismiss, done": (Side(close("dismissed"), AKI.id), Side(close("done"), MISAKI.id), "wrong_state",
                      lambda s: s.follow_up(), (DISMISSED, None, None)),
    "message, message": (Side(queue("m1"), MISAKI.id), Side(queue("m2"), AKI.id), "wrong_state",
                         lambda s: s.follow_up(), (SCHEDULED, None, "m1")),
    "message, close": (Side(queue("m1"), MISAKI.id), Side(close("done"), AKI.id), "wrong_state",
                       lambda s: s.follow_up(), (SCHEDULED, None, "m1")),
    "close, message": (Side(close("done"), AKI.id), Side(queue("m1"), MISAKI.id), "wrong_state",
                       lambda s: s.follow_up(), (DONE, None, None)),
    "take, take": (Side(assign(MISAKI.id), MISAKI.id), Side(assign(AKI.id), AKI.id), "role",
                   lambda s: s.follow_up(), (OPEN, MISAKI.id, None)),
    "take, manager gives": (Side(assign(MISAKI.id), MISAKI.id), Side(assign(AKI.id), MANAGER.id), None,
                            lambda s: s.follow_up(), (OPEN, AKI.id, None)),
    "manager gives, take": (Side(assign(AKI.id), MANAGER.id), Side(assign(MISAKI.id), MISAKI.id), "role",
                            lambda s: s.follow_up(), (OPEN, AKI.id, None)),
    "close, take": (Side(close("done"), MISAKI.id), Side(assign(AKI.id), AKI.id), "wrong_state",
                    lambda s: s.follow_up(), (DONE, None, None)),
    "take, another closes": (Side(assign(MISAKI.id), MISAKI.id), Side(close("done"), AKI.id), "not_yours",
                             lambda s: s.follow_up(), (OPEN, MISAKI.id, None)),
    "approve, return": (APPROVE, RETURN, "wrong_state", lambda s: s.draft(), MessageState.QUEUED),
    "return, approve": (RETURN, APPROVE, "wrong_state", lambda s: s.draft(), MessageState.RETURNED),
    "approve, approve": (APPROVE, APPROVE, "wrong_state", lambda s: s.draft(), MessageState.QUEUED),
    "cancel, cancel": (CANCEL, CANCEL_TOO, None, lambda s: s.of(Message, OWN.id).state, MessageState.CANCELLED),
    "stop, message": (STOP, Side(queue("m1", None), AKI.id), "do_not_contact",
                      lambda s: s.of(Consent, "stop-1").recorded_by, MISAKI.id),
    "message, stop": (Side(queue("m1", None), AKI.id), STOP, None,
                      lambda s: s.of(Message, "m1").state, MessageState.CANCELLED),
    "keep, withdraw": (KEEP, WITHDRAW, "wrong_state", lambda s: s.of(Promise, PROMISE.id).state, PromiseState.KEPT),
    "withdraw, keep": (WITHDRAW, KEEP, "wrong_state", lambda s: s.of(Promise, PROMISE.id).reason, "ほかでご購入"),
    "pass on, pass on": (pass_on(AKI.id), pass_on(MANAGER.id), "moved",
                         lambda s: s.of(Promise, PROMISE.id).owner_id, AKI.id),
    "pass on, keep": (pass_on(AKI.id), KEEP, None, lambda s: s.of(Promise, PROMISE.id).ended_by, MISAKI.id),
    "keep, pass on": (KEEP, pass_on(AKI.id), "wrong_state", lambda s: s.of(Promise, PROMISE.id).owner_id, MISAKI.id),
    "join, end": (JOIN, END, None, lambda s: s.call(), (AppointmentState.DONE, True, True)),
    "end, join": (END, JOIN, None, lambda s: s.call(), (AppointmentState.DONE, True, False)),
    "join, join": (JOIN, Side(JOIN.command, AKI.id), None, lambda s: s.call(), (CALL.state, True, False)),
    "check in, check in": (Side(visit("v1"), MISAKI.id), Side(visit("v2"), AKI.id), "replayed",
                           lambda s: (s.of(Visit, "v1").id, s.of(Visit, "v2").id), ("v1", "v2")),
    "one visit id twice": (Side(visit("v1"), MISAKI.id), Side(visit("v1"), AKI.id), "exists",
                           lambda s: s.of(Visit, "v1").staff_id, MISAKI.id),
}  # fmt: skip


@pytest.mark.parametrize("days", [-5, 0, 5])
@pytest.mark.parametrize("case", CASES)
def test_the_first_to_arrive_counts(retailer: Engine, clock: MovableClock, case: str, days: int) -> None:
    """Whichever tablet's clock is ahead, and by however many days, the outcome is that of the order of arrival."""
    first, second, code, seen, expected = CASES[case]
    about = {value for value in first.command.model_dump().values() if isinstance(value, str)}
    # only what it is about: another message would count against her week
    write(retailer, clock, AKI, *(each for each in (FOLLOW_UP, CALL, DRAFT, OWN, PROMISE) if each.id in about))
    one = Device(retailer, clock)
    other_clock = MovableClock(clock.at + timedelta(days=days))
    other = Device(retailer, clock, seed=b"\x02" * 32)
    other.clock = other_clock  # what it writes on its commands; the server's stays
    earlier = one.do(first.command, first.staff_id)
    assert earlier.accepted, earlier.reason
    later = other.do(second.command, second.staff_id)
    assert (later.reason.code if later.reason else None) == code
    assert later.accepted == (code in (None, "replayed"))
    assert seen(Shown(retailer)) == expected


def test_every_command_has_its_rule() -> None:
    """The decision names each command that a device may send, and none that there is not."""
    types = {get_args(cls.model_fields["type"].annotation)[0] for cls in get_args(get_args(c.AnyCommand)[0])}
    named = set(re.findall(r"^\| `(\w+)` \|", DECISION.read_text(encoding="utf-8"), re.MULTILINE))
    assert named == types
