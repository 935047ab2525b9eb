"""A retailer's database filled with the workload, our server over it in a process of its own, and tablets in front of it."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from sync.client import Client
from sync.client.live import AGAIN_SECONDS
from sync.clock import system_clock
from sync.model.base import Record
from sync.model.kinds import RECORD_TYPES
from sync.model.shop import Shop, Staff
from sync.server.database import make_engine, transaction
from sync.server.enrolment import create_enrolment_code
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.settings import TabletSettings
from tests.bench.sync import workload
from tests.bench.sync.peers.base import Processes, free_port, wait_for_port

_AT_ONCE = 2000


class House:
    """`engine` is the database, `url` the server's address, `data` the server's folder."""

    def __init__(self, folder: Path, engine: Engine, processes: Processes) -> None:
        self.folder, self.engine = folder, engine
        self.data = folder / "server"
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        database = engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.bench.sync.push_server", "ours", database, str(self.data)]
        self.process = processes.start([*command, str(self._port)], folder / "server.log", os.environ)
        wait_for_port(self._port, self.process, folder / "server.log")
        self._tablets = 0

    def forget_snapshots(self) -> None:
        """Throw away every snapshot that the server has built."""
        shutil.rmtree(self.data / "snapshots", ignore_errors=True)

    def tablet(self) -> Client:
        """Return a new tablet of the shop, enrolled, with nothing on it yet."""
        self._tablets += 1
        folder = self.folder / f"tablet-{self._tablets}"
        client = Client(TabletSettings(data=folder, key_file=folder / "key", server_url=self.url), system_clock)
        client.open()
        client.enrol(create_enrolment_code(self.engine, "bench", system_clock))
        return client

    def put_away(self, client: Client) -> None:
        """Close a tablet and remove what lies on its disk."""
        client.close()
        shutil.rmtree(self.folder / f"tablet-{self._tablets}", ignore_errors=True)


@contextmanager
def house(folder: Path, customers: int, children: int = 0) -> Iterator[House]:
    """Fill a database with so many customers, each with so many child records, and serve it."""
    folder.mkdir(parents=True)
    engine, processes = make_engine(f"sqlite:///{folder / 'server.db'}"), Processes()
    try:
        migrate(engine)
        fill(engine, customers, children)
        yield House(folder, engine, processes)
    finally:
        processes.close()
        engine.dispose()


def fill(engine: Engine, customers: int, children: int) -> None:
    """Write a shop, its staff and its customers."""
    with transaction(engine) as conn:
        records = Records(conn, system_clock)
        records.put(Shop(id=workload.SHOP, code="bench", name="銀座店", brand="Mirai", controller="Mirai K.K."))
        records.put_many(
            Staff(id=one, code=f"s{place}", family_name="高橋", given_name="美咲", shop_id=workload.SHOP)
            for place, one in enumerate(workload.STAFF)
        )
    waiting: list[Record] = []
    for row in workload.rows(customers, children):
        waiting.append(RECORD_TYPES[row.kind].model_validate(row.data))
        if len(waiting) >= _AT_ONCE and row.kind == "customer":
            last = waiting.pop()
            _write(engine, waiting)
            waiting = [last]
    _write(engine, waiting)


def _write(engine: Engine, records: list[Record]) -> None:
    with transaction(engine) as conn:
        Records(conn, system_clock).put_many(records)


def sync(client: Client) -> int:
    """Sync as a tablet does until it is up to date, resting where the server is building; return how many rows came."""
    rows = 0
    while True:
        report = client.sync_once()
        if report.error is not None:
            raise report.error
        rows += report.rows
        if not report.again_soon:
            return rows
        time.sleep(AGAIN_SECONDS)


def check(client: Client, customers: int) -> None:
    """Done means: every customer is there, one is found by her id and by the beginning of her name, the file is whole."""
    last = workload.customer(customers - 1)
    found = client.cache.record("customer", last["id"])
    assert found is not None
    assert found.to_wire()["phone"] == last["phone"]
    assert client.cache.search_customers(last["family_kana"][:2])
    assert client.cache.digests()["customer"].records == customers
