"""A message for the tests of pages."""

from datetime import datetime

from sync.model.customer import Channel
from sync.model.outreach import Cause, Message, MessageState, Purpose
from tests.integration.server.people import GINZA, MISAKI, YUMI


def letter(at: datetime, **more: object) -> Message:
    fields: dict[str, object] = {
        "id": "m1", "customer_id": YUMI.id, "channel": Channel.EMAIL, "cause": Cause.AFTER_VISIT,
        "purpose": Purpose.RELATIONSHIP, "shop_id": GINZA.id, "staff_id": MISAKI.id, "state": MessageState.SENT,
        "body": "x", "at": at, "state_at": at,
    }  # fmt: skip
    return Message.model_validate(fields | more)
