"""The manager's screens: devices of the shop, a code for a new one, and the browsers of a shop host."""

from datetime import timedelta

import pytest

from sync.client.browsers import BrowserState
from sync.errors import NotAllowed, Offline
from tests.ui.fake import FakeDevice
from tests.ui.fake_fleet import CODE, UNSENT
from tests.ui.harness import Screen, drive
from tests.ui.sample import MINORU, MISAKI, NOW, PINS


async def opened(screen: Screen, route: str = "/fleet", staff_id: str = MINORU) -> None:
    await screen.sign_in(staff_id)
    await screen.go(route)


def test_a_manager_finds_the_devices_from_the_state_of_sync() -> None:
    """The way there is offered to managers only."""

    async def steps(screen: Screen) -> None:
        await opened(screen, "/sync", MISAKI)
        await screen.sees("サーバーにつながっています")
        assert not screen.shows("店長の方へ")
        await screen.go("/")
        await opened(screen, "/sync")
        await screen.tap("店舗の端末")
        await screen.sees("利用中 3台")

    drive(steps)


def test_each_device_shows_what_it_last_told() -> None:
    """Version, last sync, unsent work with its age, battery; what is not known is said to be so; who is out stands last."""

    async def steps(screen: Screen) -> None:
        await opened(screen)
        for words in (
            "レジ横",
            "この端末",
            "1.4.0",
            "82%",
            "DMPX-2207",
            "3件\n今日 05:32から",
            "12%",
            "1日以上、通信がありません",
            "不明",
        ):
            await screen.sees(words)
        await screen.sees("11月17日(火)から利用停止")
        assert screen.words.index("利用中 3台") < screen.words.index("利用停止 1台")

    drive(steps)


def test_nobody_else_sees_them() -> None:
    """An associate who knows the address reads that it is not hers, and nothing is asked of the server."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        for route in ("/fleet", "/fleet/add"):
            await opened(screen, route, MISAKI)
            await screen.sees("この店舗の店長だけが行えます")
            assert not screen.shows("レジ横")
        assert device.managing.codes == []

    drive(steps, device)


def test_taking_one_out_says_first_what_happens() -> None:
    """The question names the device, its unsent work and that it is for good; only then is it done, and the list says so."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.tap("2階 試着室の利用を停止")
        for words in ("2階 試着室の利用を停止しますか", "未送信の内容が3件あります", "取り消しはできません"):
            await screen.sees(words)
        assert device.managing.devices[1].revoked_at is None
        await screen.tap("やめる")
        await screen.sees_no("取り消しはできません")
        await screen.tap("2階 試着室の利用を停止")
        await screen.tap("利用を停止する")
        await screen.sees("利用停止 2台")
        assert device.managing.devices[-1].id == "device-2"

    drive(steps, device)


def test_the_own_device_is_warned_of() -> None:
    """Who takes out the tablet in her hands reads that before."""

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.tap("レジ横の利用を停止")
        await screen.sees("すぐにサインアウトされます")

    drive(steps)


def test_without_the_server_it_says_so_and_keeps_what_it_read() -> None:
    """Nothing known yet, then a list that grows old: both say what they are, and can be tried again."""
    device = FakeDevice()
    device.managing.trouble = Offline()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("いまはつながりません")
        assert not screen.shows("レジ横")
        device.managing.trouble = None
        await screen.tap("もう一度試す")
        await screen.sees("レジ横")
        await screen.sees_no("いまはつながりません")
        device.managing.trouble = Offline()
        await screen.tap("読み込み直す")
        await screen.sees("の内容です")
        assert screen.shows("レジ横")
        await screen.tap("レジ横の利用を停止")
        await screen.tap("利用を停止する")
        await screen.sees("サーバーにつながりません")
        assert device.managing.devices[0].revoked_at is None

    drive(steps, device)


def test_a_manager_the_server_does_not_know_as_such_is_told() -> None:
    """The server's word counts, not the tablet's."""
    device = FakeDevice()
    device.managing.trouble = NotAllowed(reason="not_a_manager_here")

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("この店舗の店長だけが行えます")

    drive(steps, device)


def test_the_server_is_not_asked_whenever_something_changes() -> None:
    """Each look is on record: a change of the cache is no reason for one."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("レジ横")
        for _ in range(3):
            device.become(waiting=1)
            await screen.until(lambda: screen.tablet.pulse.waiting == 1)
        assert device.managing.asked == 1

    drive(steps, device)


def test_handed_in_work_stands_there_to_be_looked_at() -> None:
    """What revoked devices handed in is listed with whose it was, and leads to it; where there is none nothing is said."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("レジ横")
        assert not screen.shows("確認が必要な未送信の内容")
        device.managing.unsent = list(UNSENT)
        await screen.tap("読み込み直す")
        await screen.sees("確認が必要な未送信の内容")
        await screen.sees("入口：4件")
        await screen.tap("「入口」の内容を確認")
        await screen.sees("「入口」から届いた内容")

    drive(steps, device)


def test_a_code_is_made_shown_and_runs_out() -> None:
    """It stands there as picture and text with the time it holds; afterwards it is gone and a new one can be made."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await opened(screen, "/fleet/add")
        await screen.type("新しい端末の名前", "レジ横2")
        await screen.tap("コードを作る")
        await screen.sees("残り 10:00")
        await screen.sees(CODE[:19])
        await screen.sees(CODE[20:])
        await screen.sees("新しい端末用のQRコード")
        assert device.managing.codes == [(MINORU, "レジ横2")]
        clock = {"at": NOW + timedelta(minutes=9, seconds=1)}
        screen.tablet.clock = lambda: clock["at"]
        await screen.sees("残り 0:59", within=1.0)
        clock["at"] = NOW + timedelta(minutes=10)
        await screen.sees("コードの期限が切れました", within=1.0)
        assert not screen.shows(CODE[:19])
        clock["at"] = NOW
        await screen.tap("新しいコードを作る")
        await screen.sees("BBCD-EFGH")

    drive(steps, device)


def test_without_https_the_code_is_typed() -> None:
    """Tablets take no other address from a picture, so none is shown."""

    async def steps(screen: Screen) -> None:
        await opened(screen, "/fleet/add")
        await screen.tap("コードを作る")
        await screen.sees("新しい端末で、このコードを入力してください")
        assert not screen.shows("新しい端末用のQRコード")

    drive(steps, FakeDevice(server_url="http://10.0.0.5:8552"))


def test_no_code_without_the_server() -> None:
    """It is said, and a tap later tries again."""
    device = FakeDevice()
    device.managing.trouble = Offline()

    async def steps(screen: Screen) -> None:
        await opened(screen, "/fleet/add")
        await screen.tap("コードを作る")
        await screen.sees("サーバーにつながりません")
        device.managing.trouble = None
        await screen.tap("コードを作る")
        await screen.sees(CODE[:19])

    drive(steps, device)


def host() -> FakeDevice:
    device = FakeDevice()
    device.browsers.put("b1", "Chrome, Android", BrowserState.ADMITTED)
    device.browsers.put("b2", "Safari, iPad", BrowserState.ADMITTED, MISAKI)
    return device


def test_a_manager_turns_one_browser_out() -> None:
    """The list says who is signed in where; the others stay."""
    device = host()

    async def steps(screen: Screen) -> None:
        await opened(screen)
        await screen.sees("このブラウザ")
        await screen.sees("高橋(美)さんがサインイン中")
        await screen.tap("Safari, iPadを閉め出す")
        await screen.sees("書きかけで保存していない内容は失われます")
        await screen.tap("閉め出す")
        await screen.sees("閉め出し中")
        assert device.browsers.kept["b2"].state is BrowserState.REVOKED
        assert device.browsers.kept["b1"].state is BrowserState.ADMITTED
        await screen.tap("Safari, iPadを許可")
        await screen.until(lambda: device.browsers.kept["b2"].state is BrowserState.ADMITTED)

    drive(steps, device, browser="b1")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_browser_that_is_turned_out_is_signed_out_at_once(language: str) -> None:
    """It shows the lock and nothing of the shop's people but its managers; only a manager's PIN opens it again."""
    device = host()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.sees("会員コードを読み取る" if language == "ja" else "Scan")
        device.browsers.revoke("b2", MINORU)
        device.changed()
        await screen.sees(
            "このブラウザは、まだ許可されていません" if language == "ja" else "This browser has not been let in"
        )
        assert screen.tablet.session.staff_id is None
        assert not screen.shows("高橋(美)")
        await screen.type("PIN", "000000")
        await screen.tap("このブラウザを許可" if language == "ja" else "Let this browser in")
        await screen.sees("PINが違います" if language == "ja" else "That PIN is not right")
        await screen.type("PIN", PINS[MINORU])
        await screen.tap("このブラウザを許可" if language == "ja" else "Let this browser in")
        await screen.until(lambda: device.browsers.kept["b2"].state is BrowserState.ADMITTED)
        device.changed()
        await screen.sees("スタッフを選んでください" if language == "ja" else "Who is using this tablet?")
        assert device.browsers.kept["b2"].decided_by == MINORU

    drive(steps, device, browser="b2", language=language)


def test_who_is_signed_in_is_noted() -> None:
    """Signing in and out shows in the list of browsers."""
    device = host()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.until(lambda: device.browsers.kept["b1"].staff_id == MISAKI)
        await screen.go("/me")
        await screen.sees("画面の明るさ")
        await screen.tap("サインアウト")
        await screen.until(lambda: device.browsers.kept["b1"].staff_id is None)

    drive(steps, device, browser="b1")
