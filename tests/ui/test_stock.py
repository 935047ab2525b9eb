"""在庫: every colour and size here, one of them everywhere, and from there a hold, a request, an order to her home."""

from datetime import timedelta

import pytest

from sync.model.catalogue import Money, StockLevel, Variant
from sync.model.commands_goods import AmendHold, MoveHold, PlaceHold
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.shop import Shift
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, GINZA, MISAKI, MORI, NOW, OMOTE, SASAKI, SUZUKI, WEB

JAN = "4901234567894"
STOCK = f"/products/{DRESS}"


def house() -> FakeDevice:
    """The dress also in red, of which one lies here; navy M bears a JAN."""
    device = FakeDevice()
    yen = Money(amount=32000)
    navy = device.cache.rows["variant", "v-dress-m"]
    device.cache.put(navy.model_copy(update={"jan": JAN, "colour_en": "Navy"}))
    device.cache.put(Variant(id="v-red-s", product_id=DRESS, sku="LN-1-RD-S", colour="レッド", size="S", price=yen))
    device.cache.put(StockLevel(id="red", variant_id="v-red-s", shop_id=GINZA, quantity=1, at=NOW))
    return device


def hold(way: HoldWay = HoldWay.KEEP, state: HoldState = HoldState.HELD, **more: object) -> Hold:
    fields: dict[str, object] = {
        "id": "hold", "variant_id": "v-dress-m", "shop_id": GINZA, "for_shop_id": GINZA, "way": way, "state": state,
        "by": MISAKI, "at": NOW, "until": NOW + timedelta(days=2), "state_at": NOW,
    }  # fmt: skip
    return Hold.model_validate(fields | more)


def test_every_colour_and_size_and_every_place() -> None:
    """The grid says what is free here, the list where the chosen one lies; another tap shows another one's places."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(STOCK)
        await screen.sees("在庫のある場所：ネイビー M")
        await screen.sees("表参道店")
        assert screen.shows("レッド S 1 点")
        await screen.tap("レッド S 1 点")
        await screen.sees("在庫のある場所：レッド S")
        await screen.sees("不明")

    drive(steps, device)


def test_a_hold_is_off_the_stock_at_once() -> None:
    """Two lie here; one is held until tomorrow for nobody yet, and one is left to be held."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{STOCK}?variant=v-dress-m")
        await screen.sees("ネイビー M 2 点")
        await screen.tap("当店で取り置き")
        await screen.tap("取り置く")
        await screen.sees("まで取り置きました")
        await screen.sees("ネイビー M 1 点 取り置き 1")
        (made,) = device.commands(PlaceHold)
        assert (made.way, made.shop_id, made.for_customer_id) == (HoldWay.KEEP, GINZA, None)
        assert made.until > NOW

    drive(steps, device)


@pytest.mark.parametrize(("size", "sizes_stay"), [((1180, 820), True), ((412, 915), False)])
def test_a_form_in_one_column_takes_the_place_of_the_sizes(size: tuple[int, int], sizes_stay: bool) -> None:
    """Side by side both are there; in one column the form names what was chosen, and the sizes come back when it is given up."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(STOCK)
        await screen.tap("当店で取り置き")
        await screen.sees("いつまで")
        assert screen.shows("ネイビー M")
        assert screen.shows("レッド S 1 点") is sizes_stay
        await screen.tap("やめる")
        await screen.sees("レッド S 1 点")

    drive(steps, device, size=size)


def test_held_for_a_customer_who_is_found_as_one_types() -> None:
    """The form finds her on the tablet; from her profile she is chosen already."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(STOCK)
        await screen.tap("当店で取り置き")
        await screen.type("お名前・かな・電話・会員番号", "佐々木")
        await screen.tap("佐々木 みどり 様 ササキ ミドリ")
        await screen.tap("取り置く")
        await screen.until(lambda: device.commands(PlaceHold), "held")
        assert device.commands(PlaceHold)[0].for_customer_id == SASAKI
        await screen.go(f"{STOCK}?customer={SASAKI}")
        await screen.tap("表参道店から取り寄せ")
        await screen.sees("佐々木 みどり 様")
        await screen.tap("表参道店に依頼する")
        await screen.until(lambda: len(device.commands(PlaceHold)) == 2, "asked")
        asked = device.commands(PlaceHold)[1]
        assert (asked.way, asked.shop_id, asked.for_customer_id) == (HoldWay.SEND, OMOTE, SASAKI)

    drive(steps, device)


def test_home_needs_a_customer() -> None:
    """Without one nothing is ordered, and the form says why."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(STOCK)
        await screen.tap("ECからご自宅へ")
        await screen.tap("注文を控える")
        await screen.sees("ご自宅へお届けするお客様をお選びください。")
        assert not device.commands(PlaceHold)

    drive(steps, device)


def test_offline_says_what_is_not_certain() -> None:
    """The hold is kept on the tablet, and nobody is told that it is certain."""
    device = house()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(STOCK)
        await screen.tap("当店で取り置き")
        await screen.sees("それまでに先に確保されることがあります")
        await screen.tap("取り置く")
        await screen.sees("この端末に保存しました")

    drive(steps, device)


def test_nothing_left_offers_nothing() -> None:
    """The last one is held: here it cannot be held again, elsewhere it can still be had."""
    device = house()
    device.cache.put(hold(quantity=2))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"{STOCK}?variant=v-dress-m")
        await screen.sees("ネイビー M なし 取り置き 2")
        await screen.sees("表参道店から取り寄せ")
        assert not screen.shows("当店で取り置き")

    drive(steps, device)


def test_an_item_that_is_gone() -> None:
    """A link to what is not in the catalogue leads on."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/products/gone")
        await screen.sees("この商品は登録されていません")
        await screen.tap("ほかの商品を探す")
        await screen.sees("どの商品をお探しですか")

    drive(steps, house())


def test_a_label_opens_its_stock_from_anywhere() -> None:
    """A wedge scanner reads a JAN: no customer is looked for, the colour and size on the label is chosen."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.keys(JAN)
        await screen.sees("在庫のある場所：ネイビー M")
        assert screen.tablet.session.route == f"{STOCK}?variant=v-dress-m"
        assert device.asking == []

    drive(steps, device)


def test_products_are_found_as_one_types() -> None:
    """By kana of any width, colour with size, category and JAN; nothing found says so."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/search")
        await screen.tap("商品")
        for typed in ("ﾘﾈﾝ", "りねん", "ワンピース レッド", "れっど s", "dress", JAN):
            await screen.type("商品名・色・サイズ・JAN", typed)
            await screen.sees("リネンワンピース")
            await screen.sees_no("カーディガン")
        await screen.type("商品名・色・サイズ・JAN", "レッド M")
        await screen.sees("該当する商品がありません")
        await screen.submit("商品名・色・サイズ・JAN", JAN)
        await screen.sees("在庫のある場所：ネイビー M")

    drive(steps, device)


def test_the_list_says_what_to_do_next_and_does_it() -> None:
    """A request of another shop stands first; it is accepted, then sent; the badge counts it until then."""
    device = house()
    device.cache.put(hold(HoldWay.SEND, HoldState.ASKED, id="asked", for_shop_id=OMOTE))
    device.cache.put(hold(id="kept", for_customer_id=SASAKI))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("お取り置き、1件")
        await screen.go("/holds")
        await screen.sees("商品を確認して、承諾かお断りを選んでください。")
        await screen.sees("佐々木 みどり 様")
        await screen.tap("承諾する")
        await screen.sees("梱包して発送したら")
        await screen.tap("発送した")
        await screen.sees("いますることはありません。")
        assert [(one.seen, one.to) for one in device.commands(MoveHold)] == [
            ("asked", "accepted"),
            ("accepted", "sent"),
        ]

    drive(steps, device)


def test_the_badge_counts_what_this_person_is_to_do() -> None:
    """What ends today is for who set it aside, and for everybody where that person has no more work here today; what another
    shop asks is for everybody."""
    device = house()
    device.cache.put(hold(until=NOW + timedelta(hours=6)))

    async def mine(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("お取り置き、1件")

    async def not_mine(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.sees("今日のフォロー")
        await screen.settles()
        assert not screen.shows("お取り置き、")
        device.cache.put(hold(HoldWay.SEND, HoldState.ASKED, id="asked", for_shop_id=OMOTE))
        device.changed()
        await screen.sees("お取り置き、1件")

    async def nobody_elses(screen: Screen) -> None:
        await screen.sign_in(SUZUKI)
        await screen.sees("お取り置き、2件")

    drive(mine, device)
    drive(not_mine, device)
    hours = {"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=7)}
    device.cache.put(Shift(id="shift", staff_id=SUZUKI, shop_id=GINZA, **hours))  # Misaki is not at work today
    drive(nobody_elses, device)


def test_declined_with_a_reason() -> None:
    """One more tap says why."""
    device = house()
    device.cache.put(hold(HoldWay.SEND, HoldState.ASKED, for_shop_id=OMOTE))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/holds")
        await screen.tap("お断りする")
        await screen.tap("見当たらない")
        await screen.sees("お断りを伝えました")
        assert device.commands(MoveHold)[0].why == "not_found"

    drive(steps, device)


def test_the_online_shops_order_is_noted_with_its_number() -> None:
    """Nobody stands in the web shop: who asked places the order and notes its number."""
    device = house()
    device.cache.put(hold(HoldWay.HOME, HoldState.ASKED, shop_id=WEB, for_customer_id=SASAKI))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/holds")
        await screen.sees("オンラインストアに注文を入れ、注文番号を控えてください。")
        await screen.type("注文・伝票の番号", "W-100")
        await screen.tap("注文を入れた")
        await screen.until(lambda: device.commands(MoveHold), "moved")
        assert device.commands(MoveHold)[0].number == "W-100"

    drive(steps, device)


def test_three_days_longer_and_released() -> None:
    """What waits for a customer can be kept longer, or given back."""
    device = house()
    device.cache.put(hold())

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/holds")
        await screen.tap("3日延ばす")
        await screen.until(lambda: device.commands(AmendHold), "amended")
        assert device.commands(AmendHold)[0].until == NOW + timedelta(days=5)
        await screen.sees("11月25日(水) 10:32まで取り置きました")
        await screen.until(lambda: not screen.shows("11月22日"), "drawn anew")
        await screen.tap("取り消す")
        await screen.sees("取り消しました。在庫に戻ります")
        await screen.sees("最近終わったもの")

    drive(steps, device)


def test_fewer_counted_than_held_is_to_be_looked_at() -> None:
    """The till may have sold what was set aside: the list says so, and the badge counts it."""
    device = house()
    device.cache.put(hold(quantity=3))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MORI)
        await screen.go("/holds")
        await screen.sees("在庫数が取り置きより少なくなっています。")

    drive(steps, device)


def test_in_english_and_upright() -> None:
    """The same in English on an upright tablet; an empty list says what to do."""
    device = house()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/holds")
        await screen.sees("Nothing is held or asked for")
        await screen.go(STOCK)
        await screen.sees("Where it lies: Navy M")
        await screen.tap("Hold it here")
        await screen.sees("Until when?")
        await screen.tap("Hold it")
        await screen.sees("Held until")

    drive(steps, device, language="en", size=(820, 1180))
