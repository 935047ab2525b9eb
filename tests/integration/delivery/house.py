"""A small retailer with one customer, and a provider that keeps a log, for tests of sending."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Engine

from sync.ids import derived_id, new_id
from sync.model.base import Record
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import Cause, Message, MessageState
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.gate import purpose_of
from sync.ports import ChannelEvent, Outgoing, Receipt
from sync.server.database import reading, transaction
from sync.server.repository.records import Records
from sync.server.tables_edges import identities

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
"""12:00 in Tokyo."""

RETAILER = RetailerSettings(
    id="retailer",
    number=7,
    brand="エルム",
    legal_name="株式会社エルム",
    postal_address="東京都中央区銀座1-2-3",
    contact="03-0000-0000",
    line_account="エルム公式",
    app_name="エルム",
)
SHOP = Shop(
    id="shop-ginza", code="ginza", name="銀座本店", name_en="Ginza", brand="エルム", controller="株式会社エルム"
)
STAFF = Staff(id="staff-takahashi", code="t1", family_name="髙橋", given_name="美咲", shop_id=SHOP.id)
CUSTOMER = Customer(
    id="customer-sasaki",
    member_number="M1",
    family_name="佐々木",
    given_name="花",
    phone="+819012345678",
    email="hana@example.jp",
    line_user_id="U" + "1" * 32,
    app_token="hana:APA91b",
    home_shop_id=SHOP.id,
    person_in_charge_id=STAFF.id,
)


class MovableClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


class Provider:
    """A channel whose other side is a list: what was accepted, and what to answer next."""

    webhook_paths: tuple[str, ...] = ()
    repeatable: ClassVar[bool] = False

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.accepted: list[Outgoing] = []
        self.answers: list[Receipt | Exception] = []
        """Taken one by one; an exception is raised after the message was accepted, as when the process dies then."""

    def send(self, message: Outgoing) -> Receipt:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Receipt) and answer.state is not MessageState.SENT:
            return answer
        known = [m for m in self.accepted if m.idempotency_key == message.idempotency_key]
        if not (self.repeatable and known):
            self.accepted.append(message)
        if isinstance(answer, Exception):
            raise answer
        return answer or Receipt(state=MessageState.SENT, provider_id=f"P{len(self.accepted)}")

    def parse_webhook(self, url: str, headers: object, body: bytes) -> Sequence[ChannelEvent]:
        return ()


class RepeatableProvider(Provider):
    """One that takes a key only once."""

    repeatable: ClassVar[bool] = True


def furnish(engine: Engine, clock: MovableClock, *more: Record) -> None:
    """Put the retailer, the shop, the person, the customer with all her consents, and what else is given."""
    grants = [
        Consent(
            id=derived_id("grant", channel.value, purpose.value),
            customer_id=CUSTOMER.id,
            channel=channel,
            purpose=purpose,
            state=ConsentState.GRANTED,
            at=NOON - timedelta(days=400),
            source="registration",
        )
        for channel in Channel
        for purpose in (ConsentPurpose.ALL, ConsentPurpose.RELATIONSHIP)
    ]
    with transaction(engine) as conn:
        Records(conn, clock).put_many([RETAILER, SHOP, STAFF, CUSTOMER, *grants, *more])
        conn.execute(
            identities.insert(),
            [
                {"kind": "line_user_id", "value": CUSTOMER.line_user_id, "customer_id": CUSTOMER.id},
                {"kind": "phone", "value": CUSTOMER.phone, "customer_id": CUSTOMER.id},
            ],
        )


def message(
    channel: Channel = Channel.LINE,
    cause: Cause = Cause.HOLD_READY,
    *,
    at: datetime = NOON,
    body: str = "お品物が届きました。",
    **fields: object,
) -> Message:
    """Return a queued message of the person to the customer."""
    values = {
        "id": new_id(),
        "customer_id": CUSTOMER.id,
        "channel": channel,
        "cause": cause,
        "purpose": purpose_of(cause),
        "shop_id": SHOP.id,
        "staff_id": STAFF.id,
        "state": MessageState.QUEUED,
        "subject": "お取り置きのご用意ができました",
        "body": body,
        "at": at,
        "state_at": at,
        **fields,
    }
    return Message.model_validate(values)


def put(engine: Engine, clock: MovableClock, *records: Record) -> None:
    with transaction(engine) as conn:
        Records(conn, clock).put_many(records)


def get(engine: Engine, message_id: str) -> Message:
    with reading(engine) as conn:
        found = Records(conn).get(Message, message_id)
    assert found is not None
    return found


def all_of(engine: Engine, kind: type[Record]) -> list[Record]:
    with reading(engine) as conn:
        return list(Records(conn).of_kind(kind))
