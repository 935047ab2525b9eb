"""The retailer that every seed begins with: two shops with tablets, others far and near, their people, eight customers with what belongs to them."""

from datetime import UTC, datetime, timedelta

from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    MembershipKey,
    Order,
    OrderLine,
    Visit,
)
from sync.model.outreach import Cause, FollowUp, Reason
from sync.model.shop import RetailerSettings, Role, Shop, ShopKind, Staff, StaffPin

START = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in Tokyo."""
GINZA, UMEDA, WEB = "shop-ginza", "shop-umeda", "shop-web"
SHOPS = {"ginza": GINZA, "umeda": UMEDA}
SIDE = {
    "kanda": (35.69, 139.77),
    "ueno": (35.71, 139.78),
    "shibuya": (35.66, 139.70),
    "yokohama": (35.44, 139.64),
    "kyoto": (35.01, 135.77),
    "namba": (34.66, 135.50),
    "kobe": (34.69, 135.20),
    "unknown": None,
}
"""Shops without a tablet, whose stock lies near the others', or does not; of one nobody knows where it is."""
CUSTOMERS = 8
PRICE = Money(amount=32_000)


def customer_id(number: int) -> str:
    return f"customer-{number:02d}"


def order(record_id: str, customer: str, shop_id: str, at: datetime) -> Order:
    line = OrderLine(variant_id="variant-1", sku="SKU-1", name="リネンワンピース", price=PRICE)
    return Order(
        id=record_id, customer_id=customer, number=record_id, shop_id=shop_id, at=at, lines=(line,), total=PRICE
    )


def follow_up(record_id: str, customer: str, shop_id: str, at: datetime) -> FollowUp:
    return FollowUp(
        id=record_id,
        customer_id=customer,
        shop_id=shop_id,
        cause=Cause.HOLD_READY,
        evidence=Reason(code="hold_ready"),
        due_at=at + timedelta(days=1),
        created_at=at,
    )


def appointment(record_id: str, customer: str, shop_id: str, at: datetime) -> Appointment:
    return Appointment(
        id=record_id,
        customer_id=customer,
        shop_id=shop_id,
        appointment_kind=AppointmentKind.VIDEO,
        at=at + timedelta(hours=3),
        booked_at=at,
    )


def consent(
    record_id: str, customer: str, channel: Channel | None, at: datetime, state: ConsentState = ConsentState.GRANTED
) -> Consent:
    """Return an agreement to be written to, or (refused) the end of everything on a channel."""
    purpose = ConsentPurpose.RELATIONSHIP if state is ConsentState.GRANTED else ConsentPurpose.ALL
    return Consent(
        id=record_id, customer_id=customer, channel=channel, purpose=purpose, state=state, at=at, source="import"
    )


def _people() -> list[Record]:
    def one(code: str, shop_id: str, role: Role = Role.ASSOCIATE, **more: object) -> Staff:
        names = {"family_name": "高橋", "given_name": code, "role": role, "shop_id": shop_id}
        return Staff.model_validate({"id": f"staff-{code}", "code": code, **names, **more})

    staff = [
        one("misaki", GINZA),
        one("learner", GINZA, may_send=False),
        one("manager", GINZA, Role.MANAGER),
        one("stylist", WEB, Role.STYLIST),
        one("osaka", UMEDA),
        one("boss", UMEDA, Role.MANAGER),
        one("helper", UMEDA, helps_shop_ids=(GINZA,)),
    ]
    pins = [StaffPin(id=f"pin-{each.code}", staff_id=each.id, pin_hash=f"$argon2id${each.code}") for each in staff]
    return [*staff, *pins]


def _customer(number: int) -> list[Record]:
    hers, home = customer_id(number), (GINZA, GINZA, GINZA, UMEDA, UMEDA, UMEDA, None, WEB)[number % CUSTOMERS]
    then = START - timedelta(days=40)
    records: list[Record] = [
        Customer(
            id=hers,
            member_number=f"{100_000 + number}",
            family_name="佐藤田中鈴木高橋"[number % 4 * 2 :][:2],
            given_name=f"由美{number}",
            family_kana="サトウ",
            given_kana="ユミ",
            phone=f"+8190{12_340_000 + number}",
            email=f"yumi{number}@example.jp",
            line_user_id=f"U{number:032d}",
            home_shop_id=home,
            person_in_charge_id="staff-osaka" if number == 6 else None,
        ),
        MembershipKey(id=f"{number:018x}", customer_id=hers, public_key=f"{number:064x}"),
        *(consent(f"consent-{number}-{each}", hers, each, then) for each in (Channel.EMAIL, Channel.LINE)),
    ]
    if home is not None:
        records += [
            order(f"order-{number}", hers, home, then),
            Visit(id=f"visit-{number}", customer_id=hers, shop_id=home, at=then),
            follow_up(f"follow-up-{number}", hers, home, START - timedelta(hours=2)),
        ]
    if home == GINZA:
        records.append(appointment(f"appointment-{number}", hers, GINZA, START))
    return records


def shop(shop_id: str, code: str, kind: ShopKind = ShopKind.OWN, at: tuple[float, float] | None = None) -> Shop:
    made = Shop(id=shop_id, code=code, name=f"{code}店", brand="Mirai", controller="Mirai K.K.", shop_kind=kind)
    return made.model_copy(update={"latitude": at[0], "longitude": at[1]}) if at is not None else made


def level(variant_id: str, shop_id: str) -> StockLevel:
    return StockLevel(id=f"{variant_id}@{shop_id}", variant_id=variant_id, shop_id=shop_id, quantity=3, at=START)


def everything() -> list[Record]:
    """Return the whole retailer as every seed finds it."""

    return [
        RetailerSettings(
            id="retailer", number=7, brand="Mirai", legal_name="Mirai K.K.", postal_address="東京都", contact="03-0"
        ),
        shop(GINZA, "ginza", at=(35.67, 139.76)),
        shop(UMEDA, "umeda", at=(34.70, 135.495)),
        shop(WEB, "web", ShopKind.WEB),
        *(shop(f"shop-{code}", code, at=at) for code, at in SIDE.items()),
        *_people(),
        Product(id="product-1", code="P1", name="リネンワンピース", category="dress"),
        Variant(id="variant-1", product_id="product-1", sku="SKU-1", jan="4901234567894", size="M", price=PRICE),
        Variant(id="variant-2", product_id="product-1", sku="SKU-2", size="L", price=PRICE),
        *(
            level(variant, each)
            for variant in ("variant-1", "variant-2")
            for each in (GINZA, UMEDA, WEB, *(f"shop-{code}" for code in SIDE))
        ),
        *(record for number in range(CUSTOMERS) for record in _customer(number)),
    ]
