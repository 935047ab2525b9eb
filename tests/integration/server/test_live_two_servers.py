"""Two server processes' worth of server over one database: what is written through one is on the tablets of the other."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from sync.client import Client
from sync.identity.match import IdentityResolver
from sync.model.customer import Customer
from sync.policy.playbook import load_playbook
from sync.server import feed
from sync.server.core import Core
from sync.server.database import make_engine
from sync.server.enrolment import create_enrolment_code
from sync.server.live import Live
from sync.server.wake import Listener
from sync.settings import TabletSettings
from tests.integration.server.people import YUMI, MovableClock, write
from tests.integration.server.serving import PATIENCE, serving


class Counting(httpx.HTTPTransport):
    """The real transport; notes what was asked for, and when the live channel was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.live = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        self.paths.append(request.url.path)
        if request.url.path.endswith("/events"):
            self.live.set()
        return answer


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_a_change_is_in_the_cache_without_a_pull(retailer: Engine, tmp_path: Path, stack: ExitStack) -> None:
    """On PostgreSQL the other server is woken by NOTIFY (it would not look by itself in time), on SQLite by its own look;
    in both cases the row comes over the live channel, and the tablet asks for nothing.
    """
    clock = MovableClock(datetime.now(UTC))
    other = make_engine(retailer.url.render_as_string(hide_password=False))
    stack.callback(other.dispose)
    look = 10 * PATIENCE if retailer.dialect.name == "postgresql" else 0.05
    for engine, name in ((retailer, "a"), (other, "b")):
        core = Core.of(engine, clock, tmp_path / name, load_playbook(), IdentityResolver())
        core.live = Live(engine, clock, look_seconds=look)
        url = stack.enter_context(serving(core))
    line = Counting()
    settings = TabletSettings(data=tmp_path / "tablet", key_file=tmp_path / "tablet.key", server_url=url)
    tablet = Client(settings, clock, transport=line)
    tablet.open()
    stack.callback(tablet.close)
    tablet.enrol(create_enrolment_code(retailer, "ginza", clock))
    while tablet.sync_once().again_soon:
        pass
    told = Told(tablet)
    tablet.start()
    assert line.live.wait(PATIENCE)
    # the line is open and the round that a start begins with is over
    told.until(lambda: line.paths.count("/v1/sync/pull") >= 2)
    write(retailer, clock, YUMI.model_copy(update={"points": 1}))
    told.until(lambda: points_of(tablet) == 1)
    before = line.paths.count("/v1/sync/pull")
    for number in range(2, 6):
        write(retailer, clock, YUMI.model_copy(update={"points": number}))
        told.until(lambda number=number: points_of(tablet) == number)  # type: ignore[misc]
    assert line.paths.count("/v1/sync/pull") == before


class Told:
    """Waits until something holds, looking whenever the client says that something changed, and twice a second."""

    def __init__(self, client: Client) -> None:
        self._changed = threading.Condition()
        client.subscribe(self._notify)

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        with self._changed:
            while not holds():
                assert time.monotonic() < end, "it did not come about"
                self._changed.wait(0.5)


def points_of(tablet: Client) -> int | None:
    found = tablet.cache.record("customer", YUMI.id)
    return found.points if isinstance(found, Customer) else None


def test_the_listener_comes_back(retailer: Engine, clock: MovableClock) -> None:
    """Where the database ends its connection it makes another, says so, and hears what is numbered from then on."""
    if retailer.dialect.name == "sqlite":
        pytest.skip("SQLite tells other processes nothing")
    heard: list[int] = []
    said = threading.Condition()

    def hear(head: int) -> None:
        with said:
            heard.append(head)
            said.notify_all()

    def until(holds: Callable[[], bool]) -> None:
        with said:
            assert said.wait_for(holds, PATIENCE)

    listener = Listener(retailer, hear, jitter=lambda: 0.0)
    listener.start()
    until(lambda: heard == [0])
    with retailer.begin() as conn:
        ended = conn.scalars(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        ).all()
    assert ended == [True]
    until(lambda: heard == [0, 0])
    write(retailer, clock, YUMI.model_copy(update={"points": 9}))
    feed.sequence(retailer)
    with retailer.connect() as conn:
        head = feed.whole_head(conn)
    until(lambda: heard == [0, 0, head])
    listener.stop()
