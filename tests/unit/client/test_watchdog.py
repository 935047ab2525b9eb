"""Sync that stands still is told to staff and begun anew; by an injected clock, so that nobody waits for it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clienteling.i18n import code_text
from sync.client import Client
from sync.client.live import Live
from sync.client.loop import SyncReport
from sync.client.watchdog import PATIENCE_SECONDS, Watchdog
from sync.protocol import Changed, PullRequest
from tests.unit.client.build import World, ground
from tests.unit.client.fake import ManualClock


class Seconds:
    """A monotonic source that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Torn:
    """Counts how often connections were torn down, and how often the status changed."""

    def __init__(self) -> None:
        self.downs = self.changes = 0

    def down(self) -> None:
        self.downs += 1

    def change(self) -> None:
        self.changes += 1


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_what_stands_still_is_torn_down_once_a_minute(seconds: Seconds) -> None:
    """A round that neither ends nor moves for a minute is begun anew, and stays reported until something moves."""
    torn = Torn()
    dog = Watchdog(seconds, torn.down, torn.change)
    with dog.round.running():
        seconds.now += PATIENCE_SECONDS - 1
        dog.look()
        assert (dog.stuck, torn.downs) == (False, 0)
        seconds.now += 1
        dog.look()
        dog.look()
        assert (dog.stuck, torn.downs, torn.changes) == (True, 1, 1)
        seconds.now += PATIENCE_SECONDS
        dog.look()
        assert torn.downs == 2
    assert dog.stuck
    with dog.round.running():
        dog.round.moved()
    assert not dog.stuck


def test_what_moves_or_waits_is_left_alone(seconds: Seconds) -> None:
    """A slow line that brings bytes, a channel with its heartbeat, and the wait between two attempts are no standstill."""
    torn = Torn()
    dog = Watchdog(seconds, torn.down, torn.change)
    with dog.round.running(), dog.line.running():
        for _ in range(10):
            seconds.now += PATIENCE_SECONDS - 1
            dog.round.moved()
            dog.line.moved()
            dog.look()
    seconds.now += 10 * PATIENCE_SECONDS
    dog.look()
    assert (dog.stuck, torn.downs) == (False, 0)


def test_a_silent_channel_counts_alone(seconds: Seconds) -> None:
    """Rounds that go well do not hide that the live channel has not been heard for a minute."""
    torn = Torn()
    dog = Watchdog(seconds, torn.down, torn.change)
    with dog.line.running():
        seconds.now += PATIENCE_SECONDS
        with dog.round.running():
            dog.round.moved()
        dog.look()
    assert (dog.stuck, torn.downs) == (True, 1)


def test_staff_are_told_and_the_server_is_called_again(tmp_path: Path, seconds: Seconds) -> None:
    """While a pull hangs the status says `no_progress`, the connection is hung up; the next good round takes it back."""
    world = World(tmp_path)
    world.server.put(*ground())
    world.client.close()
    client = Client(world.settings(), world.clock, api=world.server, new_id=world.new_id, monotonic=seconds)
    client.open()
    client.enrol("CODE-CODE")
    assert client.sync_once().error is None
    said: list[tuple[str, ...]] = []

    def hanging(_request: PullRequest) -> None:
        seconds.now += PATIENCE_SECONDS
        client.watchdog.look()
        said.append(client.status().messages)

    world.server.fail_pull = hanging
    client.sync_once()
    assert said == [("no_progress",)]
    assert world.server.calls.count("hang_up") == 1
    assert client.status().messages == ()
    client.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_code_has_words(language: str) -> None:
    """`no_progress` reaches staff as a sentence."""
    assert code_text("sync_message", "no_progress", language)


def _live(watchdog: Watchdog, seconds: Seconds, **parts: object) -> Live:
    plain: dict[str, object] = {
        "sync_once": SyncReport,
        "events": lambda: iter(()),
        "heard": lambda _changed: False,
        "next_release": lambda: None,
        "fetch_pictures": lambda _stop: None,
        "clock": ManualClock(),
        "watchdog": watchdog,
        "jitter": lambda: 0.0,
        "monotonic": seconds,
    }
    return Live(**(plain | parts))  # type: ignore[arg-type]


def test_a_thread_that_dies_is_begun_anew(seconds: Seconds) -> None:
    """An unexpected error outside of a round does not end syncing for good."""
    torn, again = Torn(), threading.Event()
    rounds = 0

    def next_release() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise RuntimeError("a mistake of ours")
        again.set()

    live = _live(Watchdog(seconds, torn.down, torn.change), seconds, next_release=next_release)
    live.start()
    assert again.wait(60)
    live.stop()


def test_who_lets_us_in_and_hangs_up_is_not_called_in_a_loop(seconds: Seconds) -> None:
    """Connections that end at once, a word heard or not, are waited after longer and longer; a steady one starts over."""
    torn, clock = Torn(), ManualClock()
    waits: list[float] = []
    lasting = iter([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 60.0, 0.0])
    done = threading.Event()

    def events() -> Iterator[Changed]:
        seconds.now += next(lasting)
        yield Changed(cursor=1, server_time=clock())

    def waited(_event: threading.Event, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 8:
            done.set()
            stopped.wait(60)

    stopped = threading.Event()
    live = _live(Watchdog(seconds, torn.down, torn.change), seconds, events=events, pause=waited)
    live.start()
    assert done.wait(60)
    live.stopping()
    stopped.set()
    live.stop()
    assert waits == [0.5, 1, 2, 4, 8, 15, 0.5, 1]
