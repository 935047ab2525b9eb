"""練習モード: invented customers under the same screens; nothing leaves, nobody real is read."""

from collections.abc import Callable

import pytest

from clienteling.practice.device import PracticeDevice
from clienteling.routes import ROUTES
from sync.client.types import IdentifyOutcome
from sync.errors import NotAllowed
from sync.ids import new_id
from sync.model.catalogue import Variant
from sync.model.commands import RecordView
from sync.model.customer import Customer
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import DRESS, MISAKI, NOW, SASAKI

BAND = "練習モード：お客様は架空です。何も送信されません"


async def _begin(screen: Screen) -> None:
    await screen.sign_in()
    await screen.go("/me")
    await screen.tap("練習モード")
    await screen.tap("練習を始める")
    await screen.sees(BAND)
    await screen.sees("レッスン：読み取りからメッセージまで")


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180), (412, 915)])
def test_the_lesson_is_walked_and_nothing_of_it_leaves(size: tuple[int, int]) -> None:
    """All six steps are ticked as they are done; the real device was given no command, and the end brings back the
    real tablet."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        before = list(device.submitted)
        await screen.tap("練習用コードをかざす")
        await screen.sees("練習 花子 様")
        await screen.sees(BAND)
        await screen.go("/practice")
        await screen.sees("6つのうち2つ済み")
        await screen.tap("接客メモを書く")
        await screen.sees("練習 花子 様")
        await screen.type("メモ", "紺をお試しに")
        await screen.tap("メモを保存")
        await screen.until(lambda: screen.tablet.session.route.endswith("practice-1"), "her profile")
        await screen.go("/practice")
        await screen.sees("6つのうち3つ済み")
        await screen.tap("お礼のメッセージを書く")
        await screen.sees("送れます")
        await screen.tap("送る")
        await screen.until(lambda: "/message" not in screen.tablet.session.route, "sent")
        await screen.go("/practice")
        await screen.sees("6つのうち4つ済み")
        await screen.tap("ご来店の画面を開く")
        await screen.type("商品名・JAN", "リネン")
        await screen.tap("リネンワンピースを加える")
        await screen.go("/practice")
        await screen.sees("6つのうち5つ済み")
        await screen.tap("お約束を記録")
        await screen.tap("お写真をお送りする")
        await screen.tap("明日までのお約束にする")
        await screen.go("/practice")
        await screen.sees("6つとも終わりました")
        assert device.submitted == before
        await screen.tap("練習を終える")
        await screen.sees_no(BAND)
        assert screen.tablet.device is device
        await screen.sees("会員コードを読み取る")

    drive(steps, device, size=size)


def test_every_screen_is_there_in_practice() -> None:
    """Each route is walked with the invented customers: there is something on it, or it says why not; none fails, and the real
    device hears of none of it."""
    device = FakeDevice()
    given = {
        "customer_id": "practice-1",
        "product_id": DRESS,
        "appointment_id": "practice-2-appointment",
        "device_id": "d",
    }
    said = {
        "/holds": "練習 花子 様", "/slips": "練習のコート", "/promises": "見本 桜 様", "/appointments": "見本 桜 様",
        "/results": "例文 葵 様", "/queue": "練習 花子 様", "/fleet": "端末と閲覧の記録は実物です", "/access": "端末と閲覧の記録は実物です",
        "/fleet/add": "端末と閲覧の記録は実物です", "/fleet/quarantine/{device_id}": "端末と閲覧の記録は実物です",
    }  # fmt: skip

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        before = list(device.submitted)
        for route in ROUTES:
            await screen.go(route.pattern.format_map(given))
            await screen.sees(said.get(route.pattern, BAND))
            await screen.until(lambda: len(screen.words) > 12, route.pattern)
            assert not screen.shows("表示できませんでした"), route.pattern
            assert screen.shows(BAND), route.pattern
        assert device.submitted == before

    drive(steps, device)


@pytest.mark.parametrize("route", ["/", "/search", "/queue", "/appointments", "/sync", f"/customers/{SASAKI}", f"/customers/{SASAKI}/note"])  # fmt: skip
def test_nobody_real_can_be_read(route: str) -> None:
    """No screen of practice says the name or number of anybody who is on the tablet, a link to her profile included."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        before = list(device.submitted)
        await screen.go(route)
        await screen.sees(BAND)
        await screen.until(lambda: len(screen.words) > 12, "the screen")
        for one in device.cache.of(Customer):
            for secret in (one.family_kana, one.member_number, f"{one.family_name} {one.given_name}".strip()):
                assert not secret or not screen.shows(secret), secret
        await screen.keys("A1001A1001")
        assert device.submitted == before
        assert device.commands(RecordView) == []

    drive(steps, device)


def test_of_the_real_cache_only_goods_and_colleagues_are_read() -> None:
    """Whatever kind is asked for, by list, by id, by owner or by search: of real customers practice has nothing."""
    real = FakeDevice()
    practised = PracticeDevice(real, MISAKI, lambda: NOW, new_id, lambda: None)
    cache = practised.cache
    house = {"product", "variant", "stock_level", "shop", "staff", "retailer", "shift"}
    for kind, record_id in real.cache.rows:
        if kind in house:
            assert cache.record(kind, record_id) is not None, kind
        else:
            assert cache.record(kind, record_id) is None, kind
            assert record_id not in {one.id for one in cache.records(kind)}, kind
    for one in real.cache.of(Customer):
        assert cache.customer_range(one.id) == []
        assert cache.search_customers(one.name) == []
        assert practised.identify(one.member_number).outcome is IdentifyOutcome.NOT_A_CODE
    held = cache.holds_of([one.id for one in real.cache.of(Variant)])
    assert {one.id for one in held} == {"practice-1-hold", "practice-request"}


def test_what_reaches_outside_is_refused() -> None:
    """A PIN unlocked, a browser let in, a withheld word, another device: none of it happens in practice."""
    real = FakeDevice()
    practised = PracticeDevice(real, MISAKI, lambda: NOW, new_id, lambda: None)
    refusals: tuple[Callable[[], object], ...] = (
        lambda: practised.unlock_pin(MISAKI, MISAKI),
        lambda: practised.enrol("x"),
        lambda: practised.reveal("c", "consent", "r", MISAKI),
        lambda: practised.managing.revoke_device("d", MISAKI),
    )
    for refused in refusals:
        with pytest.raises(NotAllowed):
            refused()
    assert (real.unlocked, real.joined, real.revealed, real.submitted) == ([], [], [], [])


def test_signing_out_ends_practice() -> None:
    """The next person finds the real tablet."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        await screen.go("/me")
        await screen.sees("画面の明るさ")  # the rail's own entry has the word in its name too
        await screen.tap("サインアウト")
        await screen.sees_no(BAND)
        assert screen.tablet.device is device

    drive(steps, device)
