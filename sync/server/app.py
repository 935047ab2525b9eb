"""The server process: the one place, with `sync.server.worker`, where its parts are put together.

create_app(settings, clock) -> FastAPI         everything, the worker included where it is embedded
run_server(settings)                           serves it until it is told to stop
migrate_database, import_files, enrolment_code, device_list, revoke_one     what the command line asks for
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from sync import logs
from sync.clock import Clock
from sync.connectors import registry
from sync.connectors.files import FolderReader
from sync.identity.match import IdentityResolver
from sync.model.shop import Shop
from sync.policy.playbook import load_playbook
from sync.server import ingest_routes, webhooks
from sync.server.core import Core
from sync.server.database import make_engine, reading
from sync.server.enrolment import create_enrolment_code, list_devices, revoke_device
from sync.server.file_import import FileReport, Mode, Progress, import_folder
from sync.server.http import web_app
from sync.server.ingest import IngestService
from sync.server.migrate import migrate
from sync.server.repository.records import Records
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


@contextmanager
def _database(settings: ServerSettings) -> Iterator[Engine]:
    engine = make_engine(database_url(settings))
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def migrate_database(settings: ServerSettings) -> None:
    """Bring the database to this version's tables."""
    with _database(settings):
        pass


def import_files(settings: ServerSettings, path: Path, mode: Mode, progress: Progress) -> list[FileReport]:
    """Import a folder of files; see `sync.server.file_import.import_folder`."""
    with _database(settings) as engine:
        return import_folder(
            engine,
            clock_of(settings),
            settings,
            path,
            mode,
            progress,
            reader=FolderReader(),
            resolver=IdentityResolver(),
        )


def enrolment_code(settings: ServerSettings, shop_code: str, minutes: int = 10) -> str:
    """Return a one-time code with which a device joins a shop; raise NotFound where there is no such shop."""
    with _database(settings) as engine:
        return create_enrolment_code(engine, shop_code, clock_of(settings), minutes)


def device_list(settings: ServerSettings) -> list[str]:
    """Return a line for each device: id, name, shop, last seen, revoked or not."""
    with _database(settings) as engine:
        with reading(engine) as conn:
            codes = {shop.id: shop.code for shop in Records(conn).of_kind(Shop)}
        lines = []
        for device in list_devices(engine):
            seen = device.last_seen_at.isoformat(timespec="seconds") if device.last_seen_at else "never seen"
            state = f"revoked {device.revoked_at.isoformat(timespec='seconds')}" if device.revoked_at else "active"
            lines.append("\t".join((device.id, device.name, codes.get(device.shop_id, device.shop_id), seen, state)))
        return lines


def revoke_one(settings: ServerSettings, device_id: str) -> None:
    """Take a device out; raise NotFound where none takes part under this id."""
    with _database(settings) as engine:
        revoke_device(engine, device_id, clock_of(settings))
