"""Registering on her own phone, seen from the tablet: the code, word of her, and who may be the same."""

from datetime import timedelta

from sync.model.commands import CheckIn
from sync.model.customer import Customer
from sync.protocol import CustomerHit
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MISAKI, NOW, OMOTE

NEW = Customer(id="new-1", member_number="", family_name="新田", given_name="葵", phone="+819099998888")


def test_the_tablet_hears_of_her_and_opens_her() -> None:
    """The code stands there until she comes with the feed; one tap opens her visit and her profile."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register")
        await screen.tap("お客様のスマートフォンで")
        await screen.sees("スマートフォンのカメラで読み取ってください")
        assert device.invited == [MISAKI]
        device.cache.put(NEW)
        device.changed()
        await screen.sees("新田 葵 様のご登録が済みました")
        assert not screen.shows("登録されています")
        await screen.tap("プロフィールを開く")
        await screen.at("/customers/new-1")
        assert device.commands(CheckIn)[0].customer_id == "new-1"

    drive(steps, device)


def test_who_may_be_the_same_is_told_to_staff() -> None:
    """On their tap the number of somebody known shows that customer, also one of another shop, and that nothing was merged."""
    device = FakeDevice(
        beyond=[CustomerHit(customer_id="far-1", name="遠山 さくら", kana="", member_number="77", home_shop_id=OMOTE)]
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register/phone")
        await screen.sees("読み取ってください")
        device.cache.put(NEW.model_copy(update={"phone": "+819011112222"}))
        device.changed()
        await screen.sees("新田 葵 様のご登録が済みました")
        assert not screen.shows("まだ統合していません"), "she may be looking at it"
        await screen.tap("プロフィールを開く")
        await screen.sees("まだ統合していません")
        await screen.sees("遠山 さくら 様")
        await screen.sees("佐々木 みどり 様")

    drive(steps, device)


def test_without_a_network_the_form_is_offered() -> None:
    """Her own phone needs the network; the form does not. With the network back the code comes by itself."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        device.become(online=False)
        await screen.until(lambda: not screen.tablet.pulse.online, "no network")
        await screen.go("/register/phone")
        await screen.sees("ご登録には接続が必要です")
        assert device.invited == []
        device.become(online=True)
        await screen.sees("読み取ってください")
        device.become(online=False)
        await screen.tap("こちらの画面で登録する")
        await screen.sees("姓（必須）")

    drive(steps, device)


def test_a_code_that_ran_out_is_shown_no_more() -> None:
    """After ten minutes there is a button for a new one instead."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/register/phone")
        await screen.sees("残り 10:00")
        clock = {"at": NOW}
        screen.tablet.clock = lambda: clock["at"]
        clock["at"] = NOW + timedelta(minutes=9, seconds=1)
        await screen.sees("残り 0:59", within=1.0)
        clock["at"] = NOW + timedelta(minutes=10)
        await screen.sees("コードの期限が切れました", within=1.0)
        await screen.sees_no("読み取ってください")
        await screen.tap("新しいコードを作る")
        await screen.until(lambda: len(device.invited) == 2, "a new code")

    drive(steps, device)
