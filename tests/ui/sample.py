"""A small shop for UI tests and for looking at screens: two shops and the web shop, four staff, a handful of customers."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sync.ids import imported_id
from sync.model.base import Record
from sync.model.catalogue import Money, Product, StockLevel, Variant
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
    Visit,
    VisitSource,
    WebActivity,
)
from sync.model.outreach import Cause, Direction, FollowUp, FollowUpState, Message, MessageState, Purpose, Reason
from sync.model.shop import RetailerSettings, Role, Shop, ShopKind, Staff
from sync.policy.badge import badge_code

NOW = datetime(2026, 11, 20, 1, 32, tzinfo=UTC)
"""10:32 on a Friday in Tokyo."""
GINZA, OMOTE, WEB = (imported_id("shop", code) for code in ("ginza", "omotesando", "web"))
MISAKI, MINORU, SUZUKI, MORI = (imported_id("staff", code) for code in ("t1", "t2", "s1", "m1"))
BADGE = badge_code(bytes(range(16)))
"""What Misaki's badge shows."""
PINS = {MISAKI: "246810", MINORU: "135791", SUZUKI: "112233", MORI: "998877"}
SASAKI, INOUE, NAKAMURA, KOBAYASHI, WATANABE, MATSUMOTO, ISHIDA = (f"cust-{n}" for n in range(1, 8))
DRESS, CARDIGAN = imported_id("product", "LN-1"), imported_id("product", "CD-1")


def _days(days: float) -> datetime:
    return NOW - timedelta(days=days)


def shop_records() -> list[Record]:
    """The retailer, its shops, staff, and two products with stock."""
    yen = Money(amount=32000)
    variants = [
        Variant(id="v-dress-m", product_id=DRESS, sku="LN-1-NV-M", colour="ネイビー", size="M", price=yen),
        Variant(
            id="v-card-s", product_id=CARDIGAN, sku="CD-1-EC-S", colour="生成り", size="S", price=Money(amount=18500)
        ),
    ]
    stock = [("v-dress-m", GINZA, 2), ("v-dress-m", OMOTE, 1), ("v-dress-m", WEB, 14), ("v-card-s", GINZA, 0),
             ("v-card-s", OMOTE, 3), ("v-card-s", WEB, 6)]  # fmt: skip
    return [
        RetailerSettings(
            id="retailer", number=4711, brand="アオバ", legal_name="株式会社アオバ", postal_address="東京都中央区銀座1-1-1",
            contact="info@aoba.example", ranks={"silver": "シルバー", "gold": "ゴールド"}, demo=True, demo_pins=PINS,
        ),
        Shop(id=GINZA, code="ginza", name="銀座本店", name_en="Ginza", brand="アオバ", controller="株式会社アオバ"),
        Shop(id=OMOTE, code="omotesando", name="表参道店", name_en="Omotesando", brand="アオバ", controller="株式会社アオバ"),
        Shop(id=WEB, code="web", name="オンラインストア", name_en="Web shop", brand="アオバ", controller="株式会社アオバ", shop_kind=ShopKind.WEB),
        Staff(id=MISAKI, code="t1", family_name="高橋", given_name="美咲", name_en="Misaki Takahashi", shop_id=GINZA),
        Staff(id=MINORU, code="t2", family_name="高橋", given_name="実", name_en="Minoru Takahashi", shop_id=GINZA, role=Role.MANAGER),
        Staff(id=SUZUKI, code="s1", family_name="鈴木", given_name="陽菜", name_en="Hina Suzuki", shop_id=GINZA, may_send=False),
        Staff(id=MORI, code="m1", family_name="森", given_name="さくら", name_en="Sakura Mori", shop_id=OMOTE, role=Role.STYLIST, helps_shop_ids=(GINZA,)),
        Product(id=DRESS, code="LN-1", name="リネンワンピース", name_en="Linen dress", category="dress"),
        Product(id=CARDIGAN, code="CD-1", name="サマーカーディガン", name_en="Summer cardigan", category="knit"),
        *variants,
        *(StockLevel(id=f"{v}@{s}", variant_id=v, shop_id=s, quantity=q, at=NOW - timedelta(minutes=4)) for v, s, q in stock),
    ]  # fmt: skip


def customers() -> list[Customer]:
    rows = [
        (SASAKI, "1001", "佐々木", "みどり", "ササキ", "ミドリ", "gold", "09011112222"),
        (INOUE, "1002", "井上", "香織", "イノウエ", "カオリ", "silver", "09022223333"),
        (NAKAMURA, "1003", "中村", "彩", "ナカムラ", "アヤ", "", "09033334444"),
        (KOBAYASHI, "1004", "小林", "結衣", "コバヤシ", "ユイ", "silver", "09044445555"),
        (WATANABE, "1005", "渡辺", "直子", "ワタナベ", "ナオコ", "", "09055556666"),
        (MATSUMOTO, "1006", "松本", "真由美", "マツモト", "マユミ", "gold", "09066667777"),
        (ISHIDA, "1007", "石田", "恵", "イシダ", "メグミ", "", "09077778888"),
    ]
    return [
        Customer(
            id=i, member_number=f"A{n}", family_name=f, given_name=g, family_kana=fk, given_kana=gk, rank=rank,
            phone="+81" + phone[1:], email=f"c{n}@mail.example", home_shop_id=GINZA, person_in_charge_id=MISAKI,
            preferred_channel=Channel.LINE, member_since=datetime(2019, 4, 1, tzinfo=UTC).date(), line_user_id=f"U{n}",
            sizes={"tops": "M", "shoes": "23.5"}, likes=("linen", "navy"), dislikes=("wool",), points=1280,
        )
        for i, n, f, g, fk, gk, rank, phone in rows
    ]  # fmt: skip


def customer_records() -> list[Record]:
    """What belongs to the customers: follow-ups due, a visit now, appointments, orders, browsing, a reply."""

    def follow_up(
        number: int, customer: str, cause: Cause, evidence: Reason, hours: float, assignee: str = MISAKI
    ) -> FollowUp:
        return FollowUp(
            id=f"fu-{number}", customer_id=customer, shop_id=GINZA, assignee_id=assignee, cause=cause, evidence=evidence,
            due_at=NOW + timedelta(hours=hours), state=FollowUpState.OPEN, created_at=_days(1),
        )  # fmt: skip

    line = OrderLine(
        variant_id="v-dress-m", sku="LN-1-NV-M", name="リネンワンピース", category="dress", price=Money(amount=32000)
    )
    return [
        follow_up(1, SASAKI, Cause.RETURNED, Reason(code="returned", params={"by": "visit", "at": _days(1).isoformat(), "away_days": 212}), 2),
        follow_up(2, INOUE, Cause.AFTER_PURCHASE, Reason(code="after_purchase", params={"days": 21, "category": "coat"}), 4),
        follow_up(3, NAKAMURA, Cause.REPLY, Reason(code="reply", params={"at": (NOW - timedelta(minutes=25)).isoformat(), "channel": "line"}), 1),
        follow_up(4, KOBAYASHI, Cause.WEB_UP, Reason(code="web_up", params={"categories": ["dress"], "days": 61}), 6, MINORU),
        Visit(id="vis-1", customer_id=MATSUMOTO, shop_id=GINZA, staff_id=SUZUKI, at=NOW - timedelta(minutes=14), source=VisitSource.SCAN),
        Visit(id="vis-2", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=_days(1)),
        Visit(id="vis-3", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=_days(213)),
        Appointment(id="app-1", customer_id=ISHIDA, shop_id=GINZA, staff_id=MISAKI, appointment_kind=AppointmentKind.STORE, at=NOW + timedelta(minutes=28), booked_at=_days(5), subject="ご試着・取り置き 2点"),
        Appointment(id="app-2", customer_id=KOBAYASHI, shop_id=GINZA, staff_id=MORI, appointment_kind=AppointmentKind.VIDEO, at=NOW + timedelta(hours=4), booked_at=_days(2), subject="オンライン相談"),
        Order(id="ord-1", customer_id=SASAKI, number="G-881", shop_id=GINZA, at=_days(213), lines=(line,), total=Money(amount=32000), staff_id=MISAKI),
        WebActivity(id="web-1", customer_id=SASAKI, at=_days(1), event=BrowseEvent.PRODUCT_VIEWED, product_id=DRESS, category="dress"),
        Interaction(id="int-1", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=_days(213), text="袖丈 −2cm。旅行が多い方", tags=("alteration",)),
        Message(id="msg-1", customer_id=NAKAMURA, direction=Direction.IN, channel=Channel.LINE, cause=Cause.REPLY, purpose=Purpose.REPLY, shop_id=GINZA, staff_id=MISAKI, state=MessageState.RECEIVED, body="土曜の午後に伺えます", at=NOW - timedelta(minutes=25), state_at=NOW - timedelta(minutes=25)),
        *(Consent(id=f"con-{c}", customer_id=c, channel=Channel.LINE, purpose=ConsentPurpose.RELATIONSHIP, state=ConsentState.GRANTED, at=_days(300), source="import") for c in (SASAKI, INOUE, NAKAMURA, KOBAYASHI)),
    ]  # fmt: skip


def everything() -> Sequence[Record]:
    return [*shop_records(), *customers(), *customer_records()]
