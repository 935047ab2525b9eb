"""The whole server as an attacker meets it: every route, real secrets, one device that was honestly enrolled."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine

from sync.server.app import create_app
from sync.settings import ServerSettings
from tests.integration.databases import Masters, migrated
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import MovableClock

__all__ = ["migrated"]

WRITE_KEY = "write-key-3f9a"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    """Settings as behind TLS."""
    return ServerSettings(
        _env_file=None,
        data=tmp_path / "server",
        embedded_worker=False,
        public_url="https://c.mirai.example",
        secret=SecretStr("link-secret-71c2"),
        segment_write_key=SecretStr(WRITE_KEY),
        line_channel_secret=SecretStr("line-secret-55d0"),
        line_channel_token=SecretStr("line-token-90ab"),
        twilio_account_sid="AC1",
        twilio_auth_token=SecretStr("twilio-token-12ef"),
    )


@pytest.fixture
def database(settings: ServerSettings, migrated: Masters) -> Iterator[Engine]:
    """The small retailer in an SQLite file."""
    copies = migrated(None)
    settings.data.mkdir()
    shutil.copyfile(copies.opened, settings.data / "clienteling.db")
    engine = copies.engine(f"sqlite:///{settings.data / 'clienteling.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def http(settings: ServerSettings, database: Engine, clock: MovableClock) -> Iterator[TestClient]:
    """Anybody on the internet."""
    app = create_app(settings, clock, engine=database)
    with TestClient(app, base_url="https://c.mirai.example", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def tablet(http: TestClient, database: Engine, clock: MovableClock) -> HttpDevice:
    """A tablet of Ginza whose user means harm."""
    key = Key()
    return HttpDevice(http, clock, enrolled(database, clock, key), key)
