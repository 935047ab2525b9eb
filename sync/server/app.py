"""The server process: the one place, with `sync.server.worker` and `admin`, where its parts are put together.

create_app(settings, clock) -> FastAPI         everything, the worker included where it is embedded

`sync.server.serve` serves it until it is told to stop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import Engine

from sync.clock import Clock
from sync.connectors import registry
from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.server import ingest_routes, webhooks
from sync.server.core import Core
from sync.server.http import web_app
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.observe import observe
from sync.server.setup import announce_address, clock_of, open_database, public_url, secret_of
from sync.server.web import router as customer_pages
from sync.server.worker import Worker
from sync.settings import ServerSettings

MIND_SECONDS = 1.0


def create_app(settings: ServerSettings, clock: Clock | None = None, *, engine: Engine | None = None) -> FastAPI:
    """Return the whole server. It migrates the database when it starts.

    Where the worker is not embedded its channels and store still serve providers' callbacks.
    """
    clock = clock or clock_of(settings)
    engine = engine or open_database(settings)
    playbook, resolver = load_playbook(), IdentityResolver()
    core = Core.of(engine, clock, settings.data, playbook, resolver)
    worker = Worker(settings, engine, clock, playbook=playbook)
    routers = [
        ingest_routes.router(registry(settings, clock), IngestService(engine, clock, resolver)),
        webhooks.router(worker.channels.values(), worker.store, public_url(settings)),
        customer_pages(engine, clock, secret_of(settings)),
    ]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(migrate, engine)
        await asyncio.to_thread(announce_address, engine, clock, public_url(settings))
        minding: asyncio.Task[None] | None = None
        if settings.embedded_worker:
            await asyncio.to_thread(worker.start)
            minding = asyncio.create_task(_mind(worker))
        try:
            async with core.running():
                yield
        finally:
            if minding is not None:
                minding.cancel()
                await asyncio.wait([minding])
                await asyncio.to_thread(worker.stop)
            engine.dispose()
            await asyncio.to_thread(stop_observing)

    app = web_app(core, routers, lifespan)
    stop_observing = observe(app, core, settings)
    return app


async def _mind(worker: Worker) -> None:
    """Start a worker anew that lost its slot (the database was restarted); a process of its own ends instead."""
    while True:
        await asyncio.sleep(MIND_SECONDS)
        if worker.lost.is_set():
            await asyncio.to_thread(worker.restart)
