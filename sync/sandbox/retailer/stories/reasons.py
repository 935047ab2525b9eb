"""Customers with a reason to be approached: each signal of the playbook, told."""

from datetime import date, timedelta

from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer


def returning(t: Teller) -> None:
    c = t.persona(
        Name("佐々木", "みどり", "ササキ", "ミドリ"), "ginza", "G02", "line sms email", date(2019, 3, 9),
        likes=("リネン", "ネイビー", "旅先で着られるもの"), dislikes=("ウール",),
    )  # fmt: skip
    t.agrees(c, but="email")
    for days, categories in (
        (700, ("coat", "knit")),
        (610, ("dress",)),
        (520, ("jacket",)),
        (430, ("dress", "bag")),
        (340, ("shirt",)),
        (275, ("shoes", "scarf")),
    ):
        t.buys(c, days, *categories)
    coat = t.buys(c, 221, "coat").lines[0].product
    t.note(
        c, 275, "travel", "ご旅行が多く、しわになりにくいものがお好き。荷物を減らしたいので、昼も夜も着られる一着を。"
    )
    t.note(
        c, 221, "alteration", f"{coat.name}の袖丈を2cm詰め。できあがりは一週間後、LINEでご連絡のお約束。", product=coat
    )
    t.written(c, 214, "alteration_ready", coat)
    t.visits(c, 213)
    t.note(
        c,
        213,
        "alteration",
        "コートのお直しをお渡し。袖丈はちょうどよいとのこと。ご友人の結婚式が近いうちにあるとお話しでした。",
        product=coat,
    )
    for days, category, views in ((6, "dress", 3), (3, "shoes", 2), (2, "dress", 4), (1, "dress", 2)):
        t.browses(c, days, category, views)
    t.books(c, t.slot(1), "G02", "ご友人の結婚式に着ていくワンピースのご相談")
    t.listed(
        "returning",
        c,
        "約7か月ぶり。本日ご予約。LINEがご希望、メールはお断り",
        "Back after seven months, booked for today; prefers LINE, refused mail",
    )

    def again(customer: Customer, number: int) -> None:
        for days in (560, 410, 300, 205 + 9 * number):
            t.buys(customer, days)
        if number == 1:
            t.books(customer, t.slot(3), customer.charge, "お直しのご相談と、コートのご試着")
        elif number == 2:
            t.books(customer, t.world.at(2, 13, 30), customer.charge, "通勤服のご相談")
        else:
            t.visits(customer, 1)

    t.more("returning", 3, again)


def video(t: Teller) -> None:
    c = t.persona(
        Name("松本", "香織", "マツモト", "カオリ"),
        "ginza",
        "G05",
        "email line",
        date(2022, 5, 14),
        likes=("モノトーン", "パンツ派"),
    )
    t.agrees(c)
    for days, category in ((400, "trousers"), (260, "jacket"), (150, "shirt"), (62, "knit")):
        t.buys(c, days, category, staff="G03")
    t.note(
        c,
        62,
        "styling",
        "在宅が増え、画面越しでもきちんと見えるものをお探し。首もとに少し光るものがあるとよいとのこと。",
        staff="G03",
    )
    t.browses(c, 2, "jacket", 3)
    t.books(c, t.slot(0), "G05", "在宅勤務の着回しのご相談", kind="video", minutes=30)
    t.listed("video", c, "まもなくビデオ接客（担当 一ノ瀬）", "Video appointment with the stylist, soon")
    d = t.persona(
        Name("𠮷野", "涼子", "ヨシノ", "リョウコ"),
        "ginza",
        "G05",
        "line email",
        date(2018, 10, 2),
        likes=("シルク", "長く着られるもの"),
    )
    t.agrees(d)
    for days in (690, 540, 420, 330, 238):
        t.buys(d, days, staff="G02")
    t.browses(d, 3, "coat", 3)
    t.books(d, t.slot(2), "G05", "ご実家に戻られてから初めてのビデオでのご相談", kind="video", minutes=30)
    t.listed(
        "video_returning",
        d,
        "本日ビデオ接客。約8か月ぶり。お名前は「𠮷」の字",
        "Video appointment later today, after eight months; her name is written with a rare character",
    )


def moved_stylist(t: Teller) -> None:
    c = t.persona(
        Name("石田", "由美子", "イシダ", "ユミコ"),
        "omotesando",
        "G05",
        "line sms",
        date(2020, 9, 18),
        likes=("カシミヤ", "アースカラー"),
    )
    t.agrees(c)
    for days in range(46, 640, 44):
        t.buys(c, days)
    t.note(c, 46, "chat", "銀座への異動をお伝えすると、「それなら銀座に伺います」と。お礼をお伝えしました。")
    t.books(c, t.world.at(1, 14), "G05", "異動した一ノ瀬をたずねて、銀座には初めてのご来店")
    t.listed(
        "moved_stylist",
        c,
        "表参道店の常連。担当の一ノ瀬が銀座へ異動。明日、銀座に初来店",
        "Regular of Omotesando whose stylist moved to Ginza; first visit to Ginza tomorrow",
    )

    def also(customer: Customer, number: int) -> None:
        customer.home, customer.charge = "omotesando", "G05"
        orders = [t.buys(customer, days) for days in range(50 + number, 500, 60)]
        t.written(customer, 24 + number, "after_visit", orders[0].lines[0].product, shop="ginza")

    t.more("moved_stylist", 3, also)


def lapsed(t: Teller) -> None:
    c = t.persona(
        Name("藤井", "典子", "フジイ", "ノリコ"),
        "ginza",
        "G03",
        "line email",
        date(2021, 2, 6),
        shops_online=False,
    )
    t.agrees(c)
    for days in range(88, 660, 35):
        t.buys(c, days)
    t.note(c, 88, "fitting", "この日はお急ぎのご様子。お取り置きはせず、また来ますとのこと。")
    t.listed(
        "lapsed",
        c,
        "月に一度いらした方が、約3か月お見えでない",
        "Came every five weeks, has stayed away for three months",
    )

    def also(customer: Customer, number: int) -> None:
        for days in range(72 + 6 * number, 560, 31 + number):
            t.buys(customer, days)

    t.more("lapsed", 6, also)


def surge(t: Teller) -> None:
    c = t.persona(
        Name("小林", "真理", "コバヤシ", "マリ"),
        "ginza",
        "G02",
        "line email",
        date(2023, 4, 22),
        likes=("ワンピース派", "淡い色"),
    )
    t.agrees(c)
    for days in (330, 230, 140, 64):
        t.buys(c, days)
    _browses_more(t, c, "dress")
    t.listed(
        "surge",
        c,
        "Webでワンピースをよくご覧。2か月お見えでない",
        "Looks at dresses online much more than before, no visit for two months",
    )

    def also(customer: Customer, number: int) -> None:
        for days in (400, 260, 150, 50 + number):
            t.buys(customer, days)
        _browses_more(t, customer, ("knit", "bag", "coat", "shoes", "skirt")[number % 5])

    t.more("surge", 5, also)


def _browses_more(t: Teller, customer: Customer, category: str) -> None:
    for days, views in ((58, 2), (35, 1), (9, 3), (6, 4), (4, 3), (2, 5), (1, 3)):
        t.browses(customer, days, category, views)


def birthday(t: Teller) -> None:
    def soon(days: int) -> str:
        return f"{t.world.today + timedelta(days=days):%m-%d}"

    c = t.persona(
        Name("近藤", "沙織", "コンドウ", "サオリ"), "ginza", "G03", "line sms", date(2021, 8, 1), birthday=soon(2)
    )
    t.agrees(c)
    for days in (380, 250, 140, 48):
        t.buys(c, days)
    t.listed("birthday", c, "お誕生日まであと2日", "Her birthday is in two days")

    def also(customer: Customer, number: int) -> None:
        customer.birthday = soon(number % 4)
        for days in (300, 160, 45):
            t.buys(customer, days)

    t.more("birthday", 5, also)


def coat(t: Teller) -> None:
    c = t.persona(Name("井上", "陽子", "イノウエ", "ヨウコ"), "ginza", "G02", "line email", date(2020, 11, 28))
    t.agrees(c)
    for days in (420, 290, 130):
        t.buys(c, days)
    coat = t.buys(c, 20, "coat").lines[0].product
    t.note(c, 20, "alteration", f"{coat.name}の着丈を3cm詰め。お渡しは5日後。", product=coat)
    t.visits(c, 15)
    t.note(c, 15, "alteration", "お直しのお渡し。鏡の前で何度もうなずいていらっしゃいました。", product=coat)
    t.listed(
        "coat", c, "約3週間前にコートをご購入、お直し済み", "Bought a coat three weeks ago, altered since: how is it?"
    )

    def also(customer: Customer, number: int) -> None:
        for days in (310, 170):
            t.buys(customer, days)
        t.buys(customer, 15 + number, "coat")

    t.more("coat", 4, also)


def first(t: Teller) -> None:
    joined = t.world.today - timedelta(days=2)
    c = t.persona(Name("大野", "真由", "オオノ", "マユ"), "ginza", "G03", "line", joined, likes=())
    t.agrees(c)
    t.buys(c, 2, "shirt", hour=17)
    t.note(c, 2, "styling", "通りがかりにお立ち寄り。はじめてのお買い物。ご自分のペースでご覧になりたい方。")
    t.listed("first_purchase", c, "おととい、はじめてのご購入", "First purchase, the day before yesterday")

    def also(customer: Customer, number: int) -> None:
        customer.joined = t.world.today - timedelta(days=number)
        for consent in t.world.consents:
            if consent.customer is customer:
                consent.at = t.world.at(-number, 14, 10)
        t.buys(customer, number, hour=16)

    t.more("first_purchase", 4, also)


def reply(t: Teller) -> None:
    c = t.persona(Name("中村", "彩", "ナカムラ", "アヤ"), "ginza", "G02", "line email", date(2022, 1, 15))
    t.agrees(c)
    for days in (360, 210):
        t.buys(c, days)
    product = t.buys(c, 12, "skirt").lines[0].product
    t.written(c, 1, "after_purchase", product)
    t.answers(
        c,
        t.ago(25),
        "ありがとうございます、とても気に入っています！土曜の午後に伺えます。合わせるニットも見せていただけますか？",
    )
    t.listed("reply", c, "25分前にLINEでお返事。まだ返していない", "Replied by LINE 25 minutes ago, not answered yet")

    def also(customer: Customer, number: int) -> None:
        product = t.buys(customer, 13, "bag").lines[0].product
        t.written(customer, 2, "after_purchase", product)
        t.answers(
            customer,
            t.ago(60 * 7 * number),
            ("丈のお直しはできますか？", "来週あたり寄れそうです。", "同じもので黒はありますか？")[number - 1],
        )

    t.more("reply", 3, also)
