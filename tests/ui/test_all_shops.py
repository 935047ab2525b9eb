"""全店の在庫: where something lies in every shop, with the age of each figure, asked for where this tablet does not hold it."""

from datetime import timedelta

from sync.model.shop import Shop
from sync.protocol import Lying
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, NOW

FAR = [f"far-{number}" for number in range(1, 9)]


def chain() -> FakeDevice:
    """A retailer of eleven shops: the web shop and five are held by the tablet of Ginza, four are beyond it."""
    device = FakeDevice()
    for number, shop_id in enumerate(FAR, start=1):
        device.cache.put(
            Shop(id=shop_id, code=shop_id, name=f"遠方{number}号店", brand="アオバ", controller="株式会社アオバ")
        )
    # nobody knows where any of them is, so the nearest are the first by name: Omotesando, and four of these
    device.elsewhere = (
        Lying("v-dress-m", "far-6", 4, NOW - timedelta(hours=1)),
        Lying("v-dress-m", "far-7", 0, NOW - timedelta(minutes=3)),
    )
    return device


async def open_list(screen: Screen) -> None:
    await screen.sign_in()
    await screen.tap("お客様にお見せする")
    await screen.tap("リネンワンピース ¥32,000")
    await screen.tap("全店の在庫")


def test_the_list_has_every_shop_with_its_time() -> None:
    """Here and the web shop from the tablet, the others as the server says; who told nothing is unknown, and never zero."""
    device = chain()

    async def steps(screen: Screen) -> None:
        await open_list(screen)
        await screen.sees("遠方6号店")
        assert device.asked_for == [DRESS]
        words = screen.words
        for shop, figure in (
            ("当店", "ネイビー M 2"),
            ("オンラインストア", "ネイビー M 14"),
            ("遠方1号店", "不明"),
            ("遠方6号店", "ネイビー M 4"),
            ("遠方7号店", "在庫なし"),
            ("遠方8号店", "不明"),
        ):
            place = len(words) - 1 - words[::-1].index(shop)
            assert figure in words[place : place + 3], (shop, words[place : place + 3])
        await screen.sees("9:32")
        await screen.tap("全店の在庫を閉じる")
        await screen.sees_no("遠方6号店")

    drive(steps, device)


def test_a_large_chain_is_shown_by_and_by() -> None:
    """The first thirty shops at once, more on request."""
    device = chain()
    for number in range(10, 60):
        device.cache.put(
            Shop(
                id=f"more-{number}", code=f"{number}", name=f"遠遠{number}", brand="アオバ", controller="株式会社アオバ"
            )
        )

    async def steps(screen: Screen) -> None:
        await open_list(screen)
        await screen.sees("遠遠28")
        assert not screen.shows("遠遠29")
        await screen.tap("もっと見る")
        await screen.sees("遠遠58")

    drive(steps, device)


def test_without_a_network_nothing_is_made_up() -> None:
    """What was never asked for is not shown at all, and the screen says why; near shops stay, and one can try again."""
    device = chain()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await open_list(screen)
        await screen.sees("接続がないため、ほかの4店舗の在庫は確認できません。")
        await screen.sees("ネイビー M 14")
        assert not screen.shows("遠方6号店")
        device.become(online=True)
        await screen.tap("もう一度")
        await screen.sees("遠方6号店")
        await screen.sees_no("接続がないため")

    drive(steps, device)


def test_without_a_network_an_older_answer_says_how_old_it_is() -> None:
    """What was asked for at 9:05 stands there with that time."""
    device = chain()
    device.cache.asked[DRESS] = NOW - timedelta(minutes=87), device.elsewhere
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await open_list(screen)
        await screen.sees("接続がないため、ほかの4店舗は")
        await screen.sees("9:05")
        await screen.sees("ネイビー M 4")

    drive(steps, device)


def test_a_few_shops_need_no_network() -> None:
    """Where the tablet holds every shop's stock itself, nobody is asked and nothing is missing."""
    device = FakeDevice()
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await open_list(screen)
        await screen.sees("表参道店")
        assert not screen.shows("接続がないため")
        assert device.asked_for == []

    drive(steps, device)
