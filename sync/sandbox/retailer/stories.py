"""The cases of the demo: each is told about one person by name, and about a few more so that none stands alone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sync.sandbox.retailer.meetings import next_slot
from sync.sandbox.retailer.names import Name
from sync.sandbox.retailer.telling import Teller
from sync.sandbox.retailer.world import Customer, Product, World


def tell(teller: Teller) -> None:
    """Tell every case."""
    for story in (
        _returning, _video, _moved_stylist, _lapsed, _surge, _birthday, _coat, _first, _reply, _contacted, _opted_out, _quiet,
        _complaint, _identities, _homonyms, _sms_fails, _one_channel, _english, _fukuoka, _long_name,
    ):  # fmt: skip
        story(teller)


def _at_ginza(customer: Customer) -> bool:
    return customer.home == "ginza" and bool(customer.charge) and bool(customer.line)


def _more(
    t: Teller,
    code: str,
    count: int,
    story: Callable[[Customer, int], None],
    fits: Callable[[Customer], bool] = _at_ginza,
) -> None:
    """Tell the same of `count` more customers who fit, numbered from 1; they granted everything and prefer LINE."""
    for number in range(1, count + 1):
        customer = t.cast(fits)
        customer.joined = min(customer.joined, t.world.today - timedelta(days=900))
        customer.pace = "" if customer.pace == "quiet" else customer.pace
        customer.preferred = "line"
        t.agrees(customer)
        story(customer, number)
        t.listed(code, customer, "", "", on_page=False)


def _slot(world: World, number: int) -> timedelta:
    """Return how long after the next free slot the day's n-th booking is: all fit before 19:45."""
    first = next_slot(world.now)
    left = (first.replace(hour=19, minute=45) - first) // 4
    return min(timedelta(minutes=45), left - timedelta(minutes=left.seconds // 60 % 5)) * number


def _returning(t: Teller) -> None:
    c = t.persona(
        Name("佐々木", "みどり", "ササキ", "ミドリ"), "ginza", "G02", "line sms email", date(2019, 3, 9),
        likes=("リネン", "ネイビー", "旅先で着られるもの"), dislikes=("ウール",), birthday="",
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
    slot = next_slot(t.world.now)
    t.books(c, slot + _slot(t.world, 1), "G02", "ご友人の結婚式に着ていくワンピースのご相談")
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
            t.books(customer, slot + _slot(t.world, 3), customer.charge, "お直しのご相談と、コートのご試着")
        elif number == 2:
            t.books(customer, t.world.at(2, 13, 30), customer.charge, "通勤服のご相談")
        else:
            t.visits(customer, 1)

    _more(t, "returning", 3, again)


def _video(t: Teller) -> None:
    slot = next_slot(t.world.now)
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
        t.buys(c, days, category)
    t.note(
        c,
        62,
        "styling",
        "在宅が増え、画面越しでもきちんと見えるものをお探し。首もとに少し光るものがあるとよいとのこと。",
    )
    t.browses(c, 2, "jacket", 3)
    t.books(c, slot, "G05", "在宅勤務の着回しのご相談", kind="video", minutes=30)
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
        t.buys(d, days)
    t.browses(d, 3, "coat", 3)
    t.books(
        d, slot + _slot(t.world, 2), "G05", "ご実家に戻られてから初めてのビデオでのご相談", kind="video", minutes=30
    )
    t.listed(
        "video_returning",
        d,
        "本日ビデオ接客。約8か月ぶり。お名前は「𠮷」の字",
        "Video appointment later today, after eight months; her name is written with a rare character",
    )


def _moved_stylist(t: Teller) -> None:
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

    _more(t, "moved_stylist", 3, also)


def _lapsed(t: Teller) -> None:
    c = t.persona(
        Name("藤井", "典子", "フジイ", "ノリコ"),
        "ginza",
        "G03",
        "line email",
        date(2021, 2, 6),
        birthday="09-03",
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

    _more(t, "lapsed", 6, also)


def _surge(t: Teller) -> None:
    c = t.persona(
        Name("小林", "真理", "コバヤシ", "マリ"),
        "ginza",
        "G02",
        "line email",
        date(2023, 4, 22),
        likes=("ワンピース派", "淡い色"),
        birthday="",
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

    _more(t, "surge", 5, also)


def _browses_more(t: Teller, customer: Customer, category: str) -> None:
    for days, views in ((58, 2), (35, 1), (9, 3), (6, 4), (4, 3), (2, 5), (1, 3)):
        t.browses(customer, days, category, views)


def _birthday(t: Teller) -> None:
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
        customer.birthday = soon(number)
        for days in (300, 160, 45):
            t.buys(customer, days)

    _more(t, "birthday", 5, also)


def _coat(t: Teller) -> None:
    c = t.persona(
        Name("井上", "陽子", "イノウエ", "ヨウコ"), "ginza", "G02", "line email", date(2020, 11, 28), birthday=""
    )
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

    _more(t, "coat", 4, also)


def _first(t: Teller) -> None:
    joined = t.world.today - timedelta(days=2)
    c = t.persona(Name("大野", "真由", "オオノ", "マユ"), "ginza", "G03", "line", joined, birthday="", likes=())
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

    _more(t, "first_purchase", 4, also)


def _reply(t: Teller) -> None:
    c = t.persona(Name("中村", "彩", "ナカムラ", "アヤ"), "ginza", "G02", "line email", date(2022, 1, 15), birthday="")
    t.agrees(c)
    for days in (360, 210):
        t.buys(c, days)
    product = t.buys(c, 12, "skirt").lines[0].product
    t.written(c, 1, "after_purchase", product)
    t.answers(
        c,
        _ago(t, 25),
        "ありがとうございます、とても気に入っています！土曜の午後に伺えます。合わせるニットも見せていただけますか？",
    )
    t.listed("reply", c, "25分前にLINEでお返事。まだ返していない", "Replied by LINE 25 minutes ago, not answered yet")

    def also(customer: Customer, number: int) -> None:
        product = t.buys(customer, 13, "bag").lines[0].product
        t.written(customer, 2, "after_purchase", product)
        t.answers(
            customer,
            _ago(t, 60 * 7 * number),
            ("丈のお直しはできますか？", "来週あたり寄れそうです。", "同じもので黒はありますか？")[number - 1],
        )

    _more(t, "reply", 3, also)


def _ago(t: Teller, minutes: int) -> datetime:
    return t.world.now.replace(second=0, microsecond=0) - timedelta(minutes=minutes)


def _contacted(t: Teller) -> None:
    c = t.persona(Name("渡辺", "麻衣", "ワタナベ", "マイ"), "ginza", "G03", "line sms", date(2019, 6, 30), birthday="")
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

    _more(t, "contacted", 3, also)


def _opted_out(t: Teller) -> None:
    c = t.persona(
        Name("山﨑", "久美子", "ヤマザキ", "クミコ"), "ginza", "G01", "email line sms", date(2017, 12, 3), birthday=""
    )
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

    _more(t, "opted_out", 4, also)


def _quiet(t: Teller) -> None:
    c = t.persona(
        Name("渡邊", "静香", "ワタナベ", "シズカ"),
        "ginza",
        "G02",
        "email",
        date(2018, 4, 7),
        pace="quiet",
        dislikes=("試着を急かされること",),
        birthday="",
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

    _more(t, "quiet", 4, also)


def _complaint(t: Teller) -> None:
    c = t.persona(
        Name("岡田", "純子", "オカダ", "ジュンコ"), "ginza", "G01", "line email", date(2019, 10, 20), birthday=""
    )
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

    _more(t, "complaint", 2, also)


def _identities(t: Teller) -> None:
    c = t.persona(
        Name("中島", "恵", "ナカジマ", "メグミ"), "ginza", "G02", "line email sms", date(2021, 5, 9), birthday=""
    )
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

    _more(t, "identities", 6, also)


def _two_accounts(t: Teller, card: Customer, shift: int = 0) -> None:
    for days in (350, 190, 70):
        t.buys(card, days + shift)
    web = Customer(
        number="", user_id=f"web{t.random.getrandbits(40):010x}", family=card.family, given=card.given,
        family_kana=card.family_kana, given_kana=card.given_kana, language="ja", phone=card.phone,
        email=t.addresses.email(card.given_kana, card.family_kana), line="", birthday="", joined=card.joined, home="web",
        charge="", preferred="", pace="", sizes=card.sizes, likes=(), dislikes=(), orders=0, shops_online=True, told=True,
    )  # fmt: skip
    card.also_email.append(web.email)
    t.world.customers.append(web)
    t.buys(web, 240 + shift, "shirt", shop="web", hour=22)
    t.buys(web, 40 + shift, "knit", shop="web", hour=21)
    t.browses(web, 5, "bag", 3)


def _homonyms(t: Teller) -> None:
    name = Name("佐藤", "美咲", "サトウ", "ミサキ")
    c = t.persona(name, "ginza", "G02", "line email sms", date(2016, 3, 27), birthday="11-08")
    t.agrees(c)
    for days in range(55, 700, 58):
        t.buys(c, days, "dress", "bag") if days % 4 == 1 else t.buys(c, days)
    t.note(c, 55, "event", "お嬢様の卒業式に。ご自身はネイビーで控えめにされたいとのこと。")
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
        birthday="",
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


def _sms_fails(t: Teller) -> None:
    c = t.persona(Name("清水", "朋子", "シミズ", "トモコ"), "ginza", "G02", "sms fails", date(2020, 2, 11), birthday="")
    t.agrees(c)
    for days in (340, 160):
        t.buys(c, days)
    t.buys(c, 13, "knit")
    t.listed("sms_fails", c, "SMSのみ。番号が変わったらしく届かない", "Text messages only, and her number fails")


def _one_channel(t: Teller) -> None:
    c = t.persona(Name("森", "恵子", "モリ", "ケイコ"), "ginza", "G03", "email", date(2018, 7, 29), birthday="")
    t.agrees(c)
    for days in (330, 150):
        t.buys(c, days)
    t.buys(c, 12, "skirt")
    t.listed("mail_only", c, "メールのみ", "Mail only")
    d = t.persona(
        Name("林", "さくら", "ハヤシ", "サクラ"), "ginza", "G02", "line", date(2023, 9, 16), birthday="", phone=""
    )
    t.agrees(d)
    for days in (310, 140):
        t.buys(d, days)
    t.buys(d, 11, "cardigan")
    t.listed("line_only", d, "LINEのみ", "LINE only")


def _english(t: Teller) -> None:
    c = t.persona(
        Name("Carter", "Emily", "カーター", "エミリー", "en"),
        "ginza",
        "G05",
        "email sms",
        date(2024, 4, 13),
        birthday="",
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


def _fukuoka(t: Teller) -> None:
    c = t.persona(
        Name("古川", "千尋", "フルカワ", "チヒロ"), "fukuoka", "F02", "line sms", date(2021, 11, 23), birthday=""
    )
    t.agrees(c)
    for days in (420, 260, 110, 30):
        t.buys(c, days)
    t.listed("fukuoka", c, "福岡店のお客様。銀座のタブレットにはいない", "Customer of Fukuoka, not on Ginza's tablet")


def _long_name(t: Teller) -> None:
    name = Name(
        "フォン・リヒテンフェルス・ウント・ザールバッハ", "アレクサンドラ・マリア・テレジア",
        "フォン・リヒテンフェルス・ウント・ザールバッハ", "アレクサンドラ・マリア・テレジア",
    )  # fmt: skip
    c = t.persona(name, "ginza", "G01", "email line", date(2022, 10, 8), birthday="")
    c.email = "alexandra.von-lichtenfels@example.com"
    t.agrees(c)
    for days in (280, 90):
        t.buys(c, days)
    t.listed("long_name", c, "とても長いお名前", "A very long name")
