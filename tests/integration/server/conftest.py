"""Fixtures for tests of the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.server.core import Core
from sync.server.http import web_app
from tests.integration.databases import empty_url, engine, migrated, postgresql
from tests.integration.server.devices import Device, HttpDevice, Key, enrolled
from tests.integration.server.people import MovableClock

__all__ = ["empty_url", "engine", "migrated", "postgresql"]


@pytest.fixture
def clock() -> MovableClock:
    """A clock at noon in Tokyo."""
    return MovableClock()


@pytest.fixture
def retailer(engine: Engine) -> Engine:
    """The database with the small retailer of `people` in it: `engine` makes it so for whoever asks for this."""
    return engine


@pytest.fixture
def device(retailer: Engine, clock: MovableClock) -> Device:
    """A tablet of Ginza."""
    return Device(retailer, clock)


@pytest.fixture
def app(retailer: Engine, clock: MovableClock, tmp_path: Path) -> FastAPI:
    """The server's app without ingest and delivery."""
    return web_app(Core.of(retailer, clock, tmp_path, load_playbook(), IdentityResolver()))


@pytest.fixture
def http(app: FastAPI) -> Iterator[TestClient]:
    """Requests to the app, without a socket; what fails in it is answered, not raised here."""
    with TestClient(app, base_url="http://server.test", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def tablet(http: TestClient, retailer: Engine, clock: MovableClock) -> HttpDevice:
    """A tablet of Ginza that speaks HTTP."""
    key = Key()
    return HttpDevice(http, clock, enrolled(retailer, clock, key), key)
