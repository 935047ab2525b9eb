"""The live channel: devices hear at once that there is something for them, and nothing of what is not."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from httpx_sse import connect_sse
from sqlalchemy import Engine

from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.protocol import Changed
from sync.server.core import Core
from sync.server.database import make_engine
from sync.server.enrolment import revoke_device
from sync.server.live import Live
from tests.integration.server.devices import Device, HttpDevice, Key, enrolled
from tests.integration.server.listening import following, listening
from tests.integration.server.people import UMEDA, YUMI, MovableClock, customer, write
from tests.integration.server.serving import PATIENCE, serving


def hears(engine: Engine, device: Device, change: Callable[[], object], *, look_seconds: float) -> int:
    """Return by how much the cursor grew after a change."""

    async def run() -> int:
        async with listening(engine, device, look_seconds=look_seconds) as events:
            first = await asyncio.wait_for(anext(events), PATIENCE)
            await asyncio.to_thread(change)
            later = await asyncio.wait_for(following(events, first.cursor), PATIENCE)
            return later.cursor - first.cursor

    return asyncio.run(run())


def test_a_commit_in_this_process_is_heard(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A change of a customer of the shop wakes its devices without waiting for the next look at the feed."""
    changed = YUMI.model_copy(update={"points": 5})
    assert hears(retailer, device, lambda: write(retailer, clock, changed), look_seconds=PATIENCE / 2) > 0


def test_a_commit_of_another_process_is_heard(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """What another process committed is found by looking."""
    other = make_engine(retailer.url.render_as_string(hide_password=False))
    try:
        changed = YUMI.model_copy(update={"points": 5})
        assert hears(retailer, device, lambda: write(other, clock, changed), look_seconds=0.05) > 0
    finally:
        other.dispose()


def test_other_shops_customers_are_not_heard_of(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """A change in another shop does not move the cursor; the heartbeat says the same one again, with the time."""

    async def run() -> tuple[Changed, Changed]:
        async with listening(retailer, device, look_seconds=0.02, beat_seconds=0.3) as events:
            first = await asyncio.wait_for(anext(events), PATIENCE)
            clock.at = clock.at.replace(minute=1)
            await asyncio.to_thread(write, retailer, clock, customer("2002", UMEDA.id))
            return first, await asyncio.wait_for(anext(events), PATIENCE)

    first, beat = asyncio.run(run())
    assert beat.cursor == first.cursor
    assert beat.server_time == clock.at


def test_a_revoked_device_is_disconnected(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """The channel of a device ends when it is revoked."""

    async def run() -> list[Changed]:
        async with listening(retailer, device, look_seconds=0.05) as events:
            await asyncio.wait_for(anext(events), PATIENCE)
            await asyncio.to_thread(revoke_device, retailer, device.device.id, clock)
            return [changed async for changed in events]

    async def within() -> list[Changed]:
        return await asyncio.wait_for(run(), PATIENCE)

    assert asyncio.run(within()) == []


def test_a_stopping_server_ends_the_channel(retailer: Engine, clock: MovableClock, device: Device) -> None:
    """When the server stops, the channel comes to its end instead of being cut."""

    async def run() -> list[Changed]:
        live = Live(retailer, clock)
        task = asyncio.create_task(live.run())
        events = live.events(device.device)
        await anext(events)
        live.ending.set()
        rest = [news.changed async for news in events]
        assert live.connected == 0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return rest

    async def within() -> list[Changed]:
        return await asyncio.wait_for(run(), PATIENCE)

    assert asyncio.run(within()) == []


@pytest.fixture
def base_url(retailer: Engine, clock: MovableClock, tmp_path: Path) -> Iterator[str]:
    """A real server on a port of its own."""
    with serving(Core.of(retailer, clock, tmp_path, load_playbook(), IdentityResolver())) as url:
        yield url


def test_events_arrive_over_http(base_url: str, retailer: Engine, clock: MovableClock) -> None:
    """A signed request gets server-sent events named `changed`; an unsigned one the usual refusal."""
    key = Key()
    with httpx.Client(base_url=base_url, timeout=PATIENCE) as http:
        tablet = HttpDevice(http, clock, enrolled(retailer, clock, key), key)
        url = f"{base_url}/v1/sync/events"
        headers = key.headers("GET", url, tablet.enrolment.token, clock())
        with connect_sse(http, "GET", url, headers=headers) as source:
            events = source.iter_sse()
            first = next(events)
            write(retailer, clock, YUMI.model_copy(update={"points": 5}))
            later = next(events)
        assert (first.event, later.event) == ("changed", "changed")
        assert Changed.model_validate_json(later.data).cursor > Changed.model_validate_json(first.data).cursor
        page = tablet.call("POST", "/v1/sync/pull", json={}).json()
        assert page["cursor"] == Changed.model_validate_json(later.data).cursor
        assert http.get(url, headers={"X-Clienteling-Protocol": "1"}).status_code == 401
