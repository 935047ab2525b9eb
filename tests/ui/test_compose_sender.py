"""In whose name a message goes, on the screen: who is in charge, the choice of three, and what follows from it."""

from datetime import timedelta

from sync.model.commands import QueueMessage
from sync.model.outreach import Voice
from sync.model.shop import Shift, Shop, Staff
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI

CHARGE, SHOP = "担当者", "店舗"


def shift(staff_id: str, hours: float, long: float = 8) -> Shift:
    """A shift in Ginza that begins so many hours from now (10:32)."""
    begins = NOW + timedelta(hours=hours)
    ends = begins + timedelta(hours=long)
    return Shift(id=f"{staff_id} {hours}", staff_id=staff_id, shop_id=GINZA, starts_at=begins, ends_at=ends)


async def writing(screen: Screen, who: str = MINORU) -> None:
    await screen.sign_in(who)
    await screen.go(f"/customers/{SASAKI}/message")


def test_the_choice_of_three() -> None:
    """Words, name above them and who reads it first follow the choice at once, and it goes with the message."""
    device = FakeDevice()
    device.cache.put(shift(MISAKI, 1))
    device.cache.put(shift(MINORU, -1))

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.sees("担当 高橋(美)・本日出勤")
        await screen.sees("高橋(実)（銀座本店） from アオバ")
        await screen.sees("銀座本店の高橋実")
        await screen.tap(CHARGE)
        await screen.sees("高橋(美)（銀座本店） from アオバ")
        await screen.sees("銀座本店の高橋美咲")
        await screen.sees("先に高橋(美)か店長が確認します")
        await screen.tap(SHOP)
        await screen.sees("アオバ 銀座本店 from アオバ")
        await screen.until(lambda: not any("高橋実" in said or "高橋美咲" in said for said in screen.words))
        await screen.tap("送る")
        await screen.until(lambda: device.commands(QueueMessage))
        assert device.commands(QueueMessage)[0].voice is Voice.SHOP

    drive(steps, device)


def test_a_shop_that_hides_shifts_tells_none() -> None:
    """Neither whether the person in charge works today, nor the time at which a shift begins."""
    device = FakeDevice()
    device.cache.put(shift(MISAKI, 5))
    shop = device.cache.record("shop", GINZA)
    assert isinstance(shop, Shop)
    device.cache.put(shop.model_copy(update={"hide_shifts": True}))

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.sees("担当 高橋(美)")
        assert not screen.shows("本日出勤")
        await screen.tap(CHARGE)
        await screen.sees("お返事を受けられる人がいるときに送信します")
        assert not screen.shows("12:32")

    drive(steps, device)


def test_through_the_person_in_charge_asks_for_approval() -> None:
    """The button says so, and the command carries it."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.tap(CHARGE)
        await screen.tap("承認を依頼する")
        await screen.until(lambda: device.commands(QueueMessage))
        assert device.commands(QueueMessage)[0].voice is Voice.CHARGE

    drive(steps, device)


def test_who_is_in_charge_has_the_choice_of_two() -> None:
    """As herself or from the shop; and without any shifts nothing is said about them."""

    async def steps(screen: Screen) -> None:
        await writing(screen, MISAKI)
        await screen.sees("ご自身が担当しているお客様です")
        assert screen.shows(SHOP)
        assert not screen.shows(CHARGE)
        assert not screen.shows("本日")

    drive(steps)


def test_who_is_not_there_writes_for_later() -> None:
    """The next shift is tomorrow: the button says from when, in the shop's name it goes at once."""
    device = FakeDevice()
    device.cache.put(shift(MISAKI, -1))
    device.cache.put(shift(MINORU, 27))

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.sees("お返事を受けられる 明日 10:32 に送ります")
        await screen.sees("明日 10:32に送る")
        await screen.tap(SHOP)
        await screen.until(lambda: screen.find("送る", "click"))

    drive(steps, device)


def test_without_a_shift_to_come_another_name_is_asked_for() -> None:
    """In this name it cannot go: it says so, and there is no living button until another one is chosen."""
    device = FakeDevice()
    device.cache.put(shift(MISAKI, -1))

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.sees("高橋(実)の出勤予定がありません。ほかの名前をお選びください")
        assert screen.find("送る", "click") is None
        await screen.tap(CHARGE)
        await screen.until(lambda: screen.find("承認を依頼する", "click"))

    drive(steps, device)


def test_in_charge_in_another_shop_is_named_but_not_offered() -> None:
    """The customer would not find that person here."""
    device = FakeDevice()
    away = next(one for one in device.cache.staff() if one.id == MISAKI)
    device.cache.put(Staff.model_validate({**away.model_dump(), "shop_id": "elsewhere"}))

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.sees("担当 高橋(美)（—）")
        assert not screen.shows(CHARGE)

    drive(steps, device)


def test_in_english_nobody_is_he_or_she() -> None:
    """The choice and what follows from it, in English."""
    device = FakeDevice()
    device.cache.put(shift(MISAKI, 1))

    async def steps(screen: Screen) -> None:
        await screen.tap("English")
        await writing(screen)
        await screen.sees("Looked after by Misaki Takahashi, on shift today")
        await screen.tap("Person in charge")
        await screen.sees("Misaki Takahashi or a manager reads it first")

    drive(steps, device)


def test_the_former_name_in_edited_words_is_exchanged_in_one_tap() -> None:
    """Words typed by hand stay as they are, but say so, until the chosen name stands in them."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await writing(screen)
        await screen.type("本文", "佐々木様\n\n銀座本店の高橋実でございます。お待ちしております。")
        await screen.tap(CHARGE)
        await screen.sees("本文の名乗りが高橋(美)になっていません")
        await screen.tap("高橋(美)に直す")
        await screen.sees_no("名乗りが")
        await screen.tap("承認を依頼する")
        await screen.until(lambda: device.commands(QueueMessage))
        assert "銀座本店の高橋美咲でございます" in device.commands(QueueMessage)[0].body

    drive(steps, device)
