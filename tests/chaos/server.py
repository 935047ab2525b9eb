"""The server of a run: the real service over a real SQLite file, in a process that may die between two transactions."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from sync.errors import DeviceRevoked, NotSignedIn, Offline, Unavailable
from sync.identity.match import IdentityResolver
from sync.policy.playbook import load_playbook
from sync.protocol import Enrolment, EnrolRequest
from sync.server import feed
from sync.server.commands.base import Tools
from sync.server.core import Core
from sync.server.database import make_engine, reading, transaction
from sync.server.enrolment import create_enrolment_code, enrol, revoke_device, secret_hash
from sync.server.migrate import migrate
from sync.server.repository import devices
from sync.server.repository.records import Records
from sync.server.service import Service
from sync.server.snapshot import SnapshotStore
from tests.chaos.deaths import Fuse, ServerDied
from tests.chaos.house import START, everything
from tests.chaos.world import Strayed, World

T = TypeVar("T")
_ROOM = 2_000_000_000


class Disk:
    """The server's file and the engine over it. One engine serves every run of a process, so that statements are compiled
    once; a death closes all of its connections."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine: Engine = make_engine(f"sqlite:///{path}", pool_size=4)
        self.at_boundary: Callable[[str], None] = lambda _: None
        self.pages = _ROOM
        self._plain: sqlite3.Connection | None = None
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "commit", lambda _: self.at_boundary("server before commit"))

    def _begin(self, conn: Connection) -> None:
        self.at_boundary("server before transaction")  # after the commit of the one before, too
        conn.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")

    def files(self) -> list[Path]:
        return [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal")]

    def fill(self, kept: list[bytes | None]) -> None:
        """Replace what lies on the disk."""
        self.engine.dispose()
        if self._plain is not None:
            self._plain.close()
            self._plain = None
        self.path.with_name(f"{self.path.name}-shm").unlink(missing_ok=True)
        for file, content in zip(self.files(), kept, strict=True):
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content)

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        """Read the file as it lies there, without the product's code."""
        if self._plain is None:  # kept open: reading the schema anew for each question took a tenth of a run
            self._plain = sqlite3.connect(self.path, isolation_level=None)
        return self._plain.execute(sql, parameters).fetchall()

    def kept(self) -> list[bytes | None]:
        """Return what lies on the disk."""
        return [file.read_bytes() if file.exists() else None for file in self.files()]


@lru_cache
def template() -> bytes:
    """Return a migrated database with the retailer in it, as the bytes of its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "server.db"
        engine = make_engine(f"sqlite:///{path}")
        migrate(engine)
        with transaction(engine) as conn:
            conn.exec_driver_sql("CREATE TABLE sim_jobs (id INTEGER PRIMARY KEY, message_id TEXT, number INTEGER)")
            Records(conn, lambda: START).put_many(everything())
        engine.dispose()
        with closing(sqlite3.connect(path)) as plain:
            plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


class SimServer:
    """The server's process. Whatever it is asked goes through `request`, which is what the route around it would do."""

    def __init__(self, world: World, disk: Disk) -> None:
        self.world, self.disk = world, disk
        self.clock = Strayed(world)
        self.up = True
        self.fuse = Fuse(ServerDied)
        self.playbook = load_playbook()
        disk.at_boundary = self.fuse
        disk.pages = _ROOM
        disk.fill([template(), None])
        shutil.rmtree(disk.path.parent / "snapshots", ignore_errors=True)  # of the run before, on the same disk
        self.backup: bytes | None = None
        self.silently_restored = False
        """A backup was restored, and nobody declared a new epoch."""
        self.restored: set[str] = set()
        """Commands that had been answered when a backup without them was restored."""
        self.gives_digests = False
        """Pages of this server let a tablet notice that it has come to hold something else."""
        self.smallest_snapshot = world.chance.choice((1, 150, 100_000))
        """Changes of a scope from which there is a snapshot of it."""
        self.core = self._core()

    @property
    def engine(self) -> Engine:
        return self.disk.engine

    def _core(self) -> Core:
        tools = Tools(
            self.playbook, IdentityResolver(), lambda: self.world.new_id("made"), lambda: self.world.new_id("token")
        )
        core = Core(self.engine, self.clock, self.disk.path.parent, tools)
        folder = self.disk.path.parent / "snapshots"
        core.snapshots = SnapshotStore(
            self.engine, self.clock, folder, start=lambda work: work(), smallest=self.smallest_snapshot
        )
        return core

    # -- life

    def request(self, what: str, work: Callable[[], T]) -> T:
        """Do what somebody asks for over the network. Raises `Offline` where the process is away or dies over it."""
        if not self.up:
            raise Offline()
        if self.world.strikes(self.world.faults.server_dies):
            self.fuse.arm(self.world.chance.randint(1, 8))
        if self.world.strikes(self.world.faults.disk_full):
            with closing(sqlite3.connect(self.disk.path)) as plain:
                self.disk.pages = plain.execute("PRAGMA page_count").fetchone()[0]
        try:
            found = work()
            self.fuse("server before answer")
        except ServerDied as died:
            self.world.note(f"server dies: {died} ({what})")
            self.world.seen["server died"] += 1
            self._die()
            raise Offline("The connection was reset.") from None
        except (OperationalError, InterfaceError, InternalError) as error:
            if "full" not in str(error):
                self.world.violated(f"{what}: {error}")
            self.world.seen["server disk full"] += 1
            raise Unavailable() from None
        finally:
            self.fuse.disarm()
            self.disk.pages = _ROOM
        return found

    def _die(self) -> None:
        self.up = False
        self.fuse.disarm()
        self.disk.fill(self.disk.kept())  # what lies in the journal stays there, as after a kill

    def start(self) -> None:
        if not self.up:
            self.world.note("server starts")
            self.core = self._core()
            self.up = True

    # -- what devices ask

    def for_device(self, token: str, ask: Callable[[Service], T], *, revoked_too: bool = False) -> T:
        """Answer one device, once it is known who asks."""
        with reading(self.engine) as conn:
            device = devices.by_token(conn, secret_hash(token))
        if device is None:
            raise NotSignedIn(reason="unknown_token")
        if device.revoked_at is not None and not revoked_too:
            raise DeviceRevoked()
        return ask(self.core.service(device))

    def code(self, shop_code: str) -> str:
        chance = self.world.chance
        return create_enrolment_code(self.engine, shop_code, self.clock, random_bytes=chance.randbytes)

    def enrol(self, request: EnrolRequest) -> Enrolment:
        chance = self.world.chance
        return enrol(
            self.engine,
            self.clock,
            request,
            fresh_id=lambda: self.world.new_id("device"),
            random_bytes=chance.randbytes,
        )

    def revoke(self, device_id: str) -> None:
        revoke_device(self.engine, device_id, self.clock)

    # -- backups

    def back_up(self) -> None:
        with closing(sqlite3.connect(self.disk.path)) as plain, closing(sqlite3.connect(":memory:")) as copy:
            plain.backup(copy)
            self.backup = copy.serialize()
        self.world.note("server is backed up")

    def restore(self) -> None:
        """Go back to the backup. Whoever restores one declares a new epoch; where pages carry digests, some forget to."""
        if self.backup is None:
            return
        before = self.answered()
        self.disk.fill([self.backup, None])
        if self.gives_digests and self.world.chance.random() < 0.5:
            self.silently_restored = True
        else:
            with transaction(self.engine) as conn:
                feed.start_epoch(conn)
        self.restored |= before - self.answered()
        self.core = self._core()
        self.world.note("server is restored from its backup")
        self.world.seen["restored"] += 1

    def answered(self) -> set[str]:
        return {str(row[0]) for row in self.rows("SELECT id FROM command_log")}

    def rows(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        return self.disk.rows(sql, *parameters)


def copy_folder(source: Path, target: Path) -> None:
    """Copy what a dead process left: everything but shared memory."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*-shm"))
