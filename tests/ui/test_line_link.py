"""Linking a LINE account, seen from the tablet: the code, word of the link, and why there is none."""

from datetime import timedelta

from sync.model.customer import Customer
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MISAKI, NOW

HER = Customer(id="new-1", member_number="", family_name="新田", given_name="葵", home_shop_id=GINZA)
ROUTE = f"/customers/{HER.id}/line"


def known(**more: str) -> FakeDevice:
    device = FakeDevice(**more)  # type: ignore[arg-type]
    device.cache.put(HER)
    return device


def test_from_the_profile_to_word_of_the_link() -> None:
    """The profile of somebody without LINE offers it; the code stands there until LINE has confirmed, then it says so and that
    this is no consent. The profile then offers it no more."""
    device = known()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{HER.id}")
        await screen.tap("LINEとつなぐ")
        await screen.sees("返信のリンクを開いてください")
        assert device.invited == [MISAKI]
        device.cache.put(HER.model_copy(update={"line_user_id": "U1"}))
        device.changed()
        await screen.sees("新田 葵 様のLINEがつながりました")
        await screen.sees("同意にはなりません")
        await screen.tap("プロフィールへ")
        await screen.at(f"/customers/{HER.id}")
        await screen.sees_no("LINEとつなぐ")

    drive(steps, device)


def test_a_code_that_ran_out() -> None:
    """After ten minutes it is shown no more, and a new one can be made."""
    device = known()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(ROUTE)
        await screen.sees("残り 10:00")
        screen.tablet.clock = lambda: NOW + timedelta(minutes=10)
        await screen.sees("もうつなげません", within=1.0)
        await screen.tap("新しいコードを作る")
        await screen.until(lambda: len(device.invited) == 2, "a new code")

    drive(steps, device)


def test_why_there_is_no_code() -> None:
    """Without a network it says so and makes the code once there is one; a house without an account is told whom to ask."""
    device = known()

    async def offline(screen: Screen) -> None:
        await screen.sign_in()
        device.become(online=False)
        await screen.until(lambda: not screen.tablet.pulse.online, "no network")
        await screen.go(ROUTE)
        await screen.sees("LINEとつなぐには接続が必要です")
        assert device.invited == []
        device.become(online=True)
        await screen.sees("返信のリンクを開いてください")

    drive(offline, device)

    async def unset(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(ROUTE)
        await screen.sees("LINEアカウントが設定されていません")

    drive(unset, known(line_conflict="no_account"))
