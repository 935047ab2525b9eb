"""A tablet that was lost: revoked at the server, it wipes itself, while it runs and also where it was switched off."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sync.client import Client
from sync.clock import system_clock
from sync.errors import DeviceRevoked
from sync.ids import imported_id
from sync.model.commands import LogInteraction
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess, export
from tests.ports import free_port

pytestmark = pytest.mark.processes
WITHIN_SECONDS = 60.0
"""What is promised of an online tablet."""


class TabletProcess:
    """`clienteling tablet` in a process of its own."""

    def __init__(self, folder: Path, server: ServerProcess, code: str = "") -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
        settings = {
            "DATA": folder / "data", "KEY_FILE": folder / "key", "SERVER_URL": server.url, "PORT": self.port,
            "ENROL_CODE": code, "DEVICE_NAME": folder.name,
        }  # fmt: skip
        environment |= {f"CLIENTELING_{name}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "clienteling.cli", "tablet"]
        with (folder / "tablet.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def ready(self) -> bool:
        """Say whether somebody can work with it."""
        try:
            return bool(httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json()["ready"])
        except httpx.TransportError:
            return False

    def count(self, name: str, table: str) -> int:
        """Count rows of a file as a thief would find them."""
        with closing(sqlite3.connect(f"file:{self.folder}/data/{name}?mode=ro", uri=True, timeout=10)) as conn:
            return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def customer_id(self) -> str:
        """Return whom it holds."""
        with closing(sqlite3.connect(self.folder / "data" / "cache.db", timeout=10)) as conn:
            return str(conn.execute("SELECT customer_id FROM customer_range WHERE kind = 'customer'").fetchone()[0])

    def wiped(self) -> bool:
        """Say whether neither a key nor anything sealed is left."""
        try:
            held = self.count("device.db", "scope_key") + self.count("cache.db", "customer_range")
        except sqlite3.OperationalError:  # between two files
            return False
        return held == 0 and not list((self.folder / "data").glob("cache.db.aside*"))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path_factory.mktemp("server"), CLIENTELING_EMBEDDED_WORKER="false")
    made.run("import", str(export(tmp_path_factory.mktemp("files"))))
    made.start()
    yield made
    made.stop()


def until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait, and return how many seconds it took; fail where it does not come about."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.1)
    return time.monotonic() - began


def test_a_revoked_tablet_wipes_itself(tmp_path: Path, server: ServerProcess) -> None:
    """Online, it holds no key and no record within 60 s, and nobody can work with it; the journal beside the cache is gone.

    Another one that was switched off meanwhile does so when it is switched on, and stays so.
    """
    tablets = [TabletProcess(tmp_path / name, server, server.code()) for name in ("lost", "asleep")]
    lost, asleep = tablets
    try:
        until(lambda: all(each.ready() for each in tablets), 120)
        assert not lost.wiped()
        hers = lost.customer_id().encode()
        assert any(hers in path.read_bytes() for path in (lost.folder / "data").glob("cache.db*"))
        asleep.stop()
        devices = (line.split("\t") for line in server.run("admin", "devices").splitlines())
        ids = {name: device_id for device_id, name, *_ in devices}
        server.run("admin", "revoke", ids["asleep"])
        began = time.monotonic()
        server.run("admin", "revoke", ids["lost"])
        until(lost.wiped, WITHIN_SECONDS)
        print(f"from the start of `admin revoke` to wiped: {time.monotonic() - began:.1f} s")
        assert not lost.ready()
        assert not any(hers in path.read_bytes() for path in (lost.folder / "data").rglob("*") if path.is_file())
        tablets[1] = asleep = TabletProcess(tmp_path / "asleep", server)
        until(asleep.wiped, WITHIN_SECONDS)
        assert not asleep.ready()
    finally:
        for each in tablets:
            each.stop()


def test_what_it_could_not_send_is_decided_on_at_the_command_line(tmp_path: Path, server: ServerProcess) -> None:
    """Two notes of a revoked tablet wait at the server; one is accepted and one dismissed, and neither is asked about again."""
    settings = TabletSettings(data=tmp_path / "tablet", key_file=tmp_path / "key", server_url=server.url)
    client = Client(settings, system_clock)
    client.open()
    try:
        client.enrol(server.code())
        assert client.sync_once().error is None
        hers = client.cache.search_customers("佐々木")[0].id
        shop_id, staff_id = imported_id("shop", "ginza"), imported_id("staff", "S1")
        texts = {
            client.submit(
                LogInteraction(interaction_id=f"n-{text}", customer_id=hers, shop_id=shop_id, text=text), staff_id
            ): text
            for text in ("お電話", "ご来店")
        }
        device_id = str(client.device_id)
        server.run("admin", "revoke", device_id)
        assert isinstance(client.sync_once().error, DeviceRevoked)
        listed = server.run("admin", "quarantine", "list")
        assert all(text not in listed for text in texts.values())
        assert [line.split("\t")[:2] for line in listed.splitlines()] == [[device_id, each] for each in texts]
        assert all(text in server.run("admin", "quarantine", "list", "--content") for text in texts.values())
        accepted, dismissed = texts
        assert "carried out" in server.run("admin", "quarantine", "accept", device_id, accepted)
        assert "dismissed" in server.run("admin", "quarantine", "dismiss", device_id, dismissed)
        assert server.run("admin", "quarantine", "list") == ""
        client.enrol(server.code())
        assert client.sync_once().refused == 1
        notes = client.cache.records("interaction")
        assert [one.id for one in notes] == [f"n-{texts[accepted]}"]
        assert [one.reason.code for one in client.status().refused if one.reason] == ["dismissed"]
    finally:
        client.close()
