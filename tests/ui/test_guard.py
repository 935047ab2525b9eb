"""The guard: an error in one part never freezes the screen, and never shows in a log what it was about."""

import asyncio

import pytest
import structlog
from structlog.testing import capture_logs

from clienteling.trace import where
from sync.model.base import Record
from tests.ui.fake import FakeDevice, MemoryCache
from tests.ui.harness import Screen, drive
from tests.ui.sample import everything
from tests.ui.test_promises import promise


class Broken(MemoryCache):
    """A cache that cannot be read while `broken`, or of which the records of `only` one kind cannot."""

    broken = False
    only = ""

    def records(self, kind: str, since: object = None, until: object = None) -> list[Record]:
        if self.broken and self.only in {"", kind}:
            raise ValueError("佐々木 みどり 09011112222")
        return super().records(kind, None, None)


def test_a_reading_that_fails_shows_a_panel_and_can_be_tried_again() -> None:
    """The rest of the screen stays alive; trying again after the fault is gone shows the part."""
    cache = Broken(everything())
    cache.broken = True

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("この部分を表示できませんでした")
        await screen.sees("会員コードを読み取る")
        cache.broken = False
        await screen.tap("もう一度試す")
        await screen.sees("店内のお客様")

    drive(steps, FakeDevice(cache=cache))


def test_a_reading_that_fails_again_says_so_and_keeps_what_is_shown() -> None:
    """What was read stays, one line says once that it is as it was, and once more after a reading that succeeded; a line that
    offers a way back stays where it is."""
    cache = Broken(everything())
    cache.only = "promise"  # the list alone: what else the screen reads would say it too, in its own time
    device = FakeDevice(cache=cache)
    shown, said = "残っているお約束はありません", "前の表示のままです"

    def failures() -> int:
        return sum(one["event"] == "query_failed" and one["screen"] == "/promises" for one in logs)

    async def fails_again(screen: Screen) -> None:
        cache.broken, before = True, failures()
        device.changed()
        await screen.until(lambda: failures() > before)

    async def reads_again(screen: Screen, found: str) -> None:
        cache.broken = False
        cache.put(promise(found, text=found))
        device.changed()
        await screen.sees(found)

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go("/promises")
        await screen.sees(shown)
        await fails_again(screen)
        await screen.sees(said)
        await screen.sees(shown)
        screen.tablet.session.notice = None
        await fails_again(screen)
        assert screen.tablet.session.notice is None
        await reads_again(screen, "お直しの仕上がりをご連絡")
        await fails_again(screen)
        await screen.sees(said)
        await reads_again(screen, "秋の新作をご案内")
        screen.tablet.say("取り消せます", restore=lambda: None)
        await fails_again(screen)
        await screen.sees("取り消せます")

    structlog.reset_defaults()
    with capture_logs() as logs:
        drive(steps, device)


def test_a_render_that_fails_shows_a_panel() -> None:
    """A fault while drawing is caught in the component's own body; other screens work on."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")
        screen.tablet.session.scan = None
        directory = screen.tablet.pulse.directory
        broken = dict.fromkeys(directory.shops)  # shops that are None break every name
        object.__setattr__(directory, "shops", broken)
        object.__setattr__(directory, "name", _raise)
        screen.tablet.device.subscribe(lambda: None)
        device = screen.tablet.device
        assert isinstance(device, FakeDevice)
        await screen.session.dispatch_event(screen.session.page._i, "resize", {"width": 900, "height": 1100})
        await screen.sees("この部分を表示できませんでした")
        device.changed()  # the directory is read anew
        await screen.tap("もう一度試す")
        await screen.sees("会員コードを読み取る")

    drive(steps)


def _raise(*_: object) -> str:
    raise KeyError("x")


def test_logs_say_where_and_never_what() -> None:
    """The message of an error may quote a customer; only file, line and type are logged."""
    cache = Broken(everything())
    cache.broken = True

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("この部分を表示できませんでした")

    structlog.reset_defaults()
    with capture_logs() as logs:
        drive(steps, FakeDevice(cache=cache))
    failed = [entry for entry in logs if entry["event"] == "query_failed"]
    assert failed
    assert "ValueError at test_guard.py" in failed[0]["error"]
    assert "佐々木" not in str(logs)


def test_where_names_the_innermost_frame_first() -> None:
    """Type, file, line, function."""
    with pytest.raises(KeyError) as caught:
        _raise()
    said = where(caught.value)
    assert said.startswith("KeyError at test_guard.py:")
    assert "in _raise" in said


def test_an_answer_that_comes_too_late_does_no_harm() -> None:
    """A still that arrives after the scan screen has closed is dropped; the session goes on."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        gone = max(control._i for control in screen.controls) + 1000
        screen.session.handle_invoke_method_results(gone, "late", b"", None)
        await screen.sees("会員コードを読み取る")

    drive(steps)


def test_what_changed_while_the_browser_was_away_shows_when_it_is_back() -> None:
    """A browser that loses its connection misses nothing: changes meanwhile break nothing, and show on its return."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("同期済み")
        await screen.session.disconnect(60)
        device.become(online=False, waiting=2)
        await asyncio.sleep(0)
        await screen.session.connect(screen.connection)
        await screen.sees("オフライン・保存 2件")
        device.become(online=True, waiting=0)
        await screen.sees("同期済み")

    drive(steps, device)


def test_a_handler_that_fails_says_so_and_nothing_more() -> None:
    """An exception in a handler neither covers the screen nor shows what it was about."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.sees("会員コードを読み取る")

        def fail(_event: object) -> None:
            raise ValueError("佐々木 みどり 09011112222")

        screen.session.page.on_resize = fail
        await screen.session.dispatch_event(screen.session.page._i, "resize", {"width": 900, "height": 1100})
        await screen.sees("うまくいきませんでした")
        assert not screen.shows("09011112222")
        assert not screen.connection.crashes

    drive(steps)
