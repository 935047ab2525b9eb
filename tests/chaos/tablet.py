"""A tablet of a run: the real client over real files, opened anew after each death from what lay on the disk."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sync.client import Client
from sync.client.effects import makes
from sync.errors import ClientelingError
from sync.model.commands import AnyCommand
from sync.settings import TabletSettings
from tests.chaos.deaths import Fuse, TabletDied
from tests.chaos.network import Line
from tests.chaos.server import SimServer, copy_folder
from tests.chaos.world import Strayed, World

_ROOM = 1_000_000_000


@dataclass
class Act:
    """A command that the tablet has taken from a person."""

    command_id: str
    command: AnyCommand
    staff_id: str
    recalled: bool = False
    answered: bool = False
    dismissed: bool = False


class Tablet:
    """One device in a shop. `acts` is what people were told is kept, in the order they gave it."""

    def __init__(self, world: World, server: SimServer, folder: Path, name: str, shop_code: str) -> None:
        self.world, self.server, self.name, self.shop_code = world, server, name, shop_code
        self._folder, self._life = folder, 0
        self.clock = Strayed(world)
        self.fuse = Fuse(TabletDied)
        self.line = Line(world, server, name, self.fuse)
        self.client: Client | None = None
        self.acts: dict[str, Act] = {}
        self.device_id: str | None = None
        self.destroyed: set[str] = set()
        """Commands whose rows lay on pages of `device.db` that were destroyed."""
        self._last_id = ""

    @property
    def data(self) -> Path:
        return self._folder / f"{self.name}-{self._life}"

    # -- life

    def run(self, what: str, work: Callable[[Client], object]) -> None:
        """Let the tablet's process do something, opening it first where it is not running; it may die over it."""
        world = self.world
        if world.strikes(world.faults.tablet_dies):
            self.fuse.arm(world.chance.randint(1, 12))
        full = world.strikes(world.faults.disk_full)
        try:
            client = self._opened()
            if full:
                world.seen["tablet disk full"] += 1
                self._limit(client, None)
            work(client)
        except TabletDied as died:
            world.note(f"{self.name} dies: {died} ({what})")
            world.seen["tablet died"] += 1
            self._bury()
        except sqlite3.OperationalError as error:
            if not full or "full" not in str(error):
                raise
            world.note(f"{self.name}: {what}: {error}")
        finally:
            self.fuse.disarm()
            if full and self.client is not None:
                self._limit(self.client, _ROOM)

    def _opened(self) -> Client:
        if self.client is None:
            settings = TabletSettings(data=self.data, key_file=self._folder / f"{self.name}.key")
            made = Client(settings, self.clock, api=self.line, new_id=self._new_id, boundary=self.fuse)
            self.client = made
            made.open()
        return self.client

    def close(self) -> None:
        """End the process in good order; it is opened again when somebody needs it."""
        if self.client is not None:
            self.client.close()
            self.client = None

    def _bury(self) -> None:
        """Leave the dead process, and go on from the files as they were at that moment."""
        before = self.data
        self._life += 1
        copy_folder(before, self.data)
        dead, self.client = self.client, None
        if dead is not None:
            with suppress(sqlite3.Error):  # its files are the old folder's: nothing of this is seen again
                dead.close()
        if self.world.strikes(0.2):  # the power went, too: the cache's last commits were not on the disk yet
            wal = self.data / "cache.db-wal"
            if wal.exists() and wal.stat().st_size:
                kept = self.world.chance.randrange(wal.stat().st_size)
                wal.write_bytes(wal.read_bytes()[:kept])
                self.line.used.clear()
                self.world.seen["cache torn"] += 1

    def _limit(self, client: Client, pages: int | None) -> None:
        """Let both files grow no further than to so many pages (None: than they are)."""
        self.fuse.disarm()
        with client._device.transaction() as device, client.cache._file.write() as cache:
            for conn in (device, cache):
                most = pages or conn.execute("PRAGMA page_count").fetchone()[0]
                conn.execute(f"PRAGMA max_page_count = {most}")

    def _new_id(self) -> str:
        self._last_id = self.world.new_id(self.name)
        return self._last_id

    # -- what it is used for

    def submit(self, command: AnyCommand, staff_id: str, hold_seconds: float) -> None:
        """Let a person give a command; what the tablet has taken is noted as an act, also where it died right after."""
        given: list[Act] = []

        def work(client: Client) -> None:
            self._last_id = ""
            try:
                client.submit(command, staff_id, hold_seconds)
            finally:
                given.append(Act(self._last_id, command, staff_id))

        held = f" held for {hold_seconds:.0f} s" if hold_seconds else ""
        self.run(f"submit {command.type}", work)
        for act in given:
            if act.command_id and act.command_id in self.outbox():
                self.acts[act.command_id] = act
                self.world.note(f"{self.name} takes {act.command_id} {_told(command)} of {staff_id}{held}")

    def recall(self, act: Act) -> None:
        done: list[bool] = []
        self.run("recall", lambda client: done.append(client.recall(act.command_id)))
        if act.command_id not in {*self.outbox(), *self.destroyed} and not act.answered:
            act.recalled = True
        if done == [True] and not act.recalled:
            self.world.violated(f"{self.name} said it took back {act.command_id}, and did not")
        self.world.note(f"{self.name} recalls {act.command_id}: {act.recalled}")

    def dismiss(self) -> None:
        def work(client: Client) -> None:
            for one in client.status().refused[:1]:
                self.acts[one.command_id].dismissed = True  # also where it dies right after it wrote that down
                client.dismiss_refused(one.command_id)

        self.run("dismiss", work)

    def sync(self) -> None:
        def work(client: Client) -> None:
            report = client.sync_once()
            why = report.error.code if report.error is not None else "done"
            anew = ", cache built anew" if report.rebuilt else ""
            self.world.note(f"{self.name} syncs: {why}, {report.pushed} pushed, {report.rows} rows{anew}")
            self.world.seen[f"sync {why}"] += 1

        self.run("sync", work)

    def fetch(self, customer_id: str) -> None:
        """Look up a customer who need not belong here."""

        def work(client: Client) -> None:
            with suppress(ClientelingError):
                client.fetch_customer(customer_id)

        self.run("fetch", work)

    def ask_stock(self) -> None:
        """Ask where something lies in all shops."""

        def work(client: Client) -> None:
            with suppress(ClientelingError):
                client.fetch_stock("product-1")

        self.run("ask stock", work)

    def hear(self) -> None:
        """Listen to the live channel for a moment."""

        def work(client: Client) -> None:
            with suppress(ClientelingError):
                for changed in client._events():
                    client._heard(changed)

        self.run("hear", work)

    def enrol(self) -> None:
        """Let somebody enrol it, again where it was before, once there is a code and a network."""

        def work(client: Client) -> None:
            try:
                code = self.server.request("code", lambda: self.server.code(self.shop_code))
                client.enrol(code)
            except ClientelingError as error:
                self.world.note(f"{self.name} is not enrolled: {error.code}")
                return
            self.device_id = client.device_id
            self.world.note(f"{self.name} is enrolled as {client.device_id}")

        self.run("enrol", work)

    # -- what it holds

    @property
    def revoked(self) -> bool:
        """The server has taken this device out, and it was not enrolled again since."""
        found = self.server.rows("SELECT 1 FROM devices WHERE id = ? AND revoked_at IS NOT NULL", self.device_id)
        return bool(found)

    @property
    def wants_enrolling(self) -> bool:
        """It says, to whoever looks, that it has to be enrolled (again)."""
        said = self.client.status().messages if self.client is not None else ()
        return "not_enrolled" in said or "enrol_again" in said

    def outbox(self) -> dict[str, tuple[str, int | None, int]]:
        """Return (state, number, settled) of every command in the outbox, by id, opening the tablet where it is dead."""
        self.fuse.disarm()
        rows = self._opened()._device.rows("SELECT id, state, seq, settled FROM outbox ORDER BY rowid")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _told(command: AnyCommand) -> str:
    made = makes(command)
    return f"{command.type} {made[1]}" if made else f"{command.type} for {command.customer_id}"
