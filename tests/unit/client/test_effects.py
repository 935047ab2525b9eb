"""What each command does to the records, before the server has said so."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.model import commands as c
from sync.model.base import Record
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    AppointmentState,
    Call,
    Channel,
    Consent,
    ConsentPurpose,
    Customer,
    Visit,
)
from sync.model.outreach import Cause, FollowUp, FollowUpState, Message, MessageState, Purpose, Voice
from sync.model.shop import Pause, PauseScope
from tests.unit.client.build import World, customer, message
from tests.unit.client.fake import SHOP, START

HER: dict[str, Any] = {"customer_id": "customer-1"}


def _draft(state: MessageState = MessageState.AWAITING_APPROVAL) -> Message:
    return Message(
        id="message-1",
        channel=Channel.EMAIL,
        cause=Cause.AFTER_VISIT,
        purpose=Purpose.RELATIONSHIP,
        shop_id=SHOP,
        staff_id="staff-3",
        state=state,
        body="下書き",
        at=START,
        state_at=START,
        follow_up_id="follow-up-1",
        **HER,
    )


@pytest.fixture
def offline(synced: World) -> World:
    """A device without a network, on which a draft waits for a manager."""
    follow_up = synced.client.cache.record("follow_up", "follow-up-1")
    assert isinstance(follow_up, FollowUp)
    waiting = {"state": FollowUpState.AWAITING_APPROVAL, "message_id": "message-1"}
    synced.server.put(_draft(), follow_up.model_copy(update=waiting))
    call = Call(room_id="room", token="call-token")
    times = {"at": START, "booked_at": START}
    synced.server.put(
        Appointment(id="video-1", shop_id=SHOP, appointment_kind=AppointmentKind.VIDEO, call=call, **times, **HER),
        Appointment(id="video-2", shop_id=SHOP, appointment_kind=AppointmentKind.VIDEO, **times, **HER),
    )
    synced.client.sync_once()
    synced.server.down = True
    return synced


def _do(world: World, command: c.AnyCommand, staff_id: str = "staff-2") -> None:
    world.client.submit(command, staff_id)


def _get(world: World, kind: str, record_id: str) -> Any:
    found: Record | None = world.client.cache.record(kind, record_id)
    assert found is not None
    return found


def test_check_in_opens_a_visit(offline: World) -> None:
    """She is in the shop from the moment of the scan."""
    _do(offline, c.CheckIn(visit_id="visit-9", shop_id=SHOP, source="scan", **HER))
    assert _get(offline, "visit", "visit-9") == Visit(id="visit-9", shop_id=SHOP, staff_id="staff-2", at=START, **HER)


def test_a_registration_is_a_customer_with_consents(offline: World) -> None:
    """She can be found, written to by what she agreed to, and everything else can be done for her."""
    _do(
        offline,
        c.RegisterCustomer(
            customer_id="new-1", shop_id=SHOP, family_name="新垣", phone="+819055556666", consents=(Channel.SMS,)
        ),
    )
    kinds = {type(one) for one in offline.client.cache.customer_range("new-1")}
    assert kinds == {Customer, Consent}
    assert offline.client.identify("090-5555-6666").customer_id == "new-1"


def test_approving_and_returning(offline: World) -> None:
    """A manager's word stands at once; a returned draft tells why."""
    _do(offline, c.ReturnMessage(message_id="message-1", comment="敬称を", **HER))
    returned = _get(offline, "message", "message-1")
    assert returned.state is MessageState.RETURNED
    assert returned.reason.params == {"comment": "敬称を", "staff_id": "staff-2"}
    follow_up = _get(offline, "follow_up", "follow-up-1")
    assert (follow_up.state, follow_up.comment, follow_up.comment_by) == (FollowUpState.RETURNED, "敬称を", "staff-2")
    assert follow_up.assignee_id == returned.staff_id


def test_a_returned_draft_comes_again(offline: World) -> None:
    """Rewritten under its own id it waits again, and is settled when the feed has brought it."""
    _do(offline, c.ReturnMessage(message_id="message-1", comment="敬称を", **HER))
    _do(offline, message(body="書き直し", follow_up_id="follow-up-1"), "staff-3")
    again = _get(offline, "message", "message-1")
    assert (again.state, again.body, again.reason) == (MessageState.AWAITING_APPROVAL, "書き直し", None)
    assert _get(offline, "follow_up", "follow-up-1").state is FollowUpState.AWAITING_APPROVAL
    offline.server.down = False
    offline.client.sync_once()
    assert _get(offline, "message", "message-1").state is MessageState.SENT


def test_closing_drops_the_draft(offline: World) -> None:
    """A follow-up that is closed takes its waiting draft with it; closing twice changes nothing."""
    for _ in range(2):
        _do(offline, c.CloseFollowUp(follow_up_id="follow-up-1", outcome="dismissed", comment="来店済み", **HER))
    assert _get(offline, "follow_up", "follow-up-1").state is FollowUpState.DISMISSED
    assert _get(offline, "message", "message-1").state is MessageState.CANCELLED


def test_putting_off_shows_at_once_and_only_what_was_seen(offline: World) -> None:
    """It stands on its new day; a second tap that saw the first day changes nothing, nor does one for a draft that waits."""

    def put_off(seen: datetime, days: int) -> None:
        to = seen + timedelta(days=days)
        _do(offline, c.PutOffFollowUp(follow_up_id="follow-up-1", seen_due_at=seen, due_at=to, **HER))

    first = _get(offline, "follow_up", "follow-up-1").due_at
    put_off(first, 1)
    assert _get(offline, "follow_up", "follow-up-1").due_at == first
    _do(offline, c.ReturnMessage(message_id="message-1", comment="敬称を", **HER))
    put_off(first, 1)
    put_off(first, 2)
    assert _get(offline, "follow_up", "follow-up-1").due_at == first + timedelta(days=1)


def test_assigning(offline: World) -> None:
    """A follow-up changes hands; its state stays."""
    _do(offline, c.AssignFollowUp(follow_up_id="follow-up-1", assignee_id="staff-1", **HER))
    follow_up = _get(offline, "follow_up", "follow-up-1")
    assert (follow_up.assignee_id, follow_up.state) == ("staff-1", FollowUpState.AWAITING_APPROVAL)


def test_a_call_is_joined_and_ended(offline: World) -> None:
    """The room shows who is in; where the server has not opened one yet, nothing is made up."""
    _do(offline, c.JoinCall(appointment_id="video-1", action="join", **HER))
    offline.clock.advance(minutes=5)
    _do(offline, c.JoinCall(appointment_id="video-1", action="join", **HER))
    assert _get(offline, "appointment", "video-1").call.staff_joined_at == START
    _do(offline, c.JoinCall(appointment_id="video-1", action="end", **HER))
    ended = _get(offline, "appointment", "video-1")
    assert (ended.state, ended.call.ended_at) == (AppointmentState.DONE, START + timedelta(minutes=5))
    _do(offline, c.JoinCall(appointment_id="video-2", action="join", **HER))
    assert _get(offline, "appointment", "video-2").call is None


def test_a_pause_shows_at_once_and_goes_when_it_is_recalled(offline: World) -> None:
    """The shop sees it among the server's pauses before the server knows, also after it was ended here again."""

    def seen() -> dict[str, bool]:
        return {one.id: one.ended_at is None for one in offline.client.cache.records("pause") if isinstance(one, Pause)}

    offline.server.down = False
    offline.server.put(Pause(id="p-0", scope=PauseScope.ALL, since=START))
    offline.client.sync_once()
    offline.server.down = True
    held = offline.client.submit(c.PauseSending(pause_id="p-1", shop_id=SHOP), "staff-1", hold_seconds=10)
    assert seen() == {"p-0": True, "p-1": True}
    assert offline.client.recall(held)
    assert seen() == {"p-0": True}
    _do(offline, c.PauseSending(pause_id="p-2", shop_id=SHOP))
    _do(offline, c.ResumeSending(pause_id="p-2", shop_id=SHOP))
    _do(offline, c.ResumeSending(pause_id="p-0", shop_id=SHOP))  # head office's: not for a shop to end
    assert seen() == {"p-0": True, "p-2": False}


def test_a_stop_shows_at_once_and_its_end_only_when_the_server_says_so(offline: World) -> None:
    """Nobody is written to on the strength of what the server has not answered; a recalled stop is gone."""

    def seen() -> list[tuple[str, str, str | None]]:
        every = [one for one in offline.client.cache.customer_range("customer-1") if isinstance(one, Consent)]
        return [(one.id, one.state.value, one.recorded_by) for one in every if one.purpose is ConsentPurpose.ALL]

    stop = c.StopContact(stop_id="stop-1", shop_id=SHOP, why="お電話で", **HER)
    held = offline.client.submit(stop, "staff-2", hold_seconds=10)
    assert seen() == [("stop-1", "refused", "staff-2")]
    assert offline.client.recall(held)
    assert seen() == []
    _do(offline, stop)
    _do(offline, c.ResumeContact(stop_id="stop-1", shop_id=SHOP, word="再開してほしい", **HER))
    assert seen() == [("stop-1", "refused", "staff-2")]
    assert "stop-1" in offline.client.cache.unanswered("customer-1")


@pytest.mark.parametrize(
    "command",
    [
        c.ResumeSending(pause_id="unknown", shop_id=SHOP),
        c.RecordView(how="search", **HER),
        c.RevealContact(field="phone", purpose="scan", **HER),
        c.CancelMessage(message_id="unknown", **HER),
        c.ApproveMessage(message_id="unknown", **HER),
        c.AssignFollowUp(follow_up_id="unknown", assignee_id="staff-1", **HER),
        c.CloseFollowUp(follow_up_id="unknown", outcome="done", **HER),
        c.PutOffFollowUp(follow_up_id="unknown", seen_due_at=START, due_at=START, **HER),
        c.JoinCall(appointment_id="unknown", action="join", **HER),
    ],
)
def test_commands_about_nothing_change_nothing(offline: World, command: c.AnyCommand) -> None:
    """What is not on the tablet is left to the server."""
    before = offline.client.cache.customer_range("customer-1")
    _do(offline, command)
    assert offline.client.cache.customer_range("customer-1") == before
    assert offline.client.status().waiting == 1


def test_an_effect_follows_the_record_it_changes(offline: World) -> None:
    """While the command waits, the server's record may change otherwise: the effect is laid over what it is now."""
    _do(offline, c.AssignFollowUp(follow_up_id="follow-up-1", assignee_id="staff-1", **HER))
    follow_up = _get(offline, "follow_up", "follow-up-1")
    later = {"due_at": START + timedelta(days=9), "assignee_id": None}
    offline.server.put(follow_up.model_copy(update=later))
    offline.server.down = False
    offline.server.lose_answers = 1
    offline.client.sync_once()
    offline.server.fail_push = lambda _: None
    offline.client.sync_once()
    found = _get(offline, "follow_up", "follow-up-1")
    assert found.due_at == START + timedelta(days=9)


@pytest.mark.parametrize(
    ("voice", "cause", "state", "name", "writer"),
    [
        (Voice.SELF, Cause.AFTER_VISIT, MessageState.QUEUED, "staff-2", None),
        (Voice.CHARGE, Cause.AFTER_VISIT, MessageState.AWAITING_APPROVAL, "staff-1", "staff-2"),
        (Voice.SHOP, Cause.AFTER_VISIT, MessageState.QUEUED, None, "staff-2"),
        (Voice.SELF, Cause.RANK, MessageState.QUEUED, None, "staff-2"),
    ],
)
def test_in_whose_name_it_is_shows_at_once(
    synced: World, voice: Voice, cause: Cause, state: MessageState, name: str | None, writer: str | None
) -> None:
    """Through the person in charge it waits, in that name; from the shop it is in nobody's; the writer is kept."""
    synced.server.put(customer(1, person_in_charge_id="staff-1"))
    synced.client.sync_once()
    synced.server.down = True
    _do(synced, message(7, voice=voice, cause=cause))
    made = _get(synced, "message", "message-7")
    assert (made.state, made.staff_id, made.written_by) == (state, name, writer)


def test_a_command_without_a_choice_is_the_same_command() -> None:
    """What was made before there was one, and is delivered twice across the update, must not look like another."""
    assert "voice" not in c.command_payload(message(7))
    assert c.command_payload(message(7, voice=Voice.SHOP))["voice"] == "shop"
