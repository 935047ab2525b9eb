"""Two hosts of two server processes each, over one PostgreSQL: they start together, serve one house, and stop clean.

Starting them is what costs here, so all of these tests ask the same two hosts, one after another.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from httpx_sse import connect_sse
from sqlalchemy import create_engine, text

from sync.client import Client
from sync.clock import system_clock
from sync.ids import imported_id
from sync.model.commands import LogInteraction
from sync.model.customer import Interaction
from sync.protocol import Enrolment
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess, export
from tests.integration.databases import empty_postgresql, postgresql
from tests.integration.server.devices import HttpDevice, Key
from tests.ports import free_port

__all__ = ["postgresql"]
pytestmark = pytest.mark.processes

PATIENCE = 120.0
"""Seconds that only a failure takes."""
WORKERS = 2
TABLETS = 3
NOTES = 20
"""Written by a tablet before each of its pushes."""


@pytest.fixture(scope="module")
def database(postgresql: str) -> Iterator[str]:
    with empty_postgresql(postgresql) as url:
        yield url


@pytest.fixture(scope="module")
def hosts(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ServerProcess]]:
    """Two hosts that are not started yet."""
    made = [
        ServerProcess(
            tmp_path_factory.mktemp(name),
            CLIENTELING_DATABASE_URL=database,
            CLIENTELING_WORKERS=str(WORKERS),
            CLIENTELING_EMBEDDED_WORKER="false",
            CLIENTELING_SECRET="the same on both",
            CLIENTELING_DATABASE_CONNECTIONS="8",
        )
        for name in ("one", "two")
    ]
    yield made
    for host in made:
        host.stop()


@pytest.fixture(scope="module")
def retailer(hosts: list[ServerProcess], tmp_path_factory: pytest.TempPathFactory) -> list[ServerProcess]:
    """Two hosts over the data of a small retailer, running or not."""
    hosts[0].take_in(export(tmp_path_factory.mktemp("files")))
    return hosts


@pytest.fixture
def house(retailer: list[ServerProcess]) -> list[ServerProcess]:
    """Two hosts that serve a small retailer."""
    start_together([host for host in retailer if not host.runs])
    return retailer


def start_together(hosts: list[ServerProcess]) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda host: host.start(patience=PATIENCE), hosts))


def tablet(folder: Path, host: ServerProcess) -> Client:
    """Return an enrolled tablet that has done its first sync."""
    client = Client(TabletSettings(data=folder, key_file=folder / "key", server_url=host.url), system_clock)
    client.open()
    client.enrol(host.code())
    assert client.sync_once().error is None
    return client


def note(client: Client, name: str) -> None:
    customer = client.cache.search_customers("佐々木")[0]
    command = LogInteraction(
        interaction_id=name, customer_id=customer.id, shop_id=imported_id("shop", "ginza"), text="お電話"
    )
    client.submit(command, imported_id("staff", "S1"))


def notes(client: Client) -> Counter[str]:
    customer = client.cache.search_customers("佐々木")[0]
    return Counter(one.id for one in client.cache.customer_range(customer.id) if isinstance(one, Interaction))


def asked(database: str, question: str) -> list[str]:
    engine = create_engine(database)
    try:
        with engine.connect() as conn:
            return list(conn.scalars(text(question)))
    finally:
        engine.dispose()


def children(host: ServerProcess) -> list[int]:
    """The server processes of a host that serve (uvicorn also starts a tracker of resources, which does not)."""
    assert host.process is not None
    pid = host.process.pid
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "this never came"
        time.sleep(0.05)


def log_of(host: ServerProcess) -> str:
    return (host.data / "server.log").read_text()


def test_hosts_that_start_at_once_on_an_empty_database_migrate_it_once(
    hosts: list[ServerProcess], database: str
) -> None:
    """Four server processes and their watchers begin together with nothing there: all come up, in one epoch."""
    start_together(hosts)
    assert [len(children(host)) for host in hosts] == [WORKERS, WORKERS]
    assert len(asked(database, "SELECT version_num FROM alembic_version")) == 1
    assert len(asked(database, "SELECT epoch FROM feed_state")) == 1
    assert all("Traceback" not in log_of(host) for host in hosts)


def test_what_one_host_took_another_hands_out(house: list[ServerProcess], tmp_path: Path) -> None:
    """A tablet pushes through one host; another, which listens to the other host, shows it without being asked."""
    here, there = tablet(tmp_path / "a", house[0]), tablet(tmp_path / "b", house[1])
    try:
        there.start()
        until(lambda: there.status().online)
        note(here, "note-across")
        assert here.sync_once().pushed == 1
        until(lambda: notes(there)["note-across"] == 1)
    finally:
        here.close()
        there.close()


def test_a_killed_process_is_replaced(house: list[ServerProcess]) -> None:
    """SIGKILL of one of a host's processes: its watcher starts another, and the host serves on."""
    first = children(house[0])
    os.kill(first[0], signal.SIGKILL)
    until(lambda: len(set(children(house[0])) - set(first)) == 1)
    assert httpx.get(f"{house[0].url}/readyz", timeout=PATIENCE).status_code == 200


@pytest.fixture
def afterwards() -> Iterator[ExitStack]:
    """What is to be done however a test ends."""
    with ExitStack() as stack:
        yield stack


def test_stopping_under_load_loses_nothing(
    house: list[ServerProcess], database: str, tmp_path: Path, afterwards: ExitStack
) -> None:
    """SIGTERM while three tablets push: the host ends with status 0, each command it carried out was answered, none is
    there without its answer; the tablets go on when it is back, and each note is there exactly once."""
    host = house[0]
    tablets = [tablet(tmp_path / f"tablet-{number}", host) for number in range(TABLETS)]
    written: list[list[str]] = [[] for _ in tablets]
    before = len(asked(database, "SELECT id FROM command_log"))
    enough, done = threading.Event(), threading.Event()

    def push(number: int) -> None:
        """Write and push until it is enough (so that there is always something under way), then push what is left."""
        client = tablets[number]
        while not done.is_set():
            for _ in range(0 if enough.is_set() else NOTES):
                written[number].append(f"pushed-{number}-{len(written[number]):05}")
                note(client, written[number][-1])
            client.sync_once()
            done.wait(0.02)

    def waiting() -> int:
        return sum(client.status().waiting for client in tablets)

    def answered() -> int:
        return len(asked(database, "SELECT id FROM command_log")) - before

    pushing = [threading.Thread(target=push, args=(number,), daemon=True) for number in range(TABLETS)]
    for client in tablets:
        afterwards.callback(client.close)
    for thread in pushing:
        thread.start()
        afterwards.callback(thread.join, 30)
    afterwards.callback(done.set)
    until(lambda: answered() > TABLETS * NOTES)
    assert host.stop() == 0
    enough.set()
    until(lambda: all(not client.status().online for client in tablets))
    until(lambda: waiting() + answered() == sum(len(names) for names in written))
    assert waiting() > 0, "it was stopped in the middle"
    assert "Traceback" not in log_of(host)

    host.start(patience=PATIENCE)
    until(lambda: waiting() == 0)
    done.set()
    for thread in pushing:
        thread.join(30)
    all_of_them = [name for names in written for name in names]
    there = asked(database, "SELECT id FROM interactions WHERE id LIKE 'pushed-%'")
    assert sorted(there) == sorted(all_of_them)
    assert [client.status().refused for client in tablets] == [()] * TABLETS
    for client in tablets:
        assert client.sync_once().error is None
        pushed = {name: times for name, times in notes(client).items() if name.startswith("pushed-")}
        assert pushed == Counter(all_of_them)


def test_listeners_are_told_that_the_server_goes(house: list[ServerProcess]) -> None:
    """The live channel comes to its proper end, the other host's stays; the server does not wait out its grace."""
    host, key = house[0], Key()
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as http:
        code = host.code()
        asking = {"code": code, "name": "raw", "public_key": key.jwk}
        enrolment = Enrolment.model_validate(http.post("/v1/enrol", json=asking).json())
        device = HttpDevice(http, system_clock, enrolment, key)
        url = f"{host.url}/v1/sync/events"
        headers = key.headers("GET", url, device.enrolment.token, system_clock())
        with connect_sse(http, "GET", url, headers=headers) as source:
            events = source.iter_sse()
            assert next(events).event == "changed"
            assert host.process is not None
            host.process.send_signal(signal.SIGTERM)
            rest = list(events)  # raises where the connection is cut rather than ended
    assert {one.event for one in rest} <= {"changed"}
    assert host.process.wait(timeout=PATIENCE) == 0
    assert "timeout graceful shutdown exceeded" not in log_of(host)


def scraped(port: int) -> dict[str, float]:
    """What a host says on the port of its metrics, by name and labels."""
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE)
    assert answer.status_code == 200
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_metrics_of_a_host_are_those_of_all_its_processes(retailer: list[ServerProcess], tmp_path: Path) -> None:
    """Counted wherever a request came to, listeners that go or whose process is killed no longer; not on the public
    port, and nowhere where they are not switched on."""
    host = retailer[0]
    assert host.stop() == 0
    port = free_port()
    host.environment["CLIENTELING_METRICS_PORT"] = str(port)
    host.start(patience=PATIENCE)
    tablets = [tablet(tmp_path / f"tablet-{number}", host) for number in range(6)]
    try:
        assert scraped(port)['clienteling_pulls_total{kind="first"}'] == len(tablets)
        for number, client in enumerate(tablets):
            note(client, f"note-{number}")
            assert client.sync_once().pushed == 1
        found = scraped(port)
        accepted = 'clienteling_commands_total{code="",outcome="accepted",type="log_interaction"}'
        assert (found[accepted], found["clienteling_pushes_total"]) == (len(tablets), len(tablets))
        assert found["clienteling_database_up"] == 1
        assert found['clienteling_devices{within="5m"}'] >= len(tablets)  # and those of the tests before

        for client in tablets:
            client.start()
        until(lambda: scraped(port).get("clienteling_live_devices") == len(tablets))
        tablets[0].close()
        until(lambda: scraped(port).get("clienteling_live_devices") == len(tablets) - 1)
        for pid in children(host):
            os.kill(pid, signal.SIGKILL)
        until(lambda: scraped(port).get("clienteling_live_devices") == len(tablets) - 1)  # they came back
        assert scraped(port)[accepted] == len(tablets), "what was counted stays counted"
        assert httpx.get(f"{host.url}/metrics", timeout=PATIENCE).status_code == 404
    finally:
        for client in tablets:
            client.close()
    assert host.stop() == 0
    del host.environment["CLIENTELING_METRICS_PORT"]
    host.start(patience=PATIENCE)
    with pytest.raises(httpx.ConnectError):
        scraped(port)


def test_processes_do_not_outlive_their_watcher(house: list[ServerProcess]) -> None:
    """SIGKILL of the watcher: the processes end by themselves, so that the port is free for the next start."""
    left = children(house[0])
    house[0].kill()
    until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in left))
    house[0].start(patience=PATIENCE)
    assert httpx.get(f"{house[0].url}/readyz", timeout=PATIENCE).status_code == 200
