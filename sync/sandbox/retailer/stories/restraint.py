"""Customers whom something speaks against approaching."""

from datetime import date, timedelta

from sync.sandbox.retailer.elsewhere import broadcast
from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer


def contacted(t: Teller) -> None:
    c = t.persona(Name("渡辺", "麻衣", "ワタナベ", "マイ"), "ginza", "G03", "line sms", date(2019, 6, 30))
    t.agrees(c)
    for days in (410, 230, 120):
        t.buys(c, days)
    t.buys(c, 17, "coat")
    product = t.buys(c, 16, "knit", shop="omotesando", staff="O02").lines[0].product
    t.written(c, 5, "after_purchase", product, shop="omotesando", staff="O02")
    t.listed("contacted", c, "5日前に表参道店からご連絡済み。今は控える", "Omotesando wrote to her five days ago: wait")

    def also(customer: Customer, number: int) -> None:
        t.buys(customer, 200)
        product = t.buys(customer, 11 + number, "knit").lines[0].product
        other, staff = (("omotesando", "O01"), ("yokohama", "Y02"), ("omotesando", "O02"))[number - 1]
        t.visits(customer, 6, shop=other, staff=staff)
        t.written(customer, 5, "after_visit", product, shop=other, staff=staff)

    t.more("contacted", 3, also)


def opted_out(t: Teller) -> None:
    c = t.persona(Name("山﨑", "久美子", "ヤマザキ", "クミコ"), "ginza", "G01", "email line sms", date(2017, 12, 3))
    t.agrees(c)
    for days in (520, 310, 92, 12):
        t.buys(c, days, "knit")
    t.refuses_everything(c, 30)
    t.note(c, 12, "chat", "お便りは止めてあるが、お店には寄りたい、と笑っておっしゃっていました。")
    t.listed("opted_out", c, "ご連絡はすべてお断り", "Opted out of everything")

    def also(customer: Customer, number: int) -> None:
        for days in (280, 130, 11 + number):
            t.buys(customer, days)
        t.refuses_everything(customer, 20 * number)

    t.more("opted_out", 4, also)


def quiet(t: Teller) -> None:
    c = t.persona(
        Name("渡邊", "静香", "ワタナベ", "シズカ"),
        "ginza",
        "G02",
        "email",
        date(2018, 4, 7),
        pace="quiet",
        dislikes=("試着を急かされること",),
    )
    t.agrees(c)
    for days in (390, 200, 33, 12):
        t.buys(c, days)
    t.note(c, 33, "chat", "お声がけはご自分から目を合わせられたときに。静かにご覧になるのがお好きな方です。")
    t.listed("quiet", c, "お声がけは「そっと」がご希望", "Wants to be left alone")

    def also(customer: Customer, number: int) -> None:
        customer.pace = "quiet"
        for days in (310, 150, 10 + number):
            t.buys(customer, days)

    t.more("quiet", 4, also)


def complaint(t: Teller) -> None:
    c = t.persona(Name("岡田", "純子", "オカダ", "ジュンコ"), "ginza", "G01", "line email", date(2019, 10, 20))
    t.agrees(c)
    for days in (370, 180):
        t.buys(c, days)
    product = t.buys(c, 13, "knit").lines[0].product
    t.note(
        c,
        6,
        "complaint",
        f"{product.name}の袖口にほつれ。工房に送り、お返事を待っていただいています。店長が直接ご連絡します。",
        product=product,
    )
    t.listed(
        "complaint",
        c,
        "ほつれのお申し出に対応中。ご案内は控える",
        "A complaint is open: no outreach until it is settled",
    )

    def also(customer: Customer, number: int) -> None:
        product = t.buys(customer, 12 + number).lines[0].product
        t.note(customer, 5 + number, "complaint", "お品物の色落ちのお申し出。お預かりして確認中です。", product=product)

    t.more("complaint", 2, also)


def returning_goods(t: Teller) -> None:
    c = t.persona(Name("三浦", "洋子", "ミウラ", "ヨウコ"), "ginza", "G03", "line email", date(2020, 8, 15))
    t.agrees(c)
    for days in (300, 130):
        t.buys(c, days)
    product = t.buys(c, 14, "jacket").lines[0].product
    t.note(c, 3, "return", f"{product.name}、サイズが合わず返品をご希望。お品物の到着待ち。", product=product)
    t.listed(
        "returning_goods", c, "返品に対応中。ご案内は控える", "Something is being brought back: no outreach meanwhile"
    )


def bereaved(t: Teller) -> None:
    birthday = f"{t.world.today + timedelta(days=1):%m-%d}"
    c = t.persona(
        Name("野村", "和子", "ノムラ", "カズコ"), "ginza", "G01", "line sms", date(2017, 5, 20), birthday=birthday
    )
    t.agrees(c)
    for days in (340, 190, 33):
        t.buys(c, days)
    t.note(c, 33, "bereavement", "お父様を亡くされたとのこと。静かにお悔やみをお伝えしました。")
    t.listed("bereaved", c, "ご不幸のあと。お誕生日のお祝いは控える", "In mourning: nobody wishes a happy birthday")


def by_an_agency(t: Teller) -> None:
    c = t.persona(Name("石田", "由香", "イシダ", "ユカ"), "ginza", "G02", "line email", date(2020, 9, 12))
    t.agrees(c)

    def also(customer: Customer, _number: int) -> None:
        for days in (220, 100, 21):
            t.buys(customer, days)
        broadcast(t.world, customer, 3, "B-32", "冬の新作のご案内")

    also(c, 0)
    t.listed(
        "broadcast",
        c,
        "3日前に代行会社のLINE配信が届いたばかり。今は控える",
        "An agency's LINE broadcast came three days ago: wait",
    )
    t.more("broadcast", 1, also)
