"""Listening to a live channel within the process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Engine

from sync.protocol import Changed
from sync.server.live import Live, News
from tests.integration.server.devices import Device


@asynccontextmanager
async def listening(
    engine: Engine, device: Device, *, rows: bool = True, look_seconds: float = 1.0, beat_seconds: float = 15.0
) -> AsyncIterator[AsyncIterator[Changed]]:
    """Run a live channel and listen as one device."""
    async with running(engine, device, look_seconds=look_seconds, beat_seconds=beat_seconds) as live:
        events = live.events(device.device, rows=rows)
        try:
            yield said(events)
        finally:
            await events.aclose()  # type: ignore[attr-defined]


@asynccontextmanager
async def running(engine: Engine, device: Device, **seconds: float) -> AsyncIterator[Live]:
    """Run a live channel."""
    live = Live(engine, device.clock, **seconds)
    task = asyncio.create_task(live.run())
    try:
        yield live
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def said(events: AsyncIterator[News]) -> AsyncIterator[Changed]:
    """Yield what each event says."""
    async for news in events:
        yield news.changed


async def following(events: AsyncIterator[Changed], cursor: int) -> Changed:
    """Return the first event past a cursor."""
    async for changed in events:
        if changed.cursor > cursor:
            return changed
    raise AssertionError("the channel ended")
