"""Customers with an occasion: a day to remember, points and ranks, a cart, a wish, something that has had its time."""

from datetime import date, timedelta

from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.orders import RANKS
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer

_GOLD, _SILVER = (least for code, least in RANKS if code in ("gold", "silver"))


def anniversary(t: Teller) -> None:
    def soon(days: int) -> str:
        return f"{t.world.today + timedelta(days=days):%m-%d}"

    c = t.persona(
        Name("長谷川", "真琴", "ハセガワ", "マコト"),
        "ginza",
        "G02",
        "line email",
        date(2020, 6, 6),
        anniversary=soon(4),
    )
    t.agrees(c)
    for days in (400, 220, 60):
        t.buys(c, days)
    t.note(c, 60, "gift", "ご結婚記念日には毎年おふたりで食事に。その日のことはどうぞ声をかけて、とのこと。")
    t.listed("anniversary", c, "記念日まであと4日", "An anniversary in four days")

    def also(customer: Customer, number: int) -> None:
        customer.anniversary = soon(number)
        for days in (260, 50):
            t.buys(customer, days)

    t.more("anniversary", 2, also)


def wish(t: Teller) -> None:
    c = t.persona(Name("村上", "千夏", "ムラカミ", "チナツ"), "ginza", "G02", "line email", date(2021, 3, 13))
    t.agrees(c)
    _wishes(t, c, "coat", 1)
    t.listed("wish", c, "お気に入りのコートが銀座に残り1点", "The last one of a coat on the wish list lies in Ginza")

    def also(customer: Customer, number: int) -> None:
        _wishes(t, customer, ("bag", "jacket", "dress")[number - 1], 1 + number)

    t.more("wish", 3, also)


def _wishes(t: Teller, customer: Customer, category: str, lying: int) -> None:
    for days in (300, 160):
        t.buys(customer, days, "shirt")
    bought = t.buys(customer, 75, "knit").lines[0].product
    t.written(customer, 64, "after_purchase", bought)
    t.buys(customer, 52, "skirt")
    wished = t.puts(customer, 4, category, "Product Added to Wishlist")
    assert wished.variant is not None
    t.world.lies[wished.variant.sku, "ginza"] = lying


def cart(t: Teller) -> None:
    c = t.persona(Name("藤原", "さつき", "フジワラ", "サツキ"), "ginza", "G03", "email line", date(2022, 9, 3))
    t.agrees(c)
    for days in (280, 120, 40):
        t.buys(c, days)
    t.browses(c, 2, "knit", 3, hour=20)
    t.puts(c, 2, "knit", "Product Added")
    t.listed("cart", c, "おとといの夜、カートにニットを入れたまま", "Left knitwear in the cart two nights ago")

    def also(customer: Customer, number: int) -> None:
        for days in (240, 45):
            t.buys(customer, days)
        t.puts(customer, 2 + number, ("bag", "shirt", "dress")[number - 1], "Product Added")

    t.more("cart", 3, also)


def rank(t: Teller) -> None:
    c = t.persona(Name("岡本", "理恵", "オカモト", "リエ"), "ginza", "G01", "line email", date(2018, 2, 24))
    t.agrees(c)
    t.spends(c, int(_GOLD * 0.93), _GOLD, 24)
    t.listed("rank", c, "あと少しでゴールド", "Nearly gold")

    def also(customer: Customer, number: int) -> None:
        t.spends(customer, int(_SILVER * 0.91), _SILVER, 22 + number)

    t.more("rank", 2, also)


def points(t: Teller) -> None:
    c = t.persona(
        Name("石井", "珠美", "イシイ", "タマミ"), "ginza", "G03", "line sms", date(2019, 11, 2),
        points_expire_on=t.world.today + timedelta(days=13),
    )  # fmt: skip
    t.agrees(c)
    t.spends(c, 260_000, 340_000, 50)
    t.listed("points", c, "ポイントの期限まであと13日", "Points expire in 13 days")

    def also(customer: Customer, number: int) -> None:
        customer.points_expire_on = t.world.today + timedelta(days=4 * number)
        t.spends(customer, 220_000, 330_000, 50)

    t.more("points", 3, also)


def due_again(t: Teller) -> None:
    c = t.persona(Name("上田", "ひとみ", "ウエダ", "ヒトミ"), "ginza", "G02", "line email", date(2022, 4, 17))
    t.agrees(c)
    shoes = t.buys(c, 548, "shoes").lines[0].product
    t.note(c, 548, "size", f"{shoes.name}は足に合い、毎日履きたいとのこと。", product=shoes)
    for days in (380, 170, 55):
        t.buys(c, days, "dress")
    t.listed(
        "due_again",
        c,
        "靴をお求めから一年半。アプリの通知をお好み",
        "Shoes of a year and a half ago; likes the app best",
    )

    def also(customer: Customer, number: int) -> None:
        t.buys(customer, 541 + 5 * number, "shoes")
        for days in (330, 140, 48):
            t.buys(customer, days, "knit")

    t.more("due_again", 3, also)
