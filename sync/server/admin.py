"""What the command line asks of the database beside the server: no web, no worker, so that each call starts quickly.

migrate_database, import_files, enrolment_code, device_list, digests, revoke_one, new_epoch
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from sync.connectors.files import FolderReader
from sync.identity.match import IdentityResolver
from sync.model.shop import Shop
from sync.server import convergence, feed
from sync.server.database import reading, transaction
from sync.server.enrolment import create_enrolment_code, list_devices, revoke_device
from sync.server.file_import import FileReport, Mode, Progress, import_folder
from sync.server.migrate import migrate
from sync.server.repository.records import Records
from sync.server.setup import clock_of, open_database
from sync.settings import ServerSettings


@contextmanager
def _database(settings: ServerSettings) -> Iterator[Engine]:
    engine = open_database(settings)
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


def digests(settings: ServerSettings, *, repair: bool) -> list[str]:
    """Return a line for each digest of a scope that does not stand for its records; with `repair` they are put right."""
    with _database(settings) as engine:
        found = convergence.repair(engine) if repair else convergence.differences(engine)
        return [
            f"{each.scope}\t{each.kind}\tkept {each.kept.records} {each.kept.total}"
            f"\tcounted {each.counted.records} {each.counted.total}"
            for each in found
        ]


def revoke_one(settings: ServerSettings, device_id: str) -> None:
    """Take a device out; raise NotFound where none takes part under this id."""
    with _database(settings) as engine:
        revoke_device(engine, device_id, clock_of(settings))


def new_epoch(settings: ServerSettings) -> str:
    """Begin a new history of the change feed, so that every device builds its cache anew; return its name."""
    with _database(settings) as engine, transaction(engine) as conn:
        return feed.start_epoch(conn)
