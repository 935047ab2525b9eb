"""What a manager does about staff: unlocking a PIN is put on record, a conversation changes hands at once; and nobody does
anything who works here no more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from sync.model.commands import LogInteraction, TakeOverConversation, UnlockPin
from sync.model.customer import Channel, Conversation, Customer
from sync.model.outreach import Cause, Direction, FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from sync.model.shop import Staff
from sync.server import convergence
from sync.server.database import reading
from sync.server.repository import audit
from sync.server.repository.records import Records
from sync.server.tables_audit import audit as audit_table
from tests.integration.server.devices import Device
from tests.integration.server.people import (
    GINZA,
    MANAGER,
    MISAKI,
    NOON,
    OSAKA,
    OSAKA_MANAGER,
    PART_TIMER,
    STYLIST,
    YUMI,
    MovableClock,
    write,
)

UNLOCK = UnlockPin(locked_staff_id=MISAKI.id)
ROLE = Reason(code="role", params={"needs": "manager"})


def take(to: Staff, from_: Staff | None = MISAKI) -> TakeOverConversation:
    return TakeOverConversation(
        customer_id=YUMI.id, shop_id=GINZA.id, from_staff_id=from_.id if from_ else None, to_staff_id=to.id
    )


def hers(number: int, staff: Staff | None, **more: object) -> Message:
    fields = {
        "id": f"message-{number}", "customer_id": YUMI.id, "direction": Direction.IN, "channel": Channel.EMAIL,
        "cause": Cause.REPLY, "purpose": Purpose.REPLY, "shop_id": GINZA.id, "staff_id": staff.id if staff else None,
        "state": MessageState.RECEIVED, "body": "まだありますか", "at": NOON, "state_at": NOON,
    }  # fmt: skip
    return Message.model_validate(fields | more)


def to_do(number: int, staff: Staff, state: FollowUpState = FollowUpState.OPEN) -> FollowUp:
    return FollowUp(
        id=f"follow-up-{number}", customer_id=YUMI.id, shop_id=GINZA.id, assignee_id=staff.id, cause=Cause.REPLY,
        evidence=Reason(code="reply"), due_at=NOON, created_at=NOON, state=state,
    )  # fmt: skip


def test_an_unlocked_pin_is_on_record(retailer: Engine, device: Device) -> None:
    """Who let whom try again, on which tablet."""
    assert device.do(UNLOCK, MANAGER.id).accepted
    with reading(retailer) as conn:
        noted = conn.execute(audit_table.select().where(audit_table.c.what == "unlock_pin")).mappings().one()
    assert (noted["staff_id"], noted["subject_id"]) == (MANAGER.id, MISAKI.id)


def test_only_a_manager_of_the_shop_unlocks_and_never_the_own_pin(device: Device) -> None:
    """What a tablet claims otherwise is refused, and stands in the audit as refused."""
    assert device.do(UNLOCK, PART_TIMER.id).reason == ROLE
    assert device.do(UNLOCK, OSAKA_MANAGER.id).reason == ROLE
    own = UnlockPin(locked_staff_id=MANAGER.id)
    assert device.do(own, MANAGER.id).reason == Reason(code="not_yours")
    assert device.do(UnlockPin(locked_staff_id="x"), MANAGER.id).reason == Reason(
        code="unknown", params={"what": "staff", "id": "x"}
    )


def test_a_conversation_changes_hands(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What she wrote that waits for an answer, and the open follow-ups, are the new person's; what was answered or is
    somebody else's stays. The tablets hear of it, and it is on record."""
    write(
        retailer, clock,
        hers(1, MISAKI), hers(2, MISAKI), hers(3, PART_TIMER),
        hers(4, MISAKI, direction=Direction.OUT, state=MessageState.SENT, in_reply_to="message-1", sent_at=NOON),
        to_do(1, MISAKI), to_do(2, MISAKI, FollowUpState.DONE), to_do(3, PART_TIMER),
    )  # fmt: skip
    assert device.do(take(PART_TIMER), MANAGER.id).accepted
    with reading(retailer) as conn:
        records = Records(conn)
        customer = records.get(Customer, YUMI.id)
        assert customer is not None
        assert customer.conversation == Conversation(
            staff_id=PART_TIMER.id, taken_from=MISAKI.id, by=MANAGER.id, at=NOON
        )
        owners = {one.id: one.staff_id for one in records.find(Message, customer_id=YUMI.id)}
        assert [owners[f"message-{n}"] for n in (1, 2, 3, 4)] == [MISAKI.id, PART_TIMER.id, PART_TIMER.id, MISAKI.id]
        done = {one.id: one.assignee_id for one in records.find(FollowUp, customer_id=YUMI.id)}
        assert [done[f"follow-up-{n}"] for n in (1, 2, 3)] == [PART_TIMER.id, MISAKI.id, PART_TIMER.id]
        (noted,) = [one for one in audit.of_customer(conn, YUMI.id) if one.what == "take_over_conversation"]
    assert (noted.staff_id, noted.subject_id, noted.how) == (MANAGER.id, MISAKI.id, PART_TIMER.id)
    device.pull()
    assert convergence.differences(retailer) == []


def test_only_a_manager_of_the_shop_gives_a_conversation(device: Device) -> None:
    """Nobody takes one for herself, and it goes to nobody who is not here."""
    assert device.do(take(MISAKI, PART_TIMER), MISAKI.id).reason == ROLE
    assert device.do(take(MISAKI), OSAKA_MANAGER.id).reason == ROLE
    assert device.do(take(OSAKA), MANAGER.id).reason == Reason(code="not_here", params={"staff_id": OSAKA.id})
    gone = MISAKI.model_copy(update={"id": "gone"})
    unknown = Reason(code="unknown", params={"what": "staff", "id": "gone"})
    assert device.do(take(gone), MANAGER.id).reason == unknown
    assert device.do(take(MANAGER, gone), MANAGER.id).reason == unknown
    assert device.do(take(STYLIST), MANAGER.id).accepted
    assert device.do(take(MANAGER, None), MANAGER.id).accepted


@pytest.mark.parametrize(("days", "fits"), [
    ({"ends_on": date(2026, 11, 18)}, True),
    ({"ends_on": date(2026, 11, 17)}, False),
    ({"starts_on": date(2026, 11, 18)}, True),
    ({"starts_on": date(2026, 11, 19)}, False),
])  # fmt: skip
def test_a_contracts_days_bind_the_server_too(
    retailer: Engine, clock: MovableClock, device: Device, days: dict[str, date], fits: bool
) -> None:
    """Whatever a tablet let through: before the first and after the last day nothing is taken from that person."""
    write(retailer, clock, MISAKI.model_copy(update=days))
    note = LogInteraction(interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text="紺がお好き")
    outcome = device.do(note, MISAKI.id)
    assert outcome.accepted is fits
    assert fits or outcome.reason == Reason(code="inactive_staff", params={"staff_id": MISAKI.id})
    if fits and "ends_on" in days:
        clock.at += timedelta(days=1)
        late = device.do(note.model_copy(update={"interaction_id": "note-2"}), MISAKI.id)
        assert late.reason == Reason(code="inactive_staff", params={"staff_id": MISAKI.id})


def test_what_was_done_on_the_last_day_is_taken_after_it(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A tablet that was offline over that midnight loses nothing of what was done before it."""
    write(retailer, clock, MISAKI.model_copy(update={"ends_on": date(2026, 11, 18)}))
    clock.at += timedelta(days=2)
    note = LogInteraction(interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text="紺がお好き")
    then = device.envelope(note, MISAKI.id).model_copy(update={"device_time": NOON})
    assert device.push(then)[0].accepted
