"""Records for the tests of policy, with everything filled in that a test does not speak of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sync.model.catalogue import Money
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    BrowseEvent,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    Order,
    OrderLine,
    Pace,
    Visit,
    WebActivity,
)
from sync.model.outreach import Cause, ContactElsewhere, Direction, Message, MessageState, Purpose
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.facts import CustomerFacts, facts_from
from sync.policy.gate import purpose_of

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""A Friday, 13:00 in Tokyo: open for every purpose."""
HER = "customer-1"
GINZA = "shop-ginza"

_numbers: Iterator[int] = count(1)


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def _id(kind: str) -> str:
    return f"{kind}-{next(_numbers):06d}"


def customer(**fields: Any) -> Customer:
    given: dict[str, Any] = {
        "id": HER,
        "member_number": "1000001",
        "family_name": "佐々木",
        "given_name": "由美",
        "line_user_id": "U" + "0" * 32,
        "app_token": "token",
        "email": "yumi@example.jp",
        "phone": "+819012345678",
        "pace": Pace.ACTIVE,
    }
    return Customer(**{**given, **fields})


def granted(
    channel: Channel | None = None, purpose: str = "relationship", at: datetime | None = None, **fields: Any
) -> Consent:
    return consent(channel, purpose, "granted", at or ago(400), **fields)


def refused(channel: Channel | None = None, purpose: str = "all", at: datetime | None = None, **fields: Any) -> Consent:
    return consent(channel, purpose, "refused", at or ago(100), **fields)


def consent(channel: Channel | None, purpose: str, state: str, at: datetime, **fields: Any) -> Consent:
    given: dict[str, Any] = {"id": _id("consent"), "customer_id": HER, "source": "import", **fields}
    return Consent(
        channel=channel,
        purpose=ConsentPurpose(purpose),
        state=ConsentState(state),
        at=at,
        **given,
    )


def message(
    at: datetime,
    cause: Cause = Cause.AFTER_VISIT,
    state: MessageState = MessageState.DELIVERED,
    channel: Channel = Channel.LINE,
    **fields: Any,
) -> Message:
    given: dict[str, Any] = {
        "id": _id("message"),
        "customer_id": HER,
        "purpose": purpose_of(cause),
        "shop_id": GINZA,
        "staff_id": "staff-1",
        "body": "…",
        "state_at": at,
    }
    return Message(channel=channel, cause=cause, state=state, at=at, **{**given, **fields})


def her_message(at: datetime, channel: Channel = Channel.LINE) -> Message:
    return message(
        at,
        Cause.REPLY,
        MessageState.RECEIVED,
        channel,
        direction=Direction.IN,
        purpose=Purpose.REPLY,
        staff_id=None,
    )


def elsewhere(at: datetime, **fields: Any) -> ContactElsewhere:
    given: dict[str, Any] = {"means": "line", "purpose": Purpose.CAMPAIGN, "tool": "配信代行"}
    return ContactElsewhere(id=_id("contact"), customer_id=HER, at=at, **{**given, **fields})


def visit(at: datetime, **fields: Any) -> Visit:
    return Visit(**{"id": _id("visit"), "customer_id": HER, "shop_id": GINZA, "at": at, **fields})


def order(at: datetime, category: str = "dress", price: int = 42000, **fields: Any) -> Order:
    line = OrderLine(
        variant_id="variant-1", sku="SKU", name="ウールワンピース", category=category, price=Money(amount=price)
    )
    given: dict[str, Any] = {
        "id": _id("order"),
        "customer_id": HER,
        "number": "N",
        "shop_id": GINZA,
        "lines": (line,),
        "total": Money(amount=price),
    }
    return Order(at=at, **{**given, **fields})


def appointment(at: datetime, booked_at: datetime, **fields: Any) -> Appointment:
    given: dict[str, Any] = {
        "id": _id("appointment"),
        "customer_id": HER,
        "shop_id": GINZA,
        "appointment_kind": AppointmentKind.STORE,
    }
    return Appointment(at=at, booked_at=booked_at, **{**given, **fields})


def note(at: datetime, **fields: Any) -> Interaction:
    given: dict[str, Any] = {"id": _id("note"), "customer_id": HER, "shop_id": GINZA, "staff_id": "staff-1"}
    return Interaction(at=at, **{**given, **fields})


def look(at: datetime, event: BrowseEvent = BrowseEvent.PRODUCT_VIEWED, **fields: Any) -> WebActivity:
    given: dict[str, Any] = {"id": _id("look"), "customer_id": HER, "product_id": "product-1", "category": "dress"}
    return WebActivity(at=at, event=event, **{**given, **fields})


def story(*records: Any, her: Customer | None = None, consented: bool = True) -> CustomerFacts:
    """Facts of a customer who agreed to be written to by every channel, unless `consented` is false."""
    agreed = [granted(channel) for channel in Channel] if consented else []
    return facts_from([her or customer(), *agreed, *records])


def shop(**fields: Any) -> Shop:
    given: dict[str, Any] = {
        "id": GINZA,
        "code": "ginza",
        "name": "銀座本店",
        "name_en": "Ginza",
        "brand": "エルム",
        "controller": "株式会社エルム",
        "phone": "03-0000-0000",
    }
    return Shop(**{**given, **fields})


def staff(**fields: Any) -> Staff:
    given: dict[str, Any] = {
        "id": "staff-1",
        "code": "G01",
        "family_name": "髙橋",
        "given_name": "美咲",
        "name_en": "Misaki Takahashi",
        "shop_id": GINZA,
    }
    return Staff(**{**given, **fields})


def retailer(**fields: Any) -> RetailerSettings:
    given: dict[str, Any] = {
        "id": "retailer",
        "number": 7,
        "brand": "エルム",
        "legal_name": "株式会社エルム",
        "postal_address": "〒104-0061 東京都中央区銀座0-0-0",
        "contact": "info@elm.example",
    }
    return RetailerSettings(**{**given, **fields})
