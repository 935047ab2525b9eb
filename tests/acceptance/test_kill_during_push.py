"""A server that is killed while it takes a tablet's work loses none of it and does none of it twice."""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client import Client
from sync.clock import system_clock
from sync.ids import imported_id
from sync.model.commands import LogInteraction
from sync.model.customer import Interaction
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess, export

NOTES = 1000
"""A hundred of them share a transaction."""
KILLS = 3
DEADLINE = 120.0
"""Seconds for all of it; only a failure takes so long."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path_factory.mktemp("server"), CLIENTELING_EMBEDDED_WORKER="false")
    made.take_in(export(tmp_path_factory.mktemp("files")))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tablet(tmp_path: Path, server: ServerProcess) -> Iterator[Client]:
    settings = TabletSettings(data=tmp_path / "tablet", key_file=tmp_path / "key", server_url=server.url)
    client = Client(settings, system_clock)
    client.open()
    client.enrol(server.code())
    client.sync_once()
    yield client
    client.close()


def applied(server: ServerProcess) -> int:
    """How many commands the server has on record, read from its database file."""
    with sqlite3.connect(f"file:{server.data}/clienteling.db?mode=ro", uri=True, timeout=10) as conn:
        return int(conn.execute("SELECT count(*) FROM command_log").fetchone()[0])


@pytest.mark.processes
def test_nothing_is_lost_or_doubled_when_the_server_is_killed_during_a_push(
    server: ServerProcess, tablet: Client
) -> None:
    """1,000 notes are pushed while the server is killed three times, each time when it has taken some of them but not
    all; afterwards each note is there exactly once and the tablet waits for nothing."""
    customer = next(one for one in tablet.cache.search_customers("佐々木"))
    staff_id, shop_id = imported_id("staff", "S1"), imported_id("shop", "ginza")
    for number in range(NOTES):
        tablet.submit(
            LogInteraction(
                interaction_id=f"note-{number:04}", customer_id=customer.id, shop_id=shop_id, text=f"メモ {number}"
            ),
            staff_id,
        )

    done = threading.Event()

    def push_until_sent() -> None:
        while not done.is_set():
            tablet.sync_once()
            done.wait(0.1)

    pushing = threading.Thread(target=push_until_sent, daemon=True)
    pushing.start()
    deadline = time.monotonic() + DEADLINE
    in_the_middle = 0
    for kill in range(1, KILLS + 1):
        mark = kill * NOTES // (KILLS + 3)
        while applied(server) < mark and time.monotonic() < deadline:
            time.sleep(0.01)
        server.kill()
        in_the_middle += 0 < applied(server) < NOTES
        server.start()
    while tablet.status().waiting and time.monotonic() < deadline:
        time.sleep(0.05)
    done.set()
    pushing.join(30)

    assert in_the_middle == KILLS, "every kill fell between the first and the last note"
    assert tablet.status().waiting == 0
    assert tablet.status().refused == ()
    assert applied(server) == NOTES

    tablet.sync_once()
    there = Counter(one.id for one in tablet.cache.customer_range(customer.id) if isinstance(one, Interaction))
    assert there == Counter(f"note-{number:04}" for number in range(NOTES))
    with sqlite3.connect(f"file:{server.data}/clienteling.db?mode=ro", uri=True) as conn:
        stored = [row[0] for row in conn.execute("SELECT id FROM interactions")]
    assert sorted(stored) == sorted(there), "on the server each exactly once, and nothing else"


@pytest.mark.processes
def test_a_server_told_to_stop_ends_cleanly(server: ServerProcess) -> None:
    """SIGTERM ends the server with status 0, without a traceback in its log."""
    assert server.stop() == 0
    assert "Traceback" not in (server.data / "server.log").read_text()
