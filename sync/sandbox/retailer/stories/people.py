"""Customers who are hard to tell apart, to reach or to name."""

from datetime import date, timedelta

from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer, Product


def identities(t: Teller) -> None:
    c = t.persona(Name("中島", "恵", "ナカジマ", "メグミ"), "ginza", "G02", "line email sms", date(2021, 5, 9))
    t.agrees(c)
    _two_accounts(t, c)
    t.listed(
        "identities",
        c,
        "店頭の会員証とWeb会員が別々。電話番号は同じ",
        "One person with a shop card and a web account of another address; same telephone",
    )

    def also(customer: Customer, number: int) -> None:
        customer.phone = customer.phone or t.addresses.phone()
        _two_accounts(t, customer, 3 * number)

    t.more("identities", 6, also)


def _two_accounts(t: Teller, card: Customer, shift: int = 0) -> None:
    for days in (350, 190, 70):
        t.buys(card, days + shift)
    web = Customer(
        number="", user_id=f"web{t.random.getrandbits(40):010x}", family=card.family, given=card.given,
        family_kana=card.family_kana, given_kana=card.given_kana, language="ja", phone=card.phone,
        email=t.addresses.email(*Name(card.given, card.family, card.given_kana, card.family_kana).latin), line="", birthday="", joined=card.joined, home="web",
        charge="", preferred="", pace="", sizes=card.sizes, likes=(), dislikes=(), orders=0, shops_online=True, told=True,
    )  # fmt: skip
    card.also_email.append(web.email)
    t.world.customers.append(web)
    t.buys(web, 240 + shift, "shirt", shop="web", hour=22)
    t.buys(web, 40 + shift, "knit", shop="web", hour=21)
    t.browses(web, 5, "bag", 3)


def homonyms(t: Teller) -> None:
    name = Name("佐藤", "美咲", "サトウ", "ミサキ")
    c = t.persona(name, "ginza", "G02", "line email sms", date(2016, 3, 27))
    t.agrees(c)
    for days in range(55, 700, 58):
        t.buys(c, days, "dress", "bag") if days % 4 == 1 else t.buys(c, days)
    t.note(c, 55, "event", "ご親戚のお祝いの席に。ご自身はネイビーで控えめにされたいとのこと。")
    t.listed(
        "homonym",
        c,
        "同姓同名のおひとり目。2016年から、担当は髙橋（美）",
        "The first of two customers of the same name; with us since 2016",
    )
    d = t.persona(
        name,
        "ginza",
        "G03",
        "email sms",
        t.world.today - timedelta(days=190),
        sizes={"tops": "S", "bottoms": "S", "shoes": "22.5"},
    )
    t.agrees(d)
    for days in (190, 75):
        t.buys(d, days)
    t.listed(
        "homonym",
        d,
        "同姓同名のおふたり目。半年前から、担当は高橋（健）",
        "The second of two customers of the same name; with us for half a year",
    )


def sms_fails(t: Teller) -> None:
    c = t.persona(Name("清水", "朋子", "シミズ", "トモコ"), "ginza", "G02", "sms fails", date(2020, 2, 11))
    t.agrees(c)
    for days in (340, 160):
        t.buys(c, days)
    t.buys(c, 13, "knit")
    t.listed("sms_fails", c, "SMSのみ。番号が変わったらしく届かない", "Text messages only, and her number fails")


def one_channel(t: Teller) -> None:
    c = t.persona(Name("森", "恵子", "モリ", "ケイコ"), "ginza", "G03", "email", date(2018, 7, 29))
    t.agrees(c)
    for days in (330, 150):
        t.buys(c, days)
    t.buys(c, 12, "skirt")
    t.listed("mail_only", c, "メールのみ", "Mail only")
    d = t.persona(Name("林", "さくら", "ハヤシ", "サクラ"), "ginza", "G02", "line", date(2023, 9, 16), phone="")
    t.agrees(d)
    for days in (310, 140):
        t.buys(d, days)
    t.buys(d, 11, "knit")
    t.listed("line_only", d, "LINEのみ", "LINE only")


def english(t: Teller) -> None:
    c = t.persona(
        Name("Carter", "Emily", "カーター", "エミリー", "en"),
        "ginza",
        "G02",
        "email sms",
        date(2024, 4, 13),
    )
    t.agrees(c)
    for days in (300, 170):
        t.buys(c, days)
    scarf: Product = t.buys(c, 12, "scarf").lines[0].product
    t.note(
        c,
        12,
        "gift",
        "英語でご案内。お母様へのお土産にストールを。日本語は簡単な会話なら大丈夫とのこと。",
        product=scarf,
    )
    t.listed("english", c, "ご案内は英語で", "Reads English")


def fukuoka(t: Teller) -> None:
    c = t.persona(Name("古川", "千尋", "フルカワ", "チヒロ"), "fukuoka", "F02", "line sms", date(2021, 11, 23))
    t.agrees(c)
    for days in (420, 260, 110, 30):
        t.buys(c, days)
    t.listed("fukuoka", c, "福岡店のお客様。銀座のタブレットにはいない", "Customer of Fukuoka, not on Ginza's tablet")


def long_name(t: Teller) -> None:
    name = Name(
        "フォン・リヒテンフェルス・ウント・ザールバッハ", "アレクサンドラ・マリア・テレジア",
        "フォン・リヒテンフェルス・ウント・ザールバッハ", "アレクサンドラ・マリア・テレジア",
    )  # fmt: skip
    c = t.persona(name, "ginza", "G01", "email line", date(2022, 10, 8))
    c.email = "alexandra.von-lichtenfels@example.com"
    t.agrees(c)
    for days in (280, 90):
        t.buys(c, days)
    t.listed("long_name", c, "とても長いお名前", "A very long name")
