"""A tablet whose cache file was spoiled at random, by bytes, pages or its end, or the header of the file that its work is
in: it opens, and nothing unsent is lost."""

import copy
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync.client import Client
from sync.model.base import Record
from sync.settings import TabletSettings
from tests.chaos.check import reads_everything
from tests.unit.client.build import World, ground, history, note
from tests.unit.client.fake import FakeServer

PAGE = 4096
CUSTOMERS, UNSENT = 150, 12


@dataclass
class Opened:
    """How one spoiled file fared."""

    how: str
    seconds: float
    """From the start of the program until what is unsent is on the screen again."""
    found: bool
    """The damage was found, by opening or by reading, and the cache built anew."""
    silent: int
    """Records that were wrong and stayed so: only a comparison with the server finds these."""


class Workshop:
    """A synced tablet with unsent work, to be copied and spoiled again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        world = World(folder / "whole")
        world.server.put(*ground(), *(one for number in range(1, CUSTOMERS + 1) for one in history(number)))
        world.client.enrol("CODE-CODE")
        world.client.sync_once()
        for number in range(UNSENT):
            world.client.submit(note(number, f"メモ{number}", f"customer-{number % 5 + 1}"), "staff-1")
        world.client.close()
        self._world = world
        self._records = self._everything(world.server)

    @staticmethod
    def _everything(server: FakeServer) -> dict[tuple[str, str], object]:
        return {(row.kind, row.id): row.data for _, row in server.feed if row.data is not None}

    def spoil(self, number: int) -> Opened:
        """Spoil the cache in the way of this number, open the tablet, and see. Raises AssertionError where work is lost."""
        chance = random.Random(number)
        folder = self._folder / f"spoiled-{number}"
        shutil.copytree(self._world.folder, folder)
        try:
            how = chance.choice(_WAYS)
            how(chance, folder / "data" / "cache.db")
            return self._see(how.__name__.strip("_"), folder)
        finally:
            shutil.rmtree(folder)

    def _see(self, how: str, folder: Path) -> Opened:
        server = copy.copy(self._world.server)
        server.commands, server.outcomes, server.feed = [], {}, list(server.feed)
        settings = TabletSettings(data=folder / "data", key_file=folder / "keys" / "device.json")
        began = time.perf_counter()
        client = Client(settings, self._world.clock, api=server, new_id=self._world.new_id)
        client.open()
        try:
            assert client.status().waiting == UNSENT
            unsent = {f"note-{number}" for number in range(UNSENT)}
            shown = {one.id for number in range(1, 6) for one in client.cache.customer_range(f"customer-{number}")}
            assert unsent <= shown, f"not shown: {unsent - shown}"
            seconds = time.perf_counter() - began
            reads_everything(client)
            rounds = [client.sync_once(), client.sync_once()]
            assert [one.error for one in rounds] == [None, None]
            sent = [one.command.interaction_id for one in server.commands if one.command.type == "log_interaction"]
            assert sorted(sent) == sorted(unsent)
            found = any(one.rebuilt or one.rows > CUSTOMERS for one in rounds)
            return Opened(how, seconds, found, self._wrong(client))
        finally:
            client.close()

    def _wrong(self, client: Client) -> int:
        kinds = ("customer", "membership_key", "order", "visit", "follow_up", "staff", "shop", "product", "variant")
        there: dict[tuple[str, str], Record] = {
            (kind, one.id): one for kind in kinds for one in client.cache.records(kind)
        }
        wanted = {key: data for key, data in self._records.items() if key[0] in kinds}
        return sum(key not in there or there[key].to_wire() != data for key, data in wanted.items())


def _some_bytes(chance: random.Random, path: Path) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 1, 3, 20, 200))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


def _a_page(chance: random.Random, path: Path) -> None:
    content = path.read_bytes()
    at = chance.randrange(len(content) // PAGE) * PAGE
    filling = chance.choice((bytes(PAGE), b"\xff" * PAGE, chance.randbytes(PAGE)))
    path.write_bytes(content[:at] + filling + content[at + PAGE :])


def _two_pages_swapped(chance: random.Random, path: Path) -> None:
    content = path.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    one, other = chance.sample(range(1, len(pages)), 2)
    pages[one], pages[other] = pages[other], pages[one]
    path.write_bytes(b"".join(pages))


def _the_end(chance: random.Random, path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def _everything(chance: random.Random, path: Path) -> None:
    path.write_bytes(chance.randbytes(chance.choice((0, 1, 100, 4096, 100_000))))


def _a_foreign_journal(chance: random.Random, path: Path) -> None:
    path.with_name("cache.db-wal").write_bytes(chance.randbytes(chance.choice((10, 5_000, 50_000))))


def _the_header(chance: random.Random, path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(100)] = chance.randrange(256)
    path.write_bytes(content)


def _the_version_of_the_outbox(chance: random.Random, path: Path) -> None:
    """The file that work is in says of itself that this SQLite may only read it, or not even that."""
    with path.with_name("device.db").open("r+b") as out:
        out.seek(chance.choice((18, 19)))
        out.write(bytes([chance.choice((3, 0xFF))]))


_WAYS: tuple[Callable[[random.Random, Path], None], ...] = (
    _some_bytes,
    _some_bytes,
    _a_page,
    _a_page,
    _two_pages_swapped,
    _the_end,
    _everything,
    _a_foreign_journal,
    _the_header,
    _the_version_of_the_outbox,
)
