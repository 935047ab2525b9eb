"""Pauses of sending: who sees them, and who stops and resumes the own shop."""

from datetime import timedelta

from sync.model.commands import PauseSending, ResumeSending
from sync.model.shop import Pause, PauseScope
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import GINZA, MINORU, MISAKI, NOW, SASAKI

STOP, GO = "この店の送信を停止", "送信を再開"


def paused(scope: PauseScope, value: str = "", by: str | None = None) -> FakeDevice:
    device = FakeDevice()
    since = NOW - timedelta(hours=2)
    device.cache.put(Pause(id="p-1", scope=scope, value=value, since=since, by=by, reason="文面の誤り"))
    return device


def test_a_manager_stops_the_own_shop_in_one_tap() -> None:
    """It can be taken back for ten seconds, and a second tap stops nothing twice; then it says who and since when."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.tap(STOP)
        await screen.sees("この店からの送信を停止しています")
        await screen.sees("今日 10:32から")
        assert screen.find(STOP, "click") is None
        (command,) = device.commands(PauseSending)
        assert (command.shop_id, device.ways(PauseSending)) == (GINZA, [(MINORU, 10.0)])

    drive(steps, device)


def test_a_manager_lets_the_shop_send_again() -> None:
    """The pause of a manager here is ended by a manager here."""
    device = paused(PauseScope.SHOP, GINZA, MISAKI)

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("文面の誤り")
        await screen.tap(GO)
        await screen.until(lambda: device.commands(ResumeSending))
        assert device.commands(ResumeSending)[0].pause_id == "p-1"

    drive(steps, device)


def test_what_head_office_paused_is_not_a_shops_to_resume() -> None:
    """The manager sees who and since when, and may stop the own shop besides."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees("全店で送信を停止しています")
        await screen.sees("本部・今日 08:32から")
        assert screen.find(GO, "click") is None
        assert screen.find(STOP, "click") is not None

    drive(steps, paused(PauseScope.ALL))


def test_others_see_it_and_stop_nothing() -> None:
    """Staff who wonder why nothing goes are told, without the buttons of a manager."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MISAKI)
        await screen.go("/queue")
        await screen.sees("この店からの送信を停止しています")
        assert screen.find(GO, "click") is None
        assert screen.find(STOP, "click") is None

    drive(steps, paused(PauseScope.SHOP, GINZA, MINORU))


def test_who_writes_is_told_beforehand() -> None:
    """Beside the preview: by whom, since when and why. Writing goes on: it waits in the queue."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/message")
        await screen.sees("この店からの送信を停止しています")
        await screen.sees("今日 08:32から")
        await screen.sees("文面の誤り")

    drive(steps, paused(PauseScope.SHOP, GINZA, MINORU))


def test_another_shops_pause_is_none_of_ours() -> None:
    """Neither another shop's nor another region's stands on this screen."""
    device = paused(PauseScope.SHOP, "shop-other", MINORU)
    device.cache.put(Pause(id="p-2", scope=PauseScope.REGION, value="遠方", since=NOW))

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        await screen.go("/queue")
        await screen.sees(STOP)
        assert not any("停止しています" in words for words in screen.words)

    drive(steps, device)
