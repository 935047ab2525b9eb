"""The command line of customers' rights, as an operator types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.server.database import make_engine
from sync.server.migrate import migrate
from sync.settings import ServerSettings
from tests.integration.rights.hanako import World

pytestmark = pytest.mark.processes


def run(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "clienteling.cli", "admin", *words, "--data", str(data)],
        capture_output=True, text=True, check=False, env=os.environ | {"CLIENTELING_SECRET": "the-secret-of-the-test"}, cwd=data,
    )  # fmt: skip


def test_an_operator_shows_reports_and_forgets(tmp_path: Path) -> None:
    """Export, leak report and retention before; the receipt with exit status 0; afterwards nobody of that id, nothing to replay,
    and a release that says how many names."""
    data = tmp_path / "server"
    data.mkdir()
    engine = make_engine(f"sqlite:///{data / 'clienteling.db'}")
    migrate(engine)
    world = World(engine, tmp_path, data=data)
    world.close()
    engine.dispose()
    exported = run(data, "customer", "export", world.hers, "--to", str(tmp_path / "export"))
    assert exported.returncode == 0, exported.stderr
    assert (tmp_path / "export" / "customer.html").exists()
    assert run(data, "customer", "export", world.hers, "--to", str(tmp_path / "export")).returncode == 2
    leak = run(data, "leak-report", world.tablet.device.id, "--csv", str(tmp_path / "leak.csv"))
    assert "customers: 2" in leak.stdout
    assert world.hers in (tmp_path / "leak.csv").read_text()
    report = json.loads(run(data, "retention", "report", "--json").stdout)
    assert next(line for line in report if line["kind"] == "interaction")["kept"] == 2
    forgotten = run(data, "customer", "forget", world.hers)
    assert forgotten.returncode == 0, forgotten.stderr
    receipt = json.loads(forgotten.stdout)
    assert receipt["swept"] is True
    assert receipt["erased"]["customer"] == 1
    assert (tmp_path / "server.forgotten.jsonl").exists()
    assert run(data, "customer", "export", world.hers, "--to", str(tmp_path / "again")).returncode == 2
    assert json.loads(run(data, "customer", "forget", world.hers).stdout)["erased"] == receipt["erased"]
    assert "0 forgotten again" in run(data, "customer", "replay-forgotten").stdout
    assert "5 names" in run(data, "customer", "release", world.hers).stdout
    assert run(data, "customer", "forget", "nobody").stderr.startswith("clienteling: There is no such customer")


def test_the_list_lies_beside_the_data(tmp_path: Path) -> None:
    """A setting puts it elsewhere; without one it is outside the folder that a backup puts back."""
    from sync.server.forgotten_list import list_path

    plain = ServerSettings(_env_file=None, data=tmp_path / "data")
    assert list_path(plain) == tmp_path / "data.forgotten.jsonl"
    assert list_path(plain.model_copy(update={"forgotten_file": tmp_path / "x"})) == tmp_path / "x"
