"""Drafts of who may only draft, written anew before or after a manager has looked."""

from datetime import timedelta

from sqlalchemy import Engine

from sync.model.commands import ApproveMessage
from sync.model.outreach import Message, MessageState
from tests.integration.server.asked import message, stored
from tests.integration.server.devices import Device
from tests.integration.server.people import MANAGER, NOON, PART_TIMER, YUMI


def test_a_waiting_draft_can_be_written_anew(retailer: Engine, device: Device) -> None:
    """It does not count as a contact beside itself, and what the manager approves is the newer one."""
    first = message()
    assert device.do(first, PART_TIMER.id).accepted
    again = device.do(first.model_copy(update={"body": "先日はありがとうございました。"}), PART_TIMER.id)
    assert again.accepted, again.reason
    waiting = stored(retailer, Message, first.message_id)
    assert (waiting.state, waiting.body) == (MessageState.AWAITING_APPROVAL, "先日はありがとうございました。")


def test_an_approved_draft_keeps_the_time_it_was_planned_for(retailer: Engine, device: Device) -> None:
    """Approving is no reason to send at once what was meant for the day after tomorrow."""
    planned = NOON + timedelta(days=2)
    draft = message(send_after=planned)
    assert device.do(draft, PART_TIMER.id).accepted
    outcome = device.do(ApproveMessage(message_id=draft.message_id, customer_id=YUMI.id), MANAGER.id)
    assert outcome.accepted
    assert stored(retailer, Message, draft.message_id).send_after == planned
