"""Files of every released version: the cache is built anew, the outbox is migrated, and everything arrives once."""

import shutil
import sqlite3
import tomllib
from pathlib import Path

import pytest

from sync.client import Client
from sync.client.device_schema import STEPS
from sync.sealed.schema import SCHEMA_VERSION
from tests.unit.client.build import World, ground, history

VERSIONS = Path(__file__).parents[2] / "data" / "versions"
KEPT = sorted(path.name for path in VERSIONS.iterdir() if path.is_dir() and (path / "device.db").exists())
PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def reopened(folder: Path, version: str) -> World:
    """Return the world of a tablet that was just updated from a version."""
    world = World(folder)
    world.client.close()
    world.server.put(*ground(), *(record for number in range(1, 4) for record in history(number)))
    for name, target in (("cache.db", "data"), ("device.db", "data"), ("device.json", "keys")):
        shutil.copy(VERSIONS / version / name, folder / target / name)
    for leftover in (folder / "data").glob("*-*"):
        leftover.unlink()
    world.ids = 1000
    world.client = Client(world.settings(), world.clock, api=world.server, new_id=world.new_id)
    world.client.open()
    return world


@pytest.mark.parametrize("version", KEPT)
def test_an_update_loses_nothing(tmp_path: Path, version: str) -> None:
    """A tablet updated while it had unsent work still knows who it is, shows the work, and delivers each command once."""
    world = reopened(tmp_path, version)
    client, server = world.client, world.server
    assert client.enrolled
    assert server.token == "token-1"
    assert {"note-2", "visit-9"} <= {one.id for one in client.cache.customer_range("customer-1")}
    world.clock.advance(minutes=10)
    server.lose_answers = 1
    client.sync_once()
    report = client.sync_once()
    assert report.error is None
    delivered = [one.command.type for one in server.commands]
    assert delivered == [
        "check_in", "register_customer", "log_interaction", "log_interaction", "queue_message", "log_interaction",
    ]  # fmt: skip
    assert [one.seq for one in server.commands] == [2, 3, 4, 5, 6, 7]
    assert client.status().waiting == 0
    assert client.cache.digests() == server.digests()
    assert client.cache.record("customer", "customer-2") is not None
    client.close()
    device = sqlite3.connect(tmp_path / "data" / "device.db")
    cache = sqlite3.connect(tmp_path / "data" / "cache.db")
    assert device.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
    assert cache.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    device.close()
    cache.close()


@pytest.mark.parametrize("version", KEPT)
def test_an_older_cache_is_set_aside(tmp_path: Path, version: str) -> None:
    """What another version sealed is not read; staff are told that the cache is being built anew."""
    old = sqlite3.connect(VERSIONS / version / "cache.db")
    written_by = old.execute("PRAGMA user_version").fetchone()[0]
    old.close()
    world = reopened(tmp_path, version)
    if written_by != SCHEMA_VERSION:
        assert "rebuilding" in world.client.status().messages
        assert world.client.cache.position().epoch is None
    world.client.close()


def test_every_version_has_its_files() -> None:
    """The present version's files are kept, so that the next one is tried against them; see tests/data/versions/README.md."""
    version = tomllib.loads(PROJECT.read_text())["project"]["version"]
    for name in ("cache.db", "device.db", "device.json", "wire.json"):
        assert (VERSIONS / version / name).is_file(), f"{version} has no {name}: record them"
