"""What the routes of one server process share. Made once, by `sync.server.app` or a test."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fastapi import Request
from sqlalchemy import Engine

from sync.clock import Clock
from sync.ids import new_id
from sync.policy.playbook import Playbook
from sync.ports import Resolver
from sync.protocol import PROTOCOL_VERSION
from sync.sealed.lease import LEASE
from sync.server.auth import Authenticator
from sync.server.commands.base import Tools
from sync.server.live import Live
from sync.server.metering import Counted, Meter
from sync.server.repository.devices import Device
from sync.server.service import Service
from sync.server.snapshot import SnapshotStore


def _new_token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(slots=True)
class Core:
    """The database, the clock and what stands on them."""

    engine: Engine
    clock: Clock
    data: Path
    """The folder of this process: pictures and snapshots lie below it."""
    tools: Tools
    meters: tuple[Meter, ...] = ()
    """What watches the answers to devices; see `sync.server.observe`."""
    lease: timedelta = LEASE
    """How long a device may hold the key of its scope without a contact."""
    auth: Authenticator = field(init=False)
    live: Live = field(init=False)
    snapshots: SnapshotStore = field(init=False)

    def __post_init__(self) -> None:
        self.auth = Authenticator(self.engine, self.clock)
        self.live = Live(self.engine, self.clock)
        self.snapshots = SnapshotStore(self.engine, self.clock, self.data / "snapshots", built=self.snapshot_built)

    @classmethod
    def of(
        cls,
        engine: Engine,
        clock: Clock,
        data: Path,
        playbook: Playbook,
        resolver: Resolver,
        forgotten_key: bytes = b"",
    ) -> "Core":
        """Return the core with the usual sources of ids and tokens."""
        return cls(engine, clock, data, Tools(playbook, resolver, new_id, _new_token, forgotten_key))

    @property
    def media(self) -> Path:
        return self.data / "media"

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the live channel going for as long as the app runs."""
        live = asyncio.create_task(self.live.run())
        try:
            yield
        finally:
            live.cancel()
            with suppress(asyncio.CancelledError):
                await live
            await asyncio.to_thread(self.snapshots.close)

    def snapshot_built(self, seconds: float, whole: bool) -> None:
        """Tell every meter of a build."""
        for meter in self.meters:
            meter.snapshot_built(seconds, whole)

    def service(self, device: Device, protocol: int = PROTOCOL_VERSION) -> Service:
        """Return what answers one device, in the version of the protocol that it speaks."""
        given = (self.engine, self.clock, device, self.tools, self.snapshots, protocol, self.lease)
        return Counted(*given, meters=self.meters) if self.meters else Service(*given)


def core_of(request: Request) -> Core:
    """Return the core of the app that a request came to."""
    core: Core = request.app.state.core
    return core
