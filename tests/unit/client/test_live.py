"""The threads around the core, and the pictures they fetch. Waiting is for events, never for a time to pass."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.client.live import Live, back_off
from sync.client.loop import SyncReport
from sync.client.watchdog import Watchdog
from sync.clock import system_clock
from sync.errors import DeviceRevoked, Offline
from sync.protocol import Changed
from tests.unit.client.build import World, ground, history, message, note


class Until:
    """Waits until something holds, looking whenever the client says that something changed."""

    def __init__(self, world: World) -> None:
        self._changed = threading.Condition()
        self.dispose = world.client.subscribe(self._notify)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def __call__(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, timeout=20)


def _block_events(world: World) -> threading.Event:
    """Give the server a live channel that stays silent until told; as `close` ends it."""
    speak = threading.Event()

    def events() -> Iterator[Changed]:
        while True:
            speak.wait(60)
            speak.clear()
            if "close" in world.server.calls:
                return
            yield Changed(cursor=world.server.seq, server_time=world.clock())

    close = world.server.close

    def closing() -> None:
        close()
        speak.set()

    world.server.events = events  # type: ignore[method-assign]
    world.server.close = closing  # type: ignore[method-assign]
    return speak


def test_a_command_wakes_the_loop(synced: World) -> None:
    """What is submitted goes at once, not at the next poll."""
    _block_events(synced)
    until = Until(synced)
    synced.client.start()
    until(lambda: synced.client.status().online)
    synced.client.submit(note(), "staff-1")
    until(lambda: len(synced.server.commands) == 1 and synced.client.status().waiting == 0)
    synced.client.stop()
    assert "close" in synced.server.calls


def test_the_live_channel_wakes_the_loop(synced: World) -> None:
    """A change on the server is in the cache as soon as the server has said so."""
    from tests.unit.client.build import customer

    speak = _block_events(synced)
    until = Until(synced)
    synced.client.start()
    until(lambda: synced.client.status().online)
    synced.server.put(customer(7, family_name="新垣"))
    speak.set()
    until(lambda: bool(synced.client.cache.search_customers("新垣")))


def test_a_hold_ends_by_itself(synced: World) -> None:
    """A held message goes when its time is over, without anybody doing anything."""
    _block_events(synced)
    until = Until(synced)
    synced.client.start()
    synced.client.submit(message(), "staff-1", hold_seconds=0.2)
    synced.clock.advance(seconds=1)
    until(lambda: len(synced.server.commands) == 1)


def test_enrolling_ends_the_wait(tmp_path: Path) -> None:
    """A tablet that was started before it was enrolled begins to sync the moment it is."""
    fresh = World(tmp_path)
    fresh.server.put(*ground())
    speak = _block_events(fresh)
    until = Until(fresh)
    fresh.client.start()
    assert fresh.client.status().messages == ("not_enrolled",)
    fresh.client.enrol("CODE-CODE")
    until(lambda: bool(fresh.client.cache.shops()))
    fresh.server.put(*history(1))
    speak.set()
    until(lambda: bool(fresh.client.cache.customer_range("customer-1")))
    fresh.client.close()


def _alone(sync_once: Callable[[], SyncReport], events: Callable[[], Iterator[Changed]], *, line_waits: float) -> Live:
    """The threads over what a test says. A round that failed for good waits two minutes."""
    return Live(
        sync_once=sync_once, events=events, heard=lambda _changed: False, next_release=lambda: None,
        fetch_pictures=lambda _stop: None, clock=system_clock, watchdog=Watchdog(lambda: 0.0, lambda: None, lambda: None),
        jitter=lambda: 1.0, pause=lambda event, _seconds: event.wait(line_waits),
    )  # fmt: skip


def test_the_line_that_is_back_ends_the_wait_of_the_rounds() -> None:
    """Rounds failed, and the next would come in two minutes; the line is heard again, and what waits here goes at once."""
    rounds = [threading.Event() for _ in range(3)]
    lines: list[str] = []

    def sync_once() -> SyncReport:
        next((one for one in rounds if not one.is_set()), rounds[-1]).set()
        return SyncReport(error=DeviceRevoked())

    def events() -> Iterator[Changed]:
        lines.append("line")
        rounds[min(len(lines), 2) - 1].wait(20)  # the line breaks after the first round, which makes the second
        if len(lines) == 1:
            raise Offline
        yield Changed(cursor=1, server_time=system_clock())
        rounds[-1].wait(20)

    live = _alone(sync_once, events, line_waits=0)
    live.start()
    assert rounds[-1].wait(15)
    live.stop()


def test_a_round_that_comes_through_ends_the_wait_of_the_line() -> None:
    """The line broke and would wait; the next round reaches the server, and the line is there again at once."""
    failed, again = threading.Event(), threading.Event()
    lines: list[str] = []

    def sync_once() -> SyncReport:
        before = failed.is_set()
        failed.set()
        return SyncReport() if before else SyncReport(error=Offline())

    def events() -> Iterator[Changed]:
        failed.wait(20)
        lines.append("line")
        if len(lines) == 1:
            raise Offline
        again.set()
        yield Changed(cursor=1, server_time=system_clock())

    live = _alone(sync_once, events, line_waits=100)
    live.start()
    assert again.wait(20)
    live.stop()


def test_back_off_grows_and_is_spread() -> None:
    """Doubling up to half a minute, never in step with other tablets; longer where a person has to act first."""
    assert [back_off(n, lambda: 1.0) for n in (1, 2, 3, 6, 50)] == [1, 2, 4, 30, 30]
    assert back_off(3, lambda: 0.0) == 2
    assert back_off(1, lambda: 1.0, final=True) == 120


def test_pictures_are_fetched_once_and_kept(synced: World) -> None:
    """A picture is fetched in the background, then lies on the disk; listeners are told when it has come."""
    path = "products/p1.webp"
    synced.server.pictures[path] = b"RIFF picture"
    assert synced.client.picture(path) is None
    _block_events(synced)
    until = Until(synced)
    synced.client.start()
    until(lambda: synced.client.picture(path) is not None)
    found = synced.client.picture(path)
    assert found is not None
    assert (found.read_bytes(), found.suffix) == (b"RIFF picture", ".webp")
    synced.client.stop()
    synced.server.down = True
    assert synced.reopen().picture(path) == found
    assert synced.server.calls.count(f"media {path}") == 1


def test_a_missing_picture_is_not_asked_for_again(synced: World) -> None:
    """What the server does not have is None, and asked for once."""
    assert synced.client.fetch_picture("products/none.webp") is None
    assert synced.client.picture("products/none.webp") is None
    assert synced.client.picture("") is None


@pytest.mark.parametrize(
    "path", ["../../../etc/passwd", "/etc/passwd", "a/../../b.webp", "https://x.jp/../../c.png", "x\x00y", "長い" * 300]
)
def test_no_path_leads_out_of_the_folder(synced: World, path: str) -> None:
    """File names are made by the client: a record's path cannot choose one."""
    synced.server.pictures[path] = b"picture"
    found = synced.client.fetch_picture(path)
    assert found is not None
    assert (synced.folder / "data" / "media").resolve() in found.resolve().parents


def test_a_listener_that_fails_harms_nobody(synced: World) -> None:
    """A screen's mistake does not stop a command; who has unsubscribed is not called."""
    calls: list[str] = []

    def bad() -> None:
        raise RuntimeError("a screen's mistake")

    synced.client.subscribe(bad)
    dispose = synced.client.subscribe(lambda: calls.append("called"))
    synced.client.submit(note(1), "staff-1")
    dispose()
    dispose()
    synced.client.submit(note(2), "staff-1")
    assert calls == ["called"]
