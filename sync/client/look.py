"""The state of a device from its files alone: read only, beside a running tablet process or without one.

    report = look(settings, clock)      # raises NotFound, Unavailable, BadFile

Nothing is created, migrated, repaired or unsealed but the enrolment; a tablet that runs does not notice. What only a
running process knows (is the server there?) is asked of the server itself.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import Field

from sync.client import transfer
from sync.client.cache import Cache
from sync.client.cache_file import DAMAGE, is_damage
from sync.client.device import Device
from sync.client.device_schema import STEPS
from sync.client.keys import key_file, load_keys
from sync.client.outbox import Outbox
from sync.client.server_clock import ServerClock
from sync.client.sqlite import Database
from sync.client.status import Health, status_of
from sync.client.types import RefusedCommand, SyncStatus
from sync.clock import Clock
from sync.errors import BadFile, NotFound, Unavailable, WrongProtocol
from sync.model.base import Frozen, Instant
from sync.model.outreach import Reason
from sync.sealed.schema import SCHEMA_VERSION
from sync.settings import TabletSettings

FORMAT = 1
"""Raised when a field of the report goes or changes its meaning; new ones may come at any time."""
PATIENCE_SECONDS = 2.0
_PROGRESS = frozenset({"first_sync", "rebuilding"})
"""Messages that say what is going on; every other one needs a person."""


class Server(Frozen):
    url: str
    reachable: bool
    problem: str = Field(default="", description="What came of asking it, where it is not reachable.")


class Progress(Frozen):
    unit: Literal["rows", "bytes", "building"] = Field(
        description="Whether pages are taken in, a snapshot is fetched, or the server builds one (in thousandths)."
    )
    done: int
    total: int = Field(description="Of rows: about how many there are in all.")
    share: float = Field(description="From 0 to 1.")
    seconds_left: int | None = Field(description="About how long a fetch goes on; null where that is not known.")


class Told(Frozen):
    """A command that a person should look at."""

    command_id: str
    type: str
    reason: Reason | None
    at: Instant
    staff_id: str | None


class FileSize(Frozen):
    name: str = Field(description="Below the data folder; a folder with all that is in it.")
    bytes: int


class Report(Frozen):
    """The state of a device. As JSON it is what `clienteling sync status --json` prints."""

    format: int = Field(default=FORMAT, description="Version of this report.")
    data: str = Field(description="The data folder.")
    at: Instant = Field(description="Now, by the server's time as the device knows it.")
    enrolled: bool = Field(description="Whether the device belongs to a shop.")
    server: Server = Field(description="The server's address, and whether it answers now.")
    last_synced_at: Instant | None = Field(description="Server time of the last complete sync.")
    waiting: int = Field(description="Commands that the server has not answered.")
    held: int = Field(description="Commands that may still be taken back.")
    oldest_waiting_at: Instant | None = Field(description="When the oldest of them was given.")
    refused: tuple[Told, ...] = Field(description="What the server did not accept and nobody has dismissed.")
    notices: tuple[Told, ...] = Field(description="What it accepted in a way that somebody should look at.")
    first_sync: Progress | None = Field(
        description="How far the first sync is, during it, or the snapshot that takes an old cache's place."
    )
    skew_seconds: float = Field(description="How far the server's clock is ahead of the device's.")
    messages: tuple[str, ...] = Field(description="Codes of what staff should know.")
    last_error: str = Field(description="Code of what ended the last sync early; empty where nothing did.")
    files: tuple[FileSize, ...] = Field(description="What lies in the data folder, and how large.")
    needs_attention: bool = Field(description="Whether anything here needs a person.")


class Names(Frozen):
    """What ids in a report are called, and the zone its times are said in."""

    by_id: dict[str, str] = {}
    time_zone: str | None = None


def look(settings: TabletSettings, clock: Clock, transport: httpx.BaseTransport | None = None) -> tuple[Report, Names]:
    """Read the state of the device whose data folder the settings name. Waits for the server, and a lock, for 2 s each.

    Raises NotFound where there is no device, Unavailable where its file is locked, BadFile where it is damaged, and
    WrongProtocol for one of a newer program.
    """
    path = settings.data / "device.db"
    if not path.is_file():
        raise NotFound(f"There is no tablet's data in {settings.data}.", data=str(settings.data))
    keys = key_file(settings)
    with _read(path):
        device = _Device(path, load_keys(keys).own_key if keys.exists() else bytes(32))
        try:
            return _report(settings, clock, device, _reach(settings.server_url, transport))
        finally:
            device.close()


def _report(settings: TabletSettings, clock: Clock, device: Device, server: Server) -> tuple[Report, Names]:
    enrolment = device.enrolment()
    enrolled = enrolment is not None and bool(device.wrapped_keys(enrolment.scope))
    health, server_clock, outbox = Health(), ServerClock(clock, device), Outbox(device)
    health.online, health.error_code = server.reachable, device.get("last_error") or ""
    with closing(_Cache(settings.data / "cache.db")) as cache:
        coming = transfer.found(settings.data / "snapshot", server_clock.local())
        status = status_of(cache, outbox, server_clock, health, enrolled=enrolled, transfer=coming)
        shops, staff = cache.shops(), cache.staff()
    own = next((shop for shop in shops if enrolment is not None and shop.id == enrolment.shop_id), None)
    names = Names(
        by_id={shop.id: shop.name for shop in shops} | {one.id: f"{one.family_name} {one.given_name}" for one in staff},
        time_zone=own.time_zone if own is not None else None,
    )
    report = Report(
        data=str(settings.data),
        at=server_clock(),
        enrolled=enrolled,
        server=server,
        last_synced_at=status.last_synced_at,
        waiting=status.waiting,
        held=status.held,
        oldest_waiting_at=status.oldest_waiting_at,
        refused=tuple(map(_told, status.refused)),
        notices=tuple(map(_told, status.notices)),
        first_sync=_progress(status),
        skew_seconds=status.skew_seconds,
        messages=status.messages,
        last_error=health.error_code,
        files=tuple(_files(settings.data)),
        needs_attention=_needs_attention(status, server),
    )
    return report, names


def _progress(status: SyncStatus) -> Progress | None:
    coming = status.transfer
    if coming is not None:
        unit: Literal["building", "bytes"] = "building" if coming.building else "bytes"
        return _share(unit, coming.done, coming.total, coming.seconds_left)
    return _share("rows", *status.progress) if status.progress else None


def _share(unit: Literal["rows", "bytes", "building"], done: int, total: int, left: int | None = None) -> Progress:
    share = min(1.0, done / total) if total else 0.0
    return Progress(unit=unit, done=done, total=total, share=round(share, 4), seconds_left=left)


def _needs_attention(status: SyncStatus, server: Server) -> bool:
    return bool(status.refused or status.notices or set(status.messages) - _PROGRESS or not server.reachable)


def _told(command: RefusedCommand) -> Told:
    return Told.model_validate({name: value for name, value in asdict(command).items() if name in Told.model_fields})


class _Device(Device):
    """`device.db` as it lies there."""

    def _open(self) -> Database:
        conn = _connect(self.path)
        version = conn.execute("PRAGMA user_version").fetchone()[0]
        if version > len(STEPS):
            conn.close()
            raise WrongProtocol("device.db was written by a newer version of this program: update it")
        if version == 0 or (found := conn.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            conn.close()
            raise sqlite3.DatabaseError("no tables" if version == 0 else found)
        return Database(conn, execute_plugins=False)


class _Cache(Cache):
    """`cache.db` as it lies there. Without the key, what is personal stays sealed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._conn: sqlite3.Connection | None = None
        if not path.is_file():
            return  # an empty one, as it is to the app
        try:
            self._conn = _connect(path)
            self.damaged = self._rows("PRAGMA user_version") != [(SCHEMA_VERSION,)]
        except DAMAGE as error:
            if not is_damage(error):
                raise
            self.damaged = True
        if self.damaged:  # the app sets it aside when it starts
            self.close()

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        if self._conn is None:
            return []
        try:
            return self._conn.execute(sql, parameters).fetchall()
        except DAMAGE as error:
            if not is_damage(error):
                raise
            self.damaged = True
            return []


def _connect(path: Path) -> sqlite3.Connection:
    # Without a journal beside it nobody has the file open. Then it is read as it is, and nothing is put beside it.
    how = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=PATIENCE_SECONDS)


@contextmanager
def _read(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file into what it means."""
    try:
        yield
    except DAMAGE as error:
        if is_damage(error):
            raise BadFile(
                f"{path} is damaged; the app carries over what can be read when it starts.", file=path.name
            ) from error
        raise Unavailable(f"{path} cannot be read now: {error}.", reason="locked") from error


def _reach(url: str, transport: httpx.BaseTransport | None) -> Server:
    try:
        with httpx.Client(transport=transport, timeout=PATIENCE_SECONDS) as http:
            answer = http.get(f"{url.rstrip('/')}/healthz")
        well = answer.status_code == 200 and answer.json() == {"status": "ok"}
        problem = "" if well else "not_understood"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        problem = "not_understood" if isinstance(error, ValueError) else "no_answer"
    return Server(url=url, reachable=not problem, problem=problem)


def _files(folder: Path) -> Iterator[FileSize]:
    sizes: dict[str, int] = {}
    for path in folder.rglob("*"):
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError:  # gone meanwhile
            continue
        name = path.relative_to(folder).parts[0]
        for suffix in ("-wal", "-shm"):
            name = name.removesuffix(suffix)
        sizes[name] = sizes.get(name, 0) + size
    yield from (FileSize(name=name, bytes=size) for name, size in sorted(sizes.items()))
