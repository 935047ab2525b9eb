"""The live channel: tells connected devices that there is something new for them, never what.

One task per process looks at the feed whenever something was committed in this process, and once a second for what other
processes committed, in one query for everybody. It also ends the connections of devices that were revoked.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import anyio
import structlog
from sqlalchemy import Engine

from sync.clock import Clock
from sync.protocol import Changed
from sync.server import feed
from sync.server.database import on_fed, reading
from sync.server.repository import devices
from sync.server.repository.devices import Device
from sync.server.service import scopes_of

LOOK_SECONDS = 1.0
"""How often the feed is looked at for what other processes committed."""
BEAT_SECONDS = 15.0
"""How often a quiet connection says that it is alive, and what time it is."""

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class _Subscription:
    scopes: tuple[str, ...]
    device_id: str
    cursor: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False


class Live:
    """The connected devices of this process."""

    def __init__(
        self, engine: Engine, clock: Clock, *, look_seconds: float = LOOK_SECONDS, beat_seconds: float = BEAT_SECONDS
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._look_seconds = look_seconds
        self._beat_seconds = beat_seconds
        self._subscriptions: set[_Subscription] = set()
        self._woken = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many devices are connected to this process."""
        return len(self._subscriptions)

    async def run(self) -> None:
        """Look at the feed until cancelled."""
        loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()  # of this loop
        stop_listening = on_fed(self._engine, lambda: loop.call_soon_threadsafe(self._woken.set))
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._look_seconds)
                self._woken.clear()
                if self._subscriptions:
                    await self._look()
        finally:
            stop_listening()
            for subscription in self._subscriptions:
                subscription.ended = True
                subscription.woken.set()

    async def events(self, device: Device, ending: anyio.Event | None = None) -> AsyncIterator[Changed]:
        """Yield the cursor up to which there is something for a device: at once, after each change, and as a heartbeat.

        Ends when `ending` is set (the server stops), or the device was revoked.
        """
        scopes = scopes_of(device)
        heads, _ = await asyncio.to_thread(self._heads, scopes, {device.id})
        mine = _Subscription(scopes, device.id, max(heads.values()))
        self._subscriptions.add(mine)
        farewell = asyncio.create_task(_end(mine, ending)) if ending is not None else None
        self._woken.set()  # something may have been committed between the look above and joining
        try:
            while not mine.ended:
                mine.woken.clear()
                yield Changed(cursor=mine.cursor, server_time=self._clock())
                with suppress(TimeoutError):
                    await asyncio.wait_for(mine.woken.wait(), self._beat_seconds)
        finally:
            self._subscriptions.discard(mine)
            if farewell is not None:
                farewell.cancel()

    async def _look(self) -> None:
        scopes = tuple({scope for each in self._subscriptions for scope in each.scopes})
        ids = {each.device_id for each in self._subscriptions}
        try:
            heads, revoked = await asyncio.to_thread(self._heads, scopes, ids)
        except Exception as error:
            # The next look may fare better; without this task the channel would fall silent.
            log.warning("live.failed", error=type(error).__name__)
            return
        for each in self._subscriptions:
            cursor = max(heads.get(scope, 0) for scope in each.scopes)
            if each.device_id in revoked:
                each.ended = True
                each.woken.set()
            elif cursor > each.cursor:
                each.cursor = cursor
                each.woken.set()

    def _heads(self, scopes: tuple[str, ...], ids: set[str]) -> tuple[dict[str, int], set[str]]:
        feed.sequence(self._engine)
        with reading(self._engine) as conn:
            return {scope: feed.head(conn, [scope]) for scope in scopes}, devices.revoked_among(conn, ids)


async def _end(subscription: _Subscription, ending: anyio.Event) -> None:
    await ending.wait()
    subscription.ended = True
    subscription.woken.set()
