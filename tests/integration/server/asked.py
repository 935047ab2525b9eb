"""What tests of commands ask for and look up."""

from sqlalchemy import Engine

from sync.ids import new_id
from sync.model.commands import (
    LogInteraction,
    QueueMessage,
)
from sync.model.customer import (
    Channel,
)
from sync.model.outreach import Cause, FollowUp, FollowUpState, Reason
from sync.server.database import reading
from sync.server.repository import audit
from sync.server.repository.records import R, Records
from tests.integration.server.people import (
    GINZA,
    MISAKI,
    NOON,
    YUMI,
)


def stored(engine: Engine, kind: type[R], record_id: str) -> R:
    with reading(engine) as conn:
        found = Records(conn).get(kind, record_id)
    assert found is not None
    return found


def audited(engine: Engine, customer_id: str = YUMI.id) -> list[tuple[str, str | None, str]]:
    with reading(engine) as conn:
        return [(entry.what, entry.staff_id, entry.how) for entry in audit.of_customer(conn, customer_id)]


def note(text: str = "青がお好き", customer_id: str = YUMI.id, shop_id: str = GINZA.id) -> LogInteraction:
    return LogInteraction(interaction_id=new_id(), customer_id=customer_id, shop_id=shop_id, text=text)


def message(**changes: object) -> QueueMessage:
    fields: dict[str, object] = {
        "message_id": new_id(),
        "customer_id": YUMI.id,
        "shop_id": GINZA.id,
        "channel": Channel.EMAIL,
        "cause": Cause.AFTER_VISIT,
        "subject": "先日のご来店の御礼",
        "body": "ありがとうございました。",
    }
    return QueueMessage.model_validate(fields | changes)


def follow_up(state: FollowUpState = FollowUpState.OPEN, **changes: object) -> FollowUp:
    fields: dict[str, object] = {
        "id": "follow-up-1",
        "customer_id": YUMI.id,
        "shop_id": GINZA.id,
        "assignee_id": MISAKI.id,
        "cause": Cause.AFTER_VISIT,
        "evidence": Reason(code="visited"),
        "due_at": NOON,
        "state": state,
        "created_at": NOON,
    }
    return FollowUp.model_validate(fields | changes)
