"""In whose name a message goes, as the server decides it, and who has the say over it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from sync.ids import imported_id
from sync.model.commands import ApproveMessage, CancelMessage, QueueMessage, ReturnMessage
from sync.model.customer import ConsentPurpose
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Reason, Voice
from sync.model.shop import Shift, Staff
from tests.integration.server.asked import follow_up, message, stored
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    OSAKA_MANAGER,
    PART_TIMER,
    YUMI,
    MovableClock,
    agrees,
    person,
    write,
)

AOI = person("aoi", GINZA.id)
"""A colleague who writes to a customer of Misaki's."""
HERS = YUMI.model_copy(update={"person_in_charge_id": MISAKI.id})


def shift(staff: Staff, hours: float, long: float = 8) -> Shift:
    """A shift in Ginza that begins so many hours from noon."""
    begins = NOON + timedelta(hours=hours)
    fields = {"starts_at": begins, "ends_at": begins + timedelta(hours=long)}
    return Shift(id=imported_id("shift", f"{staff.id}{hours}"), staff_id=staff.id, shop_id=GINZA.id, **fields)


@pytest.fixture
def ginza(retailer: Engine, clock: MovableClock) -> Engine:
    """Yumi is Misaki's customer, and Aoi works there too; nobody tells any shifts."""
    write(retailer, clock, AOI, HERS)
    return retailer


def through_misaki(**changes: object) -> QueueMessage:
    return message(voice=Voice.CHARGE, **changes)


def approve(command: QueueMessage) -> ApproveMessage:
    return ApproveMessage(message_id=command.message_id, customer_id=YUMI.id)


@pytest.mark.parametrize("who", [MISAKI, MANAGER])
def test_through_the_person_in_charge_waits_for_that_person_or_a_manager(
    ginza: Engine, clock: MovableClock, device: Device, who: Staff
) -> None:
    """It is in Misaki's name and Aoi's words; she, or a manager of the shop, lets it go, and nobody else."""
    write(ginza, clock, follow_up())
    command = through_misaki(follow_up_id="follow-up-1")
    assert device.do(command, AOI.id).reason == Reason(code="awaiting_approval")
    waiting = stored(ginza, Message, command.message_id)
    assert (waiting.state, waiting.staff_id, waiting.written_by) == (
        MessageState.AWAITING_APPROVAL,
        MISAKI.id,
        AOI.id,
    )
    assert stored(ginza, FollowUp, "follow-up-1").state is FollowUpState.AWAITING_APPROVAL
    for nobody in (AOI, PART_TIMER, OSAKA_MANAGER):
        assert device.do(approve(command), nobody.id).reason == Reason(code="role", params={"needs": "manager"})
    assert device.do(approve(command), who.id).accepted
    approved = stored(ginza, Message, command.message_id)
    assert (approved.state, approved.staff_id, approved.approved_by) == (MessageState.QUEUED, MISAKI.id, who.id)


def test_what_is_sent_back_goes_to_its_writer(ginza: Engine, clock: MovableClock, device: Device) -> None:
    """Misaki wants other words in her name: the follow-up is Aoi's now, and Aoi may write it anew, from the shop too."""
    write(ginza, clock, follow_up())
    command = through_misaki(follow_up_id="follow-up-1")
    device.do(command, AOI.id)
    back = ReturnMessage(message_id=command.message_id, customer_id=YUMI.id, comment="もう少し短く")
    assert device.do(back, AOI.id).reason == Reason(code="role", params={"needs": "manager"})
    assert device.do(back, MISAKI.id).accepted
    assert stored(ginza, FollowUp, "follow-up-1").assignee_id == AOI.id
    again = command.model_copy(update={"voice": Voice.SHOP})
    assert not device.do(again, MISAKI.id).accepted, "they are not her words"
    assert device.do(again, AOI.id).accepted
    anew = stored(ginza, Message, command.message_id)
    assert (anew.staff_id, anew.written_by, anew.state) == (None, AOI.id, MessageState.QUEUED)


@pytest.mark.parametrize(("who", "may"), [(AOI, True), (MISAKI, True), (MANAGER, True), (PART_TIMER, False)])
def test_who_may_take_it_back(ginza: Engine, device: Device, who: Staff, may: bool) -> None:
    """Whoever wrote it, the person in whose name it is, and a manager."""
    command = through_misaki()
    device.do(command, AOI.id)
    cancel = CancelMessage(message_id=command.message_id, customer_id=YUMI.id)
    outcome = device.do(cancel, who.id)
    assert (outcome.accepted, outcome.reason) == (may, None if may else Reason(code="not_yours"))


def test_who_may_only_draft_does_not_approve(ginza: Engine, clock: MovableClock, device: Device) -> None:
    """The part-timer in charge: what is written in that name waits for a manager all the same."""
    write(ginza, clock, YUMI.model_copy(update={"person_in_charge_id": PART_TIMER.id}))
    command = through_misaki()
    device.do(command, AOI.id)
    assert not device.do(approve(command), PART_TIMER.id).accepted
    assert device.do(approve(command), MANAGER.id).accepted


@pytest.mark.parametrize("charge", [None, OSAKA.id, "gone"])
def test_there_has_to_be_somebody_in_charge_here(
    ginza: Engine, clock: MovableClock, device: Device, charge: str | None
) -> None:
    """Nobody, somebody of another shop, somebody who left: it is refused, and nothing is written."""
    gone = person("gone", GINZA.id, active=False).model_copy(update={"id": "gone"})
    write(ginza, clock, gone, YUMI.model_copy(update={"person_in_charge_id": charge}))
    assert device.do(through_misaki(), AOI.id).reason == Reason(code="nobody_in_charge")


def test_in_charge_herself_writes_as_herself(ginza: Engine, device: Device) -> None:
    """Through the person in charge, by that person: nothing to wait for."""
    command = through_misaki()
    assert device.do(command, MISAKI.id).accepted
    written = stored(ginza, Message, command.message_id)
    assert (written.state, written.staff_id, written.written_by) == (MessageState.QUEUED, MISAKI.id, None)


def test_from_the_shop(ginza: Engine, device: Device) -> None:
    """In nobody's name; its writer is kept. That of who may only draft waits for a manager."""
    command = message(voice=Voice.SHOP)
    assert device.do(command, AOI.id).accepted
    written = stored(ginza, Message, command.message_id)
    assert (written.staff_id, written.written_by, written.state) == (None, AOI.id, MessageState.QUEUED)
    cancel = CancelMessage(message_id=command.message_id, customer_id=YUMI.id)
    assert device.do(cancel, MISAKI.id).reason == Reason(code="not_yours")
    assert device.do(cancel, AOI.id).accepted
    draft = message(voice=Voice.SHOP)
    assert device.do(draft, PART_TIMER.id).reason == Reason(code="awaiting_approval")
    assert device.do(approve(draft), MANAGER.id).accepted


@pytest.mark.parametrize("voice", list(Voice))
def test_the_shops_causes_are_the_shops(ginza: Engine, clock: MovableClock, device: Device, voice: Voice) -> None:
    """Whatever a tablet asks for, also one that knows of no choice: a rank is told by the shop."""
    write(ginza, clock, agrees(YUMI, purpose=ConsentPurpose.CAMPAIGN))
    command = message(
        voice=voice,
        cause=Cause.RANK,
        body="ありがとうございました。\n今後ともよろしくお願いいたします。",
    )
    outcome = device.do(command, AOI.id)
    assert outcome.accepted, outcome.reason
    assert stored(ginza, Message, command.message_id).staff_id is None


def test_it_waits_for_the_next_duty_of_the_day(ginza: Engine, clock: MovableClock, device: Device) -> None:
    """Aoi's shift begins at 20:00: as herself at 17:00, which staff are told; the manager's is over, so tomorrow at nine
    is too early and three hours before the late shift is right; from the shop at once."""
    tomorrow = 24 + 4
    write(ginza, clock, shift(AOI, 8), shift(MANAGER, -4, 3), shift(MANAGER, tomorrow))
    command = message()
    outcome = device.do(command, AOI.id)
    five = NOON + timedelta(hours=5)
    assert outcome.reason == Reason(code="later", params={"at": five.isoformat()})
    assert stored(ginza, Message, command.message_id).send_after == five
    device.do(CancelMessage(message_id=command.message_id, customer_id=YUMI.id), AOI.id)
    third = message()
    outcome = device.do(third, MANAGER.id)
    at = NOON + timedelta(hours=tomorrow - 3)
    assert outcome.reason == Reason(code="later", params={"at": at.isoformat()})
    device.do(CancelMessage(message_id=third.message_id, customer_id=YUMI.id), MANAGER.id)
    assert device.do(message(voice=Voice.SHOP), AOI.id).reason is None


def test_duty_in_the_night_is_none(ginza: Engine, clock: MovableClock, device: Device) -> None:
    """A shift that ends before nine leaves no time to speak in; without another one it is refused, and says whose."""
    write(ginza, clock, shift(AOI, 18, 2.5))  # 06:00 to 08:30
    assert device.do(message(), AOI.id).reason == Reason(code="off_duty", params={"staff_id": AOI.id})
    write(ginza, clock, shift(AOI, 42, 8))  # 06:00 to 14:00, the day after
    command = message()
    device.do(command, AOI.id)
    assert stored(ginza, Message, command.message_id).send_after == NOON + timedelta(hours=45)


def test_a_colleague_who_is_there_stands_in(ginza: Engine, clock: MovableClock, device: Device) -> None:
    """Misaki is away until the day after tomorrow; Aoi, who wrote it in her name, is there: once approved it goes. With
    a stand-in named, that one has to be there instead."""
    write(ginza, clock, shift(AOI, -1), shift(MISAKI, 48))
    command = through_misaki()
    device.do(command, AOI.id)
    assert device.do(approve(command), MANAGER.id).reason is None
    device.do(CancelMessage(message_id=command.message_id, customer_id=YUMI.id), MANAGER.id)
    named = MISAKI.model_copy(update={"stand_in_id": MANAGER.id})
    write(ginza, clock, named, shift(MANAGER, 24))
    second = through_misaki()
    device.do(second, AOI.id)
    at = NOON + timedelta(hours=21)
    assert device.do(approve(second), MANAGER.id).reason == Reason(code="later", params={"at": at.isoformat()})
