"""お約束帳: promised in two taps, in sight until kept, passed on or withdrawn with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from sync.model.commands_visits import KeepPromise, MakePromise, PassPromise, WithdrawPromise
from sync.model.customer import Customer
from sync.model.promise import Promise, Promised
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI, SUZUKI

TODAY = NOW.date()


def promise(name: str = "p-1", **changes: Any) -> Promise:
    given: dict[str, Any] = {
        "id": name, "customer_id": SASAKI, "shop_id": GINZA, "what": Promised.ARRIVAL, "text": "紺のM",
        "due_on": TODAY + timedelta(days=3), "owner_id": MISAKI, "made_by": MISAKI, "at": NOW,
    }  # fmt: skip
    return Promise(**given | changes)


def holding(*records: Promise) -> FakeDevice:
    device = FakeDevice()
    for one in records:
        device.cache.put(one)
    return device


@pytest.mark.parametrize("size", [(1180, 820), (820, 1180)])
def test_two_taps_at_the_farewell(size: tuple[int, int]) -> None:
    """What, and the button: the day and who keeps it are as usual. It stands on the screen at once, and can be taken back."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/promises")
        await screen.tap("お写真をお送りする")
        await screen.tap("明日までのお約束にする")
        await screen.until(lambda: device.commands(MakePromise))
        (made,) = device.commands(MakePromise)
        assert (made.what, made.due_on, made.to_staff_id) == (Promised.PHOTO, TODAY + timedelta(days=1), MISAKI)
        assert device.ways(MakePromise) == [(MISAKI, 10.0)]
        await screen.sees("明日まで")
        await screen.sees("お約束を記録しました")

    drive(steps, device, size=size)


def test_another_day_for_somebody_else() -> None:
    """Where it is other than usual: who, when and the words go with it."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/promises")
        await screen.tap("入荷のご連絡")
        await screen.tap("明日")
        await screen.tap("鈴木")
        await screen.type("お約束の中身", "紺のM、お昼にお電話")
        await screen.tap("明日までのお約束にする")
        await screen.until(lambda: device.commands(MakePromise))
        (made,) = device.commands(MakePromise)
        assert (made.to_staff_id, made.text) == (SUZUKI, "紺のM、お昼にお電話")

    drive(steps, device)


def test_it_stands_on_the_profile_and_at_home_until_kept() -> None:
    """Offline too: kept with one tap, and gone from both."""
    device = holding(promise())
    device.become(online=False)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("お約束 1件")
        await screen.go(f"/customers/{SASAKI}")
        await screen.sees("残っているお約束")
        await screen.tap("果たした")
        await screen.until(lambda: device.commands(KeepPromise))
        await screen.sees_no("残っているお約束")
        await screen.go("/")
        await screen.sees("店内のお客様")
        await screen.sees_no("お約束 1件")

    drive(steps, device)


def test_passing_on_names_whose_it_was() -> None:
    """So that the server can tell that somebody was faster."""
    device = holding(promise())

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/promises")
        await screen.tap("そのほかの操作")
        await screen.tap("引き継ぐ")
        await screen.tap("鈴木")
        await screen.until(lambda: device.commands(PassPromise))
        (given,) = device.commands(PassPromise)
        assert (given.from_staff_id, given.to_staff_id) == (MISAKI, SUZUKI)
        await screen.sees("ほかのスタッフの担当 1件")

    drive(steps, device)


def test_withdrawing_needs_a_reason() -> None:
    """Nothing happens without one; with it the promise is gone from sight."""
    device = holding(promise())

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/promises")
        await screen.tap("そのほかの操作")
        await screen.tap("取りやめる")
        await screen.tap("お約束を取りやめる")
        await screen.sees("理由を入力してください")
        assert not device.commands(WithdrawPromise)
        await screen.type("取りやめる理由", "ほかでご購入")
        await screen.tap("お約束を取りやめる")
        await screen.until(lambda: device.commands(WithdrawPromise))
        await screen.sees("残っているお約束はありません")
        await screen.tap("探す")
        await screen.sees("どなたをお探しですか")

    drive(steps, device)


def test_a_manager_sees_what_others_are_late_with() -> None:
    """On the home screen; a colleague does not."""
    late = promise(owner_id=SUZUKI, made_by=SUZUKI, due_on=TODAY - timedelta(days=1))
    for who, seen in ((MISAKI, False), (MINORU, True)):
        device = holding(late)

        async def steps(screen: Screen, who: str = who, seen: bool = seen) -> None:
            await screen.sign_in(who)
            await screen.sees("お約束 0件")
            await (screen.sees("昨日まで・期限切れ") if seen else screen.sees_no("期限切れ"))

        drive(steps, device)


def test_a_very_long_name_and_english() -> None:
    """The row wraps, and says the same in English."""
    device = holding(promise(text="あ" * 200))
    sasaki = next(one for one in device.cache.of(Customer) if one.id == SASAKI)
    device.cache.put(sasaki.model_copy(update={"family_name": "寿限無" * 12}))

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/promises")
        await screen.sees("Say when it arrives")
        await screen.sees("寿限無" * 12)

    drive(steps, device, language="en", size=(412, 915))
