"""A real server on a free port and tablets in front of it, for the tests of the device client."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from sync.client import Client
from sync.clock import Clock
from sync.model.base import Record
from sync.model.customer import MembershipKey
from sync.policy.membership import make_code
from sync.server.app import create_app
from sync.server.core import Core
from sync.server.database import make_engine
from sync.server.enrolment import create_enrolment_code
from sync.server.migrate import migrate
from sync.settings import ServerSettings, TabletSettings
from tests.integration.server.people import UMEDA, YUMI, MovableClock, customer, open_shop, write
from tests.ports import free_port

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
APP, APP_BEYOND = "00000000000000000a", "00000000000000000b"
BEYOND = customer("2002", UMEDA.id, family_name="井上")


class House:
    """A server that can be stopped and started on its port, and tablets of Ginza."""

    def __init__(self, folder: Path, engine: Engine | None = None) -> None:
        self.folder = folder
        self.clock = MovableClock(datetime.now(UTC))
        self.settings = ServerSettings(data=folder / "server", embedded_worker=False, port=0)
        (folder / "server" / "media" / "products").mkdir(parents=True)
        (folder / "server" / "media" / "products" / "p1.webp").write_bytes(b"RIFF picture")
        self.engine: Engine = engine or make_engine(f"sqlite:///{folder}/server/test.db")
        migrate(self.engine)
        open_shop(self.engine, self.clock)
        public = KEY.public_key().public_bytes_raw().hex()
        self.write(
            BEYOND,
            MembershipKey(id=APP, customer_id=YUMI.id, public_key=public),
            MembershipKey(id=APP_BEYOND, customer_id=BEYOND.id, public_key=public),
        )
        self.port = free_port()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def write(self, *records: Record) -> None:
        write(self.engine, self.clock, *records)

    def start(self) -> None:
        app = create_app(self.settings, self.clock, engine=self.engine)
        self.core: Core = app.state.core
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="warning", timeout_graceful_shutdown=1, lifespan="on"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server is not None and self._server.started)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(60)
            self._server = None

    def tablet(
        self, name: str = "tablet", clock: Clock | None = None, transport: httpx.BaseTransport | None = None
    ) -> Client:
        settings = TabletSettings(
            data=self.folder / name, key_file=self.folder / f"{name}.key", server_url=f"http://127.0.0.1:{self.port}"
        )
        client = Client(settings, clock or self.clock, transport=transport)
        client.open()
        return client

    def enrolled(self, name: str = "tablet") -> Client:
        client = self.tablet(name)
        client.enrol(create_enrolment_code(self.engine, "ginza", self.clock))
        assert client.sync_once().error is None
        return client

    def code(self, app_id: str) -> str:
        return make_code(KEY, 7, app_id, self.clock())


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what other threads do; fail where it does not come about."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
