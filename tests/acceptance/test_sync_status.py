"""`clienteling sync status` in a process of its own, beside a tablet that works, with a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.client import Client
from sync.client.look import Report
from sync.clock import system_clock
from sync.ids import imported_id
from sync.model.commands import LogInteraction
from sync.settings import TabletSettings
from tests.acceptance.retail import ServerProcess, export

pytestmark = pytest.mark.processes


@pytest.fixture
def settings(tmp_path: Path) -> TabletSettings:
    return TabletSettings(data=tmp_path / "tablet", key_file=tmp_path / "key")


def asked(settings: TabletSettings, server: ServerProcess, *words: str) -> tuple[int, str, str]:
    """Run the command as a person would; return its exit status and what it printed on either side."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
    environment |= {"CLIENTELING_KEY_FILE": str(settings.key_file), "CLIENTELING_SERVER_URL": server.url}
    command = [sys.executable, "-m", "clienteling.cli", "sync", "status", "--data", str(settings.data), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_status_beside_a_working_tablet(tmp_path: Path, settings: TabletSettings) -> None:
    """Before it joined, synced, with work waiting while the server is gone, and after it was sent."""
    server = ServerProcess(tmp_path / "server", CLIENTELING_EMBEDDED_WORKER="false")
    server.data.mkdir()
    server.take_in(export(tmp_path / "files"))
    server.start()
    status, said, error = asked(settings, server, "--language", "en")
    assert (status, said) == (2, "")
    assert "There is no data of a tablet" in error

    client = Client(settings.model_copy(update={"server_url": server.url}), system_clock)
    try:
        client.open()
        client.enrol(server.code())
        client.sync_once()
        status, said, _ = asked(settings, server, "--json")
        report = Report.model_validate(json.loads(said))
        assert (status, report.enrolled, report.waiting, report.server.reachable) == (0, True, 0, True)

        assert server.stop() == 0
        customer = client.cache.search_customers("佐々木")[0]
        shop_id, staff_id = imported_id("shop", "ginza"), imported_id("staff", "S1")
        client.submit(
            LogInteraction(interaction_id="n1", customer_id=customer.id, shop_id=shop_id, text="お電話"), staff_id
        )
        client.sync_once()
        status, said, _ = asked(settings, server)
        assert status == 1
        assert "この端末に保存した1件が、接続を待っています" in said
        assert f"サーバー {server.url} は応答していません" in said
        assert "佐々木" not in said

        server.start()
        client.sync_once()
        status, said, _ = asked(settings, server, "--language", "en")
        assert (status, "Nothing waits to be sent" in said) == (0, True)
    finally:
        client.close()
        server.stop()
