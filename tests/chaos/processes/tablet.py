"""One tablet: the real client with its threads, working at a set pace until it is told to stop giving commands, or killed."""

import json
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path

import httpx

from sync import logs
from sync.client import Client
from sync.clock import system_clock
from sync.errors import Offline
from sync.settings import TabletSettings
from tests.chaos.processes.journal import Journal
from tests.chaos.processes.work import Work

STATUS_SECONDS = 0.2
MOST_WAITING = 40
"""With more than that unsent, staff stop: what a run asks of the servers is then no more than the machine can do."""
BALANCER = "http://127.0.0.1:9"
"""The address that tablets know; nothing listens there, see `Balancer`."""


@dataclass(frozen=True)
class Tablet:
    """What one tablet is told when it is started."""

    number: int
    folder: Path
    ports: tuple[int, ...]
    """Of the server processes."""
    code: str
    """Enrols it at its first start."""
    shop_id: str
    staff_id: str
    pace: float
    """Commands a second, while it works."""
    seed: str

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def status(self) -> Path:
        return self.folder / "status.json"

    @property
    def settings(self) -> TabletSettings:
        return TabletSettings(
            data=self.folder / "data", key_file=self.folder / "key", server_url=BALANCER, device_name=f"t{self.number}"
        )


class Balancer(httpx.BaseTransport):
    """What stands in front of several servers: each request goes to the next one, past those that are down."""

    def __init__(self, ports: tuple[int, ...], first: int) -> None:
        self._ports, self._next = ports, first
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for last in [False] * (len(self._ports) - 1) + [True]:
            self._next += 1
            request.url = request.url.copy_with(port=self._ports[self._next % len(self._ports)])
            try:
                return self._inner.handle_request(request)
            except httpx.ConnectError:
                if last:
                    raise
        raise AssertionError

    def close(self) -> None:
        self._inner.close()


def client_of(tablet: Tablet) -> Client:
    """Return the client over a tablet's files, not opened."""
    return Client(tablet.settings, system_clock, transport=Balancer(tablet.ports, tablet.number))


def run(tablet: Tablet, life: int, work_until: Path) -> None:
    """Be a tablet. It gives commands until the file `work_until` is there, and ends only when it is killed.

    `life` counts how often it was started before: each life does other things.
    """
    log = os.open(tablet.folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logs.configure("WARNING")
    journal = Journal(tablet.journal)
    rng = random.Random(f"{tablet.seed}/{tablet.number}/{life}")
    client = client_of(tablet)
    client.open()
    while not client.enrolled:
        with suppress(Offline):  # the servers may be still starting
            client.enrol(tablet.code)
        time.sleep(STATUS_SECONDS)
    client.start()
    work = Work(client, tablet.shop_id, tablet.staff_id, rng)
    parent = parent_process()
    said = 0.0
    synced = False
    while True:
        wait = STATUS_SECONDS
        synced = synced or client.cache.position().synced_at is not None
        if synced and not work_until.exists() and client.status().waiting < MOST_WAITING:
            burst = rng.randrange(5, 25) if rng.random() < 0.3 else 1  # seconds apart, or a busy minute
            for _ in range(burst):
                for entry in work.give():
                    journal.write(entry)
            wait = rng.expovariate(tablet.pace) * burst
        if time.monotonic() - said > STATUS_SECONDS:
            said = time.monotonic()
            _say(client, tablet.status)
            if parent is not None and not parent.is_alive():
                sys.exit(0)
        time.sleep(min(wait, 1.0))


def _say(client: Client, path: Path) -> None:
    """Leave word of where this tablet stands."""
    status = client.status()
    position = client.cache.position()
    said = {
        "waiting": status.waiting,
        "held": status.held,
        "synced": status.last_synced_at is not None,
        "online": status.online,
        "messages": status.messages,
        "epoch": position.epoch,
        "cursor": position.cursor,
    }
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(said))
    with suppress(OSError):
        temporary.replace(path)
