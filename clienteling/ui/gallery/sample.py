"""A few records of nobody, for parts to be shown with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from clienteling.formats import Frame
from clienteling.queries.search import Hit
from clienteling.state import Directory, Pulse
from clienteling.words import Words
from sync.client.types import RefusedCommand
from sync.model.catalogue import Money, Product
from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState, Customer
from sync.model.outreach import Cause, Direction, Message, MessageState, Purpose
from sync.model.shop import Pause, PauseScope, RetailerSettings, Shop, Staff

NOW: Final = datetime(2026, 11, 20, 1, 32, tzinfo=UTC)
STAFF: Final = Staff(
    id="staff", code="t1", family_name="高橋", given_name="美咲", name_en="Misaki Takahashi", shop_id="shop"
)
SHOP: Final = Shop(
    id="shop", code="ginza", name="銀座本店", name_en="Ginza", brand="アオバ", controller="株式会社アオバ"
)
DIRECTORY: Final = Directory(
    RetailerSettings(
        id="retailer", number=1, brand="アオバ", legal_name="株式会社アオバ", postal_address="東京都", contact="",
        ranks={"gold": "ゴールド"},
    ),
    {SHOP.id: SHOP}, {STAFF.id: STAFF}, SHOP.id,
)  # fmt: skip
CUSTOMER: Final = Customer(
    id="customer", member_number="A1001", family_name="佐々木", given_name="みどり", family_kana="ササキ",
    given_kana="ミドリ", rank="gold",
)  # fmt: skip
LONG: Final = Customer(
    id="long", member_number="A1002", family_name="勅使河原長宗我部", given_name="マリア・クリスティーナ",
    family_kana="テシガワラチョウソカベ", given_kana="マリアクリスティーナ",
)  # fmt: skip
DRESS: Final = Product(id="dress", code="LN-1", name="リネンワンピース", name_en="Linen dress", category="dress")
KNIT: Final = Product(id="knit", code="CD-1", name="サマーカーディガン", name_en="Summer cardigan", category="knit")
PRICE: Final = Money(amount=32000)
SCRIPTS: Final = {
    "rare": "𠮷野 槗本 髙橋 﨑田",
    "hangul": "김서연 뷁",
    "simplified": "张伟 赵丽颖",
    "emoji": "さくら🌸💕",
}
"""Names as customers write them, by what of them the house's own fonts lack."""


def words(language: str) -> Words:
    """Words in a language, in the sample's shop and at its hour."""
    return Words(language, Frame(ZoneInfo("Asia/Tokyo"), NOW, lambda one: DIRECTORY.name(one, language)))


def pulse(**changed: object) -> Pulse:
    """The state of sync: in step, but for what is said."""
    made = Pulse(online=True, loaded=True, enrolled=True, last_synced_at=NOW, directory=DIRECTORY)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def refused() -> RefusedCommand:
    return RefusedCommand("command", "log_interaction", CUSTOMER.id, None, NOW)


def hit(customer: Customer, *, met: bool) -> Hit:
    return Hit(
        customer.id, customer.name, customer.kana, customer.member_number, customer.rank, SHOP.id,
        NOW - timedelta(days=12) if met else None,
    )  # fmt: skip


def message(state: MessageState, *, opened: bool = False) -> Message:
    return Message(
        id="message", customer_id=CUSTOMER.id, direction=Direction.OUT, channel=Channel.LINE, cause=Cause.AFTER_VISIT,
        purpose=Purpose.RELATIONSHIP, shop_id=SHOP.id, staff_id=STAFF.id, state=state, body="", at=NOW, state_at=NOW,
        opened_at=NOW if opened else None,
    )  # fmt: skip


def pause(scope: PauseScope, value: str = "", *, by_staff: bool = False) -> Pause:
    by, why = (STAFF.id, "台風のため / Typhoon") if by_staff else (None, "")
    return Pause(id="pause", scope=scope, value=value, since=NOW, by=by, reason=why)


def stop(*, by_staff: bool) -> Consent:
    return Consent(
        id="stop", customer_id=CUSTOMER.id, purpose=ConsentPurpose.ALL, state=ConsentState.REFUSED, at=NOW,
        source="staff" if by_staff else "opt_out_link", recorded_by=STAFF.id if by_staff else None,
    )  # fmt: skip


class _Shelf:
    def search_products(self, text: str, limit: int) -> Sequence[Product]:
        return [one for one in (DRESS, KNIT) if text.lower() in f"{one.name} {one.name_en}".lower()][:limit]


@dataclass
class _Seat:
    id: str = "gallery"


class _Doors:
    def seat(self, _cookie: str, _name: str) -> _Seat:
        return _Seat()


@dataclass
class Stand:
    """The little of a device that parts and the web server ask for: two products, a door that is open."""

    cache: _Shelf = field(default_factory=_Shelf)
    browsers: _Doors = field(default_factory=_Doors)
    enrolled: bool = False

    def fetch_picture(self, _path: str) -> None:
        return None
