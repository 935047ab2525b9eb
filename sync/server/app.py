"""The server process: the one place, with `sync.server.worker` and `admin`, where its parts are put together.

create_app(settings, clock) -> FastAPI         everything, the worker included where it is embedded

`sync.server.serve` serves it until it is told to stop.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from sync.clock import Clock
from sync.connectors import registry
from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook, playbook_text
from sync.server import ingest_routes, webhooks
from sync.server.core import Core
from sync.server.http import web_app
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.observe import observe
from sync.server.repository.attachments import vault_of
from sync.server.repository.forgotten import key_of
from sync.server.rights import forgetting
from sync.server.routes import attachments, own_phone, scim
from sync.server.scim import Users
from sync.server.setup import announce, app_name, clock_of, open_database, public_url, secret_of
from sync.server.web.pages import router as customer_pages
from sync.server.worker import Worker
from sync.settings import ServerSettings

MIND_SECONDS = 1.0
ANNOUNCE_SECONDS = 60.0

log = structlog.get_logger(__name__)


def create_app(settings: ServerSettings, clock: Clock | None = None, *, engine: Engine | None = None) -> FastAPI:
    """Return the whole server. It migrates the database when it starts.

    Where the worker is not embedded its channels and store still serve providers' callbacks.
    """
    clock = clock or clock_of(settings)
    playbook = load_playbook(settings.playbook)  # a wrong one ends here, before anything is touched
    engine = engine or open_database(settings)
    resolver = IdentityResolver()
    forgotten_key = key_of(secret_of(settings))
    core = Core.of(engine, clock, settings.data, playbook, resolver, forgotten_key)
    core.lease = timedelta(hours=settings.lease_hours)
    worker = Worker(settings, engine, clock, playbook=playbook)
    routers = [
        ingest_routes.router(
            registry(settings, clock), IngestService(engine, clock, resolver, forgotten_key=forgotten_key)
        ),
        webhooks.router(worker.channels.values(), worker.store, public_url(settings)),
        customer_pages(engine, clock, secret_of(settings), settings.line_dialog),
        attachments.router(vault_of(secret_of(settings))),
        own_phone.router(secret_of(settings), public_url(settings), settings.line_basic_id, settings.line_chat),
    ]
    if scim_token := settings.scim_token.get_secret_value():
        routers.append(scim.router(Users(engine, clock, f"{public_url(settings)}/scim/v2/Users"), scim_token))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(migrate, engine)
        await asyncio.to_thread(forgetting(settings, engine, clock, core.snapshots).replay)
        told = public_url(settings), playbook_text(settings.playbook), app_name(settings)
        await asyncio.to_thread(announce, engine, clock, *told)
        announcing = asyncio.create_task(_keep_announced(engine, clock, *told))
        minding: asyncio.Task[None] | None = None
        if settings.embedded_worker:
            await asyncio.to_thread(worker.start)
            minding = asyncio.create_task(_mind(worker))
        try:
            async with core.running():
                yield
        finally:
            announcing.cancel()
            await asyncio.wait([announcing])
            if minding is not None:
                minding.cancel()
                await asyncio.wait([minding])
                await asyncio.to_thread(worker.stop)
            engine.dispose()
            await asyncio.to_thread(stop_observing)

    app = web_app(core, routers, lifespan, tls=public_url(settings).startswith("https://"))
    stop_observing = observe(app, core, settings)
    return app


async def _keep_announced(engine: Engine, clock: Clock, url: str, playbook: str, app: str | None) -> None:
    """Tell it again now and then: the retailer may be imported only after this server started."""
    while True:
        await asyncio.sleep(ANNOUNCE_SECONDS)
        try:
            await asyncio.to_thread(announce, engine, clock, url, playbook, app)
        except SQLAlchemyError as error:  # the database may be away for a moment
            log.warning("not_announced", error=type(error).__name__)


async def _mind(worker: Worker) -> None:
    """Start a worker anew that lost its slot (the database was restarted); a process of its own ends instead."""
    while True:
        await asyncio.sleep(MIND_SECONDS)
        if worker.lost.is_set():
            await asyncio.to_thread(worker.restart)
