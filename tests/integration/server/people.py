"""A small retailer for tests of the server: two shops, a few people, one customer."""

from datetime import UTC, datetime, time

from sqlalchemy import Engine

from sync.clock import Clock
from sync.ids import imported_id
from sync.model.base import Record
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.shop import RetailerSettings, Role, Shop, ShopKind, Staff, StaffPin
from sync.server.database import transaction
from sync.server.repository.records import Records

NOON = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
"""A Wednesday, 12:00 in Tokyo."""


class MovableClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def shop(code: str, kind: ShopKind = ShopKind.OWN) -> Shop:
    return Shop(
        id=imported_id("shop", code),
        code=code,
        name=f"{code}店",
        brand="Mirai",
        controller="Mirai K.K.",
        shop_kind=kind,
        opens=time(10, 30),
        closes=time(20, 0),
    )


GINZA, UMEDA, WEB = shop("ginza"), shop("umeda"), shop("web", ShopKind.WEB)


def person(code: str, shop_id: str, role: Role = Role.ASSOCIATE, **more: object) -> Staff:
    fields = {"family_name": "高橋", "given_name": code, "role": role, "shop_id": shop_id} | more
    return Staff.model_validate({"id": imported_id("staff", code), "code": code, **fields})


MISAKI = person("misaki", GINZA.id)
PART_TIMER = person("parttimer", GINZA.id, may_send=False)
MANAGER = person("manager", GINZA.id, Role.MANAGER)
STYLIST = person("stylist", WEB.id, Role.STYLIST)
OSAKA = person("osaka", UMEDA.id)
OSAKA_MANAGER = person("osakamanager", UMEDA.id, Role.MANAGER)
PEOPLE = (MISAKI, PART_TIMER, MANAGER, STYLIST, OSAKA, OSAKA_MANAGER)

RETAILER = RetailerSettings(
    id="retailer", number=7, brand="Mirai", legal_name="Mirai K.K.", postal_address="東京都", contact="03-0000-0000"
)


def pin(staff: Staff) -> StaffPin:
    return StaffPin(id=imported_id("staff_pin", staff.code), staff_id=staff.id, pin_hash=f"$argon2id${staff.code}")


def customer(number: str, shop_id: str | None = GINZA.id, **more: object) -> Customer:
    fields = {
        "id": imported_id("customer", number),
        "member_number": number,
        "family_name": "佐藤",
        "given_name": "由美",
        "family_kana": "サトウ",
        "given_kana": "ユミ",
        "phone": f"+8190{int(number):08d}",
        "email": f"yumi{number}@example.jp",
        "home_shop_id": shop_id,
    }
    return Customer.model_validate(fields | more)


YUMI = customer("1001")


def agrees(
    to: Customer,
    channel: Channel = Channel.EMAIL,
    state: ConsentState = ConsentState.GRANTED,
    purpose: ConsentPurpose = ConsentPurpose.RELATIONSHIP,
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC),
) -> Consent:
    return Consent(
        id=imported_id("consent", f"{to.id}:{channel}:{purpose}:{at}"),
        customer_id=to.id,
        channel=channel,
        purpose=purpose,
        state=state,
        at=at,
        source="import",
    )


def write(engine: Engine, clock: Clock, *records: Record) -> int:
    """Put records in one transaction."""
    with transaction(engine) as conn:
        return Records(conn, clock).put_many(records)


def open_shop(engine: Engine, clock: Clock) -> None:
    """Write the retailer, its shops and people, and Yumi, who agreed to mail from Ginza."""
    write(engine, clock, RETAILER, GINZA, UMEDA, WEB, *PEOPLE, *(pin(each) for each in PEOPLE), YUMI, agrees(YUMI))
