"""The server process: the one place, with `sync.server.worker` and `admin`, where its parts are put together.

create_app(settings, clock) -> FastAPI         everything, the worker included where it is embedded
run_server(settings)                           serves it until it is told to stop
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from sync import logs
from sync.clock import Clock
from sync.connectors import registry
from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.server import ingest_routes, webhooks
from sync.server.core import Core
from sync.server.database import make_engine
from sync.server.http import web_app
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.setup import announce_address, clock_of, database_url, public_url, secret_of
from sync.server.web import router as customer_pages
from sync.server.worker import Worker
from sync.settings import ServerSettings

GRACE_SECONDS = 5
"""How long requests under way may take to end when the server is told to stop."""


def create_app(settings: ServerSettings, clock: Clock | None = None, *, engine: Engine | None = None) -> FastAPI:
    """Return the whole server. It migrates the database when it starts.

    Where the worker is not embedded its channels and store still serve providers' callbacks.
    """
    clock = clock or clock_of(settings)
    engine = engine or make_engine(database_url(settings))
    playbook, resolver = load_playbook(), IdentityResolver()
    core = Core.of(engine, clock, settings.data / "media", playbook, resolver)
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
        if settings.embedded_worker:
            await asyncio.to_thread(worker.start)
        try:
            async with core.running():
                yield
        finally:
            if settings.embedded_worker:
                await asyncio.to_thread(worker.stop)
            engine.dispose()

    return web_app(core, routers, lifespan)


def run_server(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT; then end requests under way, the worker and the database, in that order."""
    logs.configure(settings.log_level)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
