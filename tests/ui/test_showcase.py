"""お客様にお見せする: products, sizes and stock, and of no customer anything."""

import pytest

from clienteling.queries.showcase import load_showcase, size_order
from sync.model.catalogue import Product
from sync.model.commands import CheckIn
from sync.model.customer import Customer
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI, everything


@pytest.mark.parametrize("route", ["/", "/search", "/queue", "/appointments", "/scan", "/sync", f"/customers/{SASAKI}",
                                   f"/customers/{SASAKI}/note", f"/customers/{SASAKI}/message", "/appointments/app-2"])  # fmt: skip
def test_one_tap_from_every_screen_hides_everybody(route: str) -> None:
    """From wherever one is: no name, no kana, no number of anybody is left on the screen, nor a notice; and back again."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(route)
        screen.tablet.say("佐々木 様へ送信します", seconds=600)
        await screen.tap("お客様にお見せする")
        await screen.sees("リネンワンピース")
        for one in device.cache.of(Customer):
            for secret in (one.family_name, one.given_name, one.family_kana, one.member_number):
                assert not screen.shows(secret), secret
        await screen.hold("スタッフ専用")
        await screen.sees("読み取り")
        assert screen.tablet.session.route == route

    drive(steps, device)


def test_a_tap_does_not_lead_back_and_the_pin_does() -> None:
    """The tablet may be in the customer's hand: a tap asks for the PIN of whoever is signed in, a wrong one stays."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("お客様にお見せする")
        await screen.tap("スタッフ専用")
        await screen.sees("暗証番号を入力してください")
        assert not screen.shows("高橋")
        await screen.type("PIN", "000000")
        await screen.tap("スタッフ画面に戻る")
        await screen.sees("PINが違います")
        assert screen.tablet.session.show_customer
        await screen.type("PIN", "246810")
        await screen.tap("スタッフ画面に戻る")
        await screen.sees("読み取り")
        assert not screen.tablet.session.show_customer

    drive(steps)


def test_a_product_is_shown_with_its_sizes_and_where_they_lie() -> None:
    """By category or word, then each size with the shops by the names that customers know."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("お客様にお見せする")
        await screen.sees("サマーカーディガン")
        await screen.tap("ワンピース")
        await screen.sees_no("サマーカーディガン")
        await screen.tap("リネンワンピース ¥32,000")
        await screen.sees("ネイビー M")
        await screen.sees("当店 2")
        await screen.sees("オンラインストア 14")
        await screen.tap("商品一覧")
        await screen.type("商品名・JANで探す", "カーディ")
        await screen.sees("サマーカーディガン")

    drive(steps)


def test_a_scan_opens_nobody_meanwhile() -> None:
    """A member code that a scanner reads while the customer looks at the screen opens no profile under her eyes."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.tap("お客様にお見せする")
        await screen.sees("リネンワンピース")
        await screen.keys("A1001A1001")
        assert not device.commands(CheckIn)
        assert screen.tablet.session.route == "/"

    drive(steps, device)


def test_the_newest_season_and_the_smallest_size_come_first() -> None:
    """Spring and summer of a year come before its autumn and winter, so autumn is the newer one."""
    cache = MemoryCache(everything())
    for code, season in (("A", "25AW"), ("B", "26AW"), ("C", "26SS")):
        cache.put(Product(id=code, code=code, name=code, category="hat", season=season))
    found = load_showcase(cache, category="hat", text="", here=None)
    assert [card.item.product.code for card in found.cards] == ["B", "C", "A"]
    assert sorted(["L", "24.5", "XS", "free", "M", "7", "S"], key=size_order) == [
        "XS",
        "S",
        "M",
        "L",
        "7",
        "24.5",
        "free",
    ]
    assert (found.found, "hat" in found.categories) == (3, True)
