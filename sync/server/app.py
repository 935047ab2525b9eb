"""The server process: the one place, with `sync.server.worker` and `admin`, where its parts are put together.

create_app(settings, clock) -> FastAPI         everything, the worker included where it is embedded
run_server(settings)                           serves it until it is told to stop
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from sync import logs
from sync.clock import Clock
from sync.connectors import registry
from sync.errors import BadSetting, Unavailable
from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.server import ingest_routes, webhooks
from sync.server.core import Core
from sync.server.http import web_app
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.setup import announce_address, clock_of, open_database, public_url, secret_of
from sync.server.web import router as customer_pages
from sync.server.worker import Worker
from sync.settings import ServerSettings

GRACE_SECONDS = 5
"""How long requests under way may take to end when the server is told to stop."""
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

    return web_app(core, routers, lifespan)


async def _mind(worker: Worker) -> None:
    """Start a worker anew that lost its slot (the database was restarted); a process of its own ends instead."""
    while True:
        await asyncio.sleep(MIND_SECONDS)
        if worker.lost.is_set():
            await asyncio.to_thread(worker.restart)


def run_server(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT; then end requests under way, the worker and the database, in that order.

    Raises BadSetting where the database cannot be opened or the address cannot be listened on, Unavailable where the
    server does not come up for another reason.
    """
    logs.configure(settings.log_level)
    with listen(settings.host, settings.port) as listening:
        config = uvicorn.Config(
            create_app(settings),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = uvicorn.Server(config)
        server.run(sockets=[listening])
    if not server.started:
        raise Unavailable("The server could not start; the last lines of its log say why.")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise BadSetting that names the setting which does not allow it."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        name = "CLIENTELING_PORT" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "CLIENTELING_HOST"
        value = port if name == "CLIENTELING_PORT" else host
        why = str(error.strerror).partition(" (")[0]
        raise BadSetting(f"{name} is {value}: {host} port {port} cannot be listened on: {why}.") from error
