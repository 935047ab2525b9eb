"""The sample retailer itself: KAZAMI, its shops, its staff and who is at work when. All of it is invented."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sync.sandbox.retailer.world import WEB, World, moment

BRAND = "KAZAMI"
LEGAL_NAME = "株式会社カザミ"

RETAILER: dict[str, Any] = {
    "number": 7,
    "brand": BRAND,
    "legal_name": LEGAL_NAME,
    "postal_address": "〒104-0061 東京都中央区銀座0-12-7 カザミビル5階",
    "contact": "お客様窓口 okyakusama@kazami.example.jp 0120-000-000（平日10:00〜18:00）",
    "line_account": "KAZAMI 公式",
    "home_page": "https://www.kazami.example.jp/",
    "member_barcode": "2800(?P<number>[0-9]{8})[0-9]",
    "ranks": {"regular": "レギュラー", "silver": "シルバー", "gold": "ゴールド", "platinum": "プラチナ"},
    "demo": True,
}
"""Block number 0 and the telephone numbers below exist nowhere, so that nobody's address or line is used."""


@dataclass(frozen=True, slots=True)
class Shop:
    code: str
    name: str
    name_en: str
    region: str
    kind: str
    controller: str
    latitude: float | None
    longitude: float | None
    opens: str
    closes: str
    phone: str
    address: str
    weight: float
    """Share of the customers whose home it is."""
    carries: float
    """Share of the variants that it keeps."""


SHOPS = (
    Shop("ginza", "銀座本店", "Ginza", "関東", "own", LEGAL_NAME, 35.6716, 139.7650, "10:30", "20:00", "03-0000-0101", "東京都中央区銀座0-12-7", 0.31, 0.78),
    Shop("omotesando", "表参道店", "Omotesando", "関東", "own", LEGAL_NAME, 35.6654, 139.7120, "11:00", "20:00", "03-0000-0102", "東京都渋谷区神宮前0-8-3", 0.21, 0.7),
    Shop("yokohama", "横浜店", "Yokohama", "関東", "own", LEGAL_NAME, 35.4657, 139.6223, "10:30", "20:00", "045-000-0103", "神奈川県横浜市西区みなとみらい0-4-2", 0.15, 0.55),
    Shop("osaka", "梅田店", "Umeda", "関西", "department_store", "株式会社梅田花園百貨店", 34.7025, 135.4960, "10:00", "20:00", "06-0000-0104", "大阪府大阪市北区梅田0-1-9 花園百貨店4階", 0.17, 0.6),
    Shop("fukuoka", "福岡店", "Fukuoka", "九州", "franchise", "有限会社博多ことぶき商店", 33.5902, 130.3990, "10:30", "20:00", "092-000-0105", "福岡県福岡市中央区天神0-6-11", 0.1, 0.45),
    Shop(WEB, "オンラインストア", "Online store", "", "web", LEGAL_NAME, None, None, "00:00", "23:59", "0120-000-000", "", 0.06, 1.0),
)  # fmt: skip
"""`controller` answers for the personal data recorded there: the department store and the franchise holder have their own."""


@dataclass(frozen=True, slots=True)
class Clerk:
    code: str
    family: str
    given: str
    family_kana: str
    given_kana: str
    name_en: str
    role: str
    shop: str
    pin: str
    helps: tuple[str, ...] = ()
    may_send: bool = True
    part_time: bool = False
    away: frozenset[int] = field(default_factory=frozenset)
    """Days from today on which she is off whatever her rota says."""


STAFF = (
    Clerk("G01", "森田", "雅子", "モリタ", "マサコ", "Masako Morita", "manager", "ginza", "260117"),
    Clerk("G02", "髙橋", "美咲", "タカハシ", "ミサキ", "Misaki Takahashi", "associate", "ginza", "260218"),
    Clerk("G03", "高橋", "健", "タカハシ", "ケン", "Ken Takahashi", "associate", "ginza", "260319", away=frozenset({1, 2, 3, 4})),
    Clerk("G04", "小川", "結衣", "オガワ", "ユイ", "Yui Ogawa", "associate", "ginza", "260420", may_send=False, part_time=True),
    Clerk("G05", "一ノ瀬", "玲奈", "イチノセ", "レイナ", "Reina Ichinose", "stylist", "ginza", "260521"),
    Clerk("O01", "藤原", "誠", "フジワラ", "マコト", "Makoto Fujiwara", "manager", "omotesando", "260622"),
    Clerk("O02", "白石", "彩花", "シライシ", "アヤカ", "Ayaka Shiraishi", "associate", "omotesando", "260723"),
    Clerk("O03", "中西", "千夏", "ナカニシ", "チナツ", "Chinatsu Nakanishi", "associate", "omotesando", "260824", helps=("ginza",)),
    Clerk("Y01", "村瀬", "浩一", "ムラセ", "コウイチ", "Koichi Murase", "manager", "yokohama", "260925"),
    Clerk("Y02", "桜井", "舞", "サクライ", "マイ", "Mai Sakurai", "associate", "yokohama", "261026"),
    Clerk("Y03", "長谷川", "陸", "ハセガワ", "リク", "Riku Hasegawa", "associate", "yokohama", "261127", may_send=False, part_time=True),
    Clerk("U01", "西川", "由紀", "ニシカワ", "ユキ", "Yuki Nishikawa", "manager", "osaka", "261228"),
    Clerk("U02", "奥田", "直子", "オクダ", "ナオコ", "Naoko Okuda", "stylist", "osaka", "270129"),
    Clerk("F01", "古賀", "恵", "コガ", "メグミ", "Megumi Koga", "manager", "fukuoka", "270230"),
    Clerk("F02", "松永", "葵", "マツナガ", "アオイ", "Aoi Matsunaga", "associate", "fukuoka", "270331"),
)  # fmt: skip
"""Fifteen people. Two Takahashi in Ginza, written differently; G05 moved there from Omotesando; O03 helps at Ginza."""

BY_SHOP = {shop.code: tuple(clerk for clerk in STAFF if clerk.shop == shop.code) for shop in SHOPS}
MOVED = "G05"
MOVED_FROM = "omotesando"
MOVED_DAYS = 30
"""Who moved to her present shop, from where, and how many days ago."""

ON_THE_FLOOR = {
    code: tuple(clerk.code for clerk in clerks if not clerk.part_time and clerk.code != MOVED)
    for code, clerks in BY_SHOP.items()
}
"""Staff codes of each shop who have long been in charge of customers there; none for the web shop."""


def sellers(shop: str, days: int) -> tuple[str, ...]:
    """Return the codes of those who sold in a shop so many days ago."""
    where = MOVED_FROM if days > MOVED_DAYS else "ginza"
    return (*ON_THE_FLOOR[shop], MOVED) if shop == where else ON_THE_FLOOR[shop]


SHIFT_DAYS = range(-7, 15)
"""The past week and the next two, as days from today."""


def shop_rows() -> list[dict[str, Any]]:
    """Return the rows of shops.csv."""
    return [
        {
            "code": shop.code,
            "name": shop.name,
            "name_en": shop.name_en,
            "brand": BRAND,
            "region": shop.region,
            "shop_kind": shop.kind,
            "controller": shop.controller,
            "time_zone": "Asia/Tokyo",
            "latitude": shop.latitude,
            "longitude": shop.longitude,
            "opens": shop.opens,
            "closes": shop.closes,
            "phone": shop.phone,
            "address": shop.address,
        }
        for shop in SHOPS
    ]


def staff_rows() -> list[dict[str, Any]]:
    """Return the rows of staff.csv."""
    return [
        {
            "code": clerk.code,
            "family_name": clerk.family,
            "given_name": clerk.given,
            "family_kana": clerk.family_kana,
            "given_kana": clerk.given_kana,
            "name_en": clerk.name_en,
            "role": clerk.role,
            "shop_code": clerk.shop,
            "helps_shop_codes": clerk.helps,
            "may_send": clerk.may_send,
            "pin": clerk.pin,
        }
        for clerk in STAFF
    ]


def shift_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of shifts.csv: five days a week, early or late; everybody of Ginza, and the helper, is in today."""
    rows: list[dict[str, Any]] = []
    for index, clerk in enumerate(STAFF):
        days_off = {(index * 3) % 7, (index * 3 + (1 if index % 2 else 3)) % 7}
        for offset in SHIFT_DAYS:
            day = world.today + timedelta(days=offset)
            at_ginza = clerk.shop == "ginza" or "ginza" in clerk.helps
            needed = offset == 0 and at_ginza
            if not needed and (offset in clerk.away or day.weekday() in days_off):
                continue
            if clerk.part_time:
                if not needed and day.weekday() in (0, 2):
                    continue
                start, hours = moment(day, 12), timedelta(hours=7)
            elif (index + offset) % 2:
                start, hours = moment(day, 11, 15), timedelta(hours=9)
            else:
                start, hours = moment(day, 10), timedelta(hours=9)
            helping = bool(clerk.helps) and (offset == 0 or day.weekday() in (4, 5))
            rows.append(
                {
                    "staff_code": clerk.code,
                    "shop_code": clerk.helps[0] if helping else clerk.shop,
                    "starts_at": start,
                    "ends_at": start + hours,
                }
            )
    return rows
