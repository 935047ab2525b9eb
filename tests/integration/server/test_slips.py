"""What the shop takes on for a customer, through the server: who moves it, what follows, and what others see of a complaint."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from sync.ids import new_id
from sync.model.belonging import Belonging
from sync.model.commands import Command, QueueMessage
from sync.model.commands_goods import AssignSlip, MoveSlip, NoteBelonging, OpenSlip
from sync.model.customer import Channel
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message
from sync.model.slip import Slip, SlipKind, SlipState
from sync.policy.slips import follow_up_of
from sync.server.database import reading
from sync.server.repository.records import Records
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    OSAKA_MANAGER,
    PART_TIMER,
    YUMI,
    MovableClock,
    agrees,
    write,
)

DUE = date(2026, 12, 5)
SECRET = "袖口のほつれ。二度目とのことでお怒り"


def opened(kind: SlipKind, **more: str) -> OpenSlip:
    return OpenSlip(
        slip_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, slip_kind=kind, owner_id=MISAKI.id, due_on=DUE, **more
    )


def step(slip_id: str, before: SlipState, after: SlipState) -> MoveSlip:
    return MoveSlip(slip_id=slip_id, customer_id=YUMI.id, from_state=before, to_state=after)


def refusal(device: Device, command: Command, staff_id: str) -> str:
    outcome = device.do(command, staff_id)
    assert not outcome.accepted
    assert outcome.reason is not None
    return outcome.reason.code


def follow_up(engine: Engine, slip_id: str) -> FollowUp | None:
    with reading(engine) as conn:
        return Records(conn).get(FollowUp, follow_up_of(slip_id))


def test_ready_proposes_to_tell_her_and_sends_nothing(device: Device, retailer: Engine) -> None:
    """An alteration that is ready puts a follow-up of its owner among what is to do, with its reason; no message is made.
    Handed over, the follow-up is done."""
    made = opened(SlipKind.ALTERATION, item="紺のコート", text="袖丈 -2cm")
    assert device.do(made, MISAKI.id).accepted
    assert follow_up(retailer, made.slip_id) is None
    assert device.do(step(made.slip_id, SlipState.RECEIVED, SlipState.READY), PART_TIMER.id).accepted
    told = follow_up(retailer, made.slip_id)
    assert told is not None
    assert (told.state, told.cause, told.assignee_id) == (FollowUpState.OPEN, Cause.ALTERATION_READY, MISAKI.id)
    assert told.evidence.code == "slip_ready"
    with reading(retailer) as conn:
        assert Records(conn).of_kind(Message) == []
    assert device.do(step(made.slip_id, SlipState.READY, SlipState.DONE), MISAKI.id).accepted
    ended = follow_up(retailer, made.slip_id)
    assert ended is not None
    assert ended.state is FollowUpState.DONE
    with reading(retailer) as conn:
        slip = Records(conn).get(Slip, made.slip_id)
    assert slip is not None
    assert [(one.state.value, one.by) for one in slip.steps] == [
        ("received", MISAKI.id), ("ready", PART_TIMER.id), ("done", MISAKI.id)
    ]  # fmt: skip


def test_the_first_who_moves_it_stands(device: Device) -> None:
    """Two tablets move the same slip from what both saw: the second is told where it stands."""
    made = opened(SlipKind.SPECIAL_ORDER)
    device.do(made, MISAKI.id)
    assert device.do(step(made.slip_id, SlipState.RECEIVED, SlipState.UNDER_WAY), MISAKI.id).accepted
    outcome = device.do(step(made.slip_id, SlipState.RECEIVED, SlipState.CANCELLED), PART_TIMER.id)
    assert outcome.reason is not None
    assert (outcome.reason.code, outcome.reason.params["state"]) == ("wrong_state", "under_way")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (SlipKind.COMPLAINT, (SlipState.CANCELLED,)),
        (SlipKind.RETURN, (SlipState.READY,)),
        (SlipKind.ALTERATION, (SlipState.DONE, SlipState.RECEIVED)),
    ],
)
def test_what_makes_no_sense_is_refused(device: Device, kind: SlipKind, path: tuple[SlipState, ...]) -> None:
    """A complaint is never struck out, nothing waits to be fetched of a return, and what has ended has ended."""
    made = opened(kind)
    device.do(made, MISAKI.id)
    before = SlipState.RECEIVED
    for after in path[:-1]:
        assert device.do(step(made.slip_id, before, after), MISAKI.id).accepted
        before = after
    assert refusal(device, step(made.slip_id, before, path[-1]), MISAKI.id) == "wrong_state"


def test_others_see_that_a_complaint_is_handled_and_by_whom(device: Device, retailer: Engine) -> None:
    """No tablet gets what it is about; only its owner and a manager of the shop move it or give it away."""
    made = opened(SlipKind.COMPLAINT, text=SECRET)
    assert device.do(made, PART_TIMER.id).accepted
    device.pull()
    row = device.rows["slip", made.slip_id]
    assert (row["owner_id"], row["state"]) == (MISAKI.id, "received")
    assert "text" not in row
    assert SECRET not in str(device.seen)
    begin = step(made.slip_id, SlipState.RECEIVED, SlipState.UNDER_WAY)
    assert refusal(device, begin, PART_TIMER.id) == "not_yours"
    assert device.do(begin, MISAKI.id).accepted
    give = AssignSlip(slip_id=made.slip_id, customer_id=YUMI.id, owner_id=PART_TIMER.id, due_on=DUE)
    assert refusal(device, give, PART_TIMER.id) == "not_yours"
    assert device.do(give, MANAGER.id).accepted
    assert device.do(step(made.slip_id, SlipState.UNDER_WAY, SlipState.DONE), PART_TIMER.id).accepted


def test_an_open_complaint_silences_promotion(device: Device, retailer: Engine, clock: MovableClock) -> None:
    """While it is open no message of our own accord is taken; once it is settled the gate judges by the rest again."""
    write(retailer, clock, agrees(YUMI))
    made = opened(SlipKind.COMPLAINT, text=SECRET)
    device.do(made, MISAKI.id)

    def wrote() -> QueueMessage:
        return QueueMessage(
            message_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, channel=Channel.EMAIL, cause=Cause.AFTER_VISIT,
            subject="先日の御礼", body="ありがとうございました。",
        )  # fmt: skip

    assert refusal(device, wrote(), MISAKI.id) == "open_complaint"
    device.do(step(made.slip_id, SlipState.RECEIVED, SlipState.DONE), MISAKI.id)
    assert device.do(wrote(), MISAKI.id).accepted


def test_a_message_that_it_is_ready_stops_once_it_was_handed_over(
    device: Device, retailer: Engine, clock: MovableClock
) -> None:
    """She has it already: the gate finds the reason gone."""
    write(retailer, clock, agrees(YUMI))
    made = opened(SlipKind.ALTERATION)
    device.do(made, MISAKI.id)
    device.do(step(made.slip_id, SlipState.RECEIVED, SlipState.READY), MISAKI.id)
    device.do(step(made.slip_id, SlipState.READY, SlipState.UNDER_WAY), MISAKI.id)
    wrote = QueueMessage(
        message_id=new_id(), customer_id=YUMI.id, shop_id=GINZA.id, channel=Channel.EMAIL, cause=Cause.ALTERATION_READY,
        subject="お直しの件", body="仕上がりました。", follow_up_id=follow_up_of(made.slip_id),
    )  # fmt: skip
    assert refusal(device, wrote, MISAKI.id) in {"stale_reason", "wrong_state"}


def test_an_owner_works_there(device: Device) -> None:
    """Nobody is made to see to a slip in a shop where they do not work."""
    made = opened(SlipKind.ALTERATION).model_copy(update={"owner_id": OSAKA_MANAGER.id})
    assert refusal(device, made, MISAKI.id) == "not_here"


def test_the_last_word_on_a_piece_stands(device: Device, retailer: Engine, clock: MovableClock) -> None:
    """What she owns is kept as it was said last, under one id."""
    said = NoteBelonging(
        belonging_id="hers", customer_id=YUMI.id, shop_id=GINZA.id, name="茶の鞄", size="M", care="防水スプレー"
    )
    assert device.do(said, MISAKI.id).accepted
    clock.at += timedelta(minutes=1)
    assert device.do(said.model_copy(update={"care": "", "gone": True}), PART_TIMER.id).accepted
    with reading(retailer) as conn:
        kept = Records(conn).get(Belonging, "hers")
    assert kept is not None
    assert (kept.name, kept.care, kept.gone, kept.staff_id) == ("茶の鞄", "", True, PART_TIMER.id)
