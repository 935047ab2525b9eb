"""Commands about messages and follow-ups: judged again when they come, waiting, coming back, given to others."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.model.commands import (
    ApproveMessage,
    AssignFollowUp,
    CancelMessage,
    CloseFollowUp,
    Command,
    PutOffFollowUp,
    ReturnMessage,
)
from sync.model.customer import (
    Channel,
    ConsentPurpose,
    ConsentState,
)
from sync.model.outreach import FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from sync.server.database import reading, transaction
from sync.server.repository import attempts
from sync.server.repository.records import Records
from tests.integration.server.asked import audited, follow_up, message, stored
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    OSAKA_MANAGER,
    PART_TIMER,
    YUMI,
    MovableClock,
    agrees,
    write,
)

# -- messages


def test_an_allowed_message_is_queued(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """By day and with consent it is queued at once, its purpose following from the cause; its follow-up is scheduled."""
    write(retailer, clock, follow_up())
    command = message(follow_up_id="follow-up-1")
    assert device.do(command, MISAKI.id).reason is None
    queued = stored(retailer, Message, command.message_id)
    assert (queued.state, queued.purpose, queued.send_after) == (
        MessageState.QUEUED,
        Purpose.RELATIONSHIP,
        clock.at,
    )
    scheduled = stored(retailer, FollowUp, "follow-up-1")
    assert (scheduled.state, scheduled.message_id) == (FollowUpState.SCHEDULED, command.message_id)


def test_a_message_at_night_waits_for_the_morning(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """In the quiet hours it is taken, and staff are told when it will go."""
    clock.at = NOON + timedelta(hours=11)  # 23:00 in Tokyo
    command = message()
    outcome = device.do(command, MISAKI.id)
    queued = stored(retailer, Message, command.message_id)
    assert outcome.reason is not None
    assert outcome.reason.code == "later"
    assert queued.send_after is not None
    assert outcome.reason.params == {"at": queued.send_after.isoformat()}
    assert clock.at < queued.send_after < clock.at + timedelta(hours=14)


def test_a_message_without_consent_is_refused_with_all_reasons(retailer: Engine, device: Device) -> None:
    """The gate's first reason is the answer, all of them its parameter; nothing is written."""
    command = message(channel=Channel.SMS)
    outcome = device.do(command, MISAKI.id)
    assert not outcome.accepted
    assert outcome.reason is not None
    assert outcome.reason.code == "no_consent"
    assert outcome.reason.params["channel"] == "sms"
    assert [reason["code"] for reason in outcome.reason.params["reasons"]] == ["no_consent"]
    with reading(retailer) as conn:
        assert Records(conn).get(Message, command.message_id) is None
    assert ("refused:queue_message", MISAKI.id, "no_consent") in audited(retailer)


def test_who_may_only_draft_waits_for_a_manager(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A part-timer's message awaits approval with its follow-up; a manager lets it go."""
    write(retailer, clock, follow_up())
    command = message(follow_up_id="follow-up-1")
    outcome = device.do(command, PART_TIMER.id)
    assert outcome.reason == Reason(code="awaiting_approval")
    assert stored(retailer, Message, command.message_id).state is MessageState.AWAITING_APPROVAL
    assert stored(retailer, FollowUp, "follow-up-1").state is FollowUpState.AWAITING_APPROVAL

    approve = ApproveMessage(message_id=command.message_id, customer_id=YUMI.id)
    assert device.do(approve, MISAKI.id).reason == Reason(code="role", params={"needs": "manager"})
    assert device.do(approve, OSAKA_MANAGER.id).reason == Reason(code="role", params={"needs": "manager"})
    assert device.do(approve, MANAGER.id).accepted
    approved = stored(retailer, Message, command.message_id)
    assert (approved.state, approved.approved_by) == (MessageState.QUEUED, MANAGER.id)
    assert approved.staff_id == PART_TIMER.id
    assert stored(retailer, FollowUp, "follow-up-1").state is FollowUpState.SCHEDULED
    assert device.do(approve, MANAGER.id).reason == Reason(
        code="wrong_state", params={"what": "message", "state": "queued"}
    )


def test_approving_judges_again(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A customer who opted out while her message waited does not get it, whoever approves."""
    command = message()
    device.do(command, PART_TIMER.id)
    clock.at += timedelta(hours=1)
    write(retailer, clock, agrees(YUMI, state=ConsentState.REFUSED, purpose=ConsentPurpose.ALL, at=clock.at))
    outcome = device.do(ApproveMessage(message_id=command.message_id, customer_id=YUMI.id), MANAGER.id)
    assert outcome.reason is not None
    assert outcome.reason.code == "opted_out"
    assert stored(retailer, Message, command.message_id).state is MessageState.AWAITING_APPROVAL


def test_a_returned_draft_can_come_again(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A manager sends a draft back with a comment; its writer changes it and sends it in under the same id."""
    write(retailer, clock, follow_up())
    command = message(follow_up_id="follow-up-1")
    device.do(command, PART_TIMER.id)
    back = ReturnMessage(message_id=command.message_id, customer_id=YUMI.id, comment="もう少し短く")
    assert device.do(back, MANAGER.id).accepted
    returned = stored(retailer, Message, command.message_id)
    assert returned.state is MessageState.RETURNED
    assert returned.reason == Reason(code="returned", params={"comment": "もう少し短く", "staff_id": MANAGER.id})
    sent_back = stored(retailer, FollowUp, "follow-up-1")
    assert (sent_back.state, sent_back.comment, sent_back.comment_by) == (
        FollowUpState.RETURNED,
        "もう少し短く",
        MANAGER.id,
    )
    assert sent_back.assignee_id == PART_TIMER.id, "back to its writer, whoever the follow-up was meant for"
    again = command.model_copy(update={"body": "ありがとうございます。"})
    assert device.do(again, MISAKI.id).reason == Reason(
        code="exists", params={"what": "message", "id": command.message_id}
    )
    assert device.do(again, PART_TIMER.id).reason == Reason(code="awaiting_approval")
    assert stored(retailer, Message, command.message_id).body == "ありがとうございます。"


def test_a_message_can_be_taken_back_until_it_goes(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Its writer or a manager cancels it, the follow-up opens again; once it is on its way it is too late."""
    write(retailer, clock, follow_up())
    command = message(follow_up_id="follow-up-1")
    device.do(command, MISAKI.id)
    cancel = CancelMessage(message_id=command.message_id, customer_id=YUMI.id)
    assert device.do(cancel, PART_TIMER.id).reason == Reason(code="not_yours")
    assert device.do(cancel, MISAKI.id).accepted
    assert stored(retailer, Message, command.message_id).state is MessageState.CANCELLED
    opened = stored(retailer, FollowUp, "follow-up-1")
    assert (opened.state, opened.message_id) == (FollowUpState.OPEN, None)
    sending = stored(retailer, Message, command.message_id).model_copy(update={"state": MessageState.SENDING})
    write(retailer, clock, sending)
    assert device.do(cancel, MISAKI.id).reason == Reason(
        code="wrong_state", params={"what": "message", "state": "sending"}
    )


def test_a_message_that_may_have_gone_is_not_called_cancelled(
    retailer: Engine, clock: MovableClock, device: Device
) -> None:
    """Taking back a message that a provider was asked to send, and gave no answer, ends the attempts; it stays unknown."""
    command = message()
    device.do(command, MISAKI.id)
    with transaction(retailer) as conn:
        attempts.start(conn, command.message_id, 1, command.channel, clock())
        unanswered = Reason(code=attempts.NO_ANSWER)
        attempts.finish(conn, command.message_id, 1, clock(), state=MessageState.QUEUED, reason=unanswered)
    cancel = CancelMessage(message_id=command.message_id, customer_id=YUMI.id)
    assert device.do(cancel, MISAKI.id).accepted
    assert stored(retailer, Message, command.message_id).state is MessageState.UNKNOWN


def test_two_people_do_not_answer_one_follow_up(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A message for a follow-up that a colleague has dealt with meanwhile is refused, so that she is not written twice."""
    write(retailer, clock, follow_up(FollowUpState.DONE))
    outcome = device.do(message(follow_up_id="follow-up-1"), MISAKI.id)
    assert outcome.reason == Reason(code="wrong_state", params={"what": "follow_up", "state": "done"})


def test_a_message_is_not_planned_for_ever(device: Device, clock: MovableClock) -> None:
    """A message may be planned at most 90 days ahead."""
    outcome = device.do(message(send_after=clock.at + timedelta(days=91)), MISAKI.id)
    assert outcome.reason is not None
    assert outcome.reason.code == "too_far"


# -- follow-ups


def test_a_manager_gives_a_follow_up_to_someone_else(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Only managers give what is somebody's; only to people who work there."""
    write(retailer, clock, follow_up())

    def give(to: str) -> Command:
        return AssignFollowUp(follow_up_id="follow-up-1", customer_id=YUMI.id, assignee_id=to, comment="お願いします")

    assert device.do(give(PART_TIMER.id), PART_TIMER.id).reason == Reason(code="role", params={"needs": "manager"})
    assert device.do(give(OSAKA.id), MANAGER.id).reason == Reason(code="not_here", params={"staff_id": OSAKA.id})
    assert device.do(give(PART_TIMER.id), MANAGER.id).accepted
    given = stored(retailer, FollowUp, "follow-up-1")
    assert (given.assignee_id, given.comment, given.comment_by) == (PART_TIMER.id, "お願いします", MANAGER.id)


def test_anybody_of_the_shop_takes_a_free_follow_up(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What is nobody's may be taken without asking."""
    write(retailer, clock, follow_up(assignee_id=None))
    command = AssignFollowUp(follow_up_id="follow-up-1", customer_id=YUMI.id, assignee_id=MISAKI.id)
    assert device.do(command, MISAKI.id).accepted
    assert stored(retailer, FollowUp, "follow-up-1").assignee_id == MISAKI.id


def test_closing_a_follow_up(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Whose it is may close it, once; a colleague may not."""
    write(retailer, clock, follow_up())
    command = CloseFollowUp(follow_up_id="follow-up-1", customer_id=YUMI.id, outcome="done", comment="お電話済み")
    assert device.do(command, PART_TIMER.id).reason == Reason(code="not_yours")
    assert device.do(command, MISAKI.id).accepted
    assert stored(retailer, FollowUp, "follow-up-1").state is FollowUpState.DONE
    assert device.do(command, MISAKI.id).reason == Reason(
        code="wrong_state", params={"what": "follow_up", "state": "done"}
    )


def test_putting_a_follow_up_off(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """Whose it is may, while its occasion lasts; who saw another day, or names one too late, is refused and nothing changes."""
    soon, late = NOON + timedelta(days=1), NOON + timedelta(days=9)
    write(retailer, clock, follow_up(stale_after=NOON + timedelta(days=5)))
    seen = stored(retailer, FollowUp, "follow-up-1").due_at
    command = PutOffFollowUp(follow_up_id="follow-up-1", customer_id=YUMI.id, seen_due_at=seen, due_at=soon)
    assert device.do(command, PART_TIMER.id).reason == Reason(code="not_yours")
    far = device.do(command.model_copy(update={"due_at": late}), MISAKI.id).reason
    assert far is not None
    assert far.code == "put_off_too_far"
    assert device.do(command, MISAKI.id).accepted
    again = device.do(command.model_copy(update={"due_at": soon + timedelta(days=1)}), MISAKI.id).reason
    assert again == Reason(code="wrong_state", params={"what": "follow_up", "state": "open"})
    assert stored(retailer, FollowUp, "follow-up-1").due_at == soon
