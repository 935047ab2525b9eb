"""練習モード: invented customers under the same screens; nothing leaves, nobody real is read."""

import pytest

from sync.model.commands import LogInteraction, RecordView
from sync.model.customer import Customer
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import SASAKI

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
    """Scan, profile and note are ticked as they are done; the real device was given no command, and the end brings back the
    real tablet."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        before = list(device.submitted)
        await screen.tap("練習用コードをかざす")
        await screen.sees("練習 花子 様")
        await screen.sees(BAND)
        await screen.go("/practice")
        await screen.sees("4つのうち2つ済み")
        await screen.tap("接客メモを書く")
        await screen.sees("練習 花子 様")
        practised = screen.tablet.device
        practised.submit(
            LogInteraction(interaction_id="i-1", customer_id="practice-1", shop_id=practised.shop_id or "", text="x"),
            "s",
        )
        await screen.go("/practice")
        await screen.sees("4つのうち3つ済み")
        assert device.submitted == before
        await screen.tap("練習を終える")
        await screen.sees_no(BAND)
        assert screen.tablet.device is device
        await screen.sees("会員コードを読み取る")

    drive(steps, device, size=size)


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
        assert not any(isinstance(one, RecordView) for one in device.commands(RecordView))

    drive(steps, device)


def test_signing_out_ends_practice() -> None:
    """The next person finds the real tablet."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await _begin(screen)
        await screen.go("/me")
        await screen.tap("サインアウト")
        await screen.sees_no(BAND)
        assert screen.tablet.device is device

    drive(steps, device)
