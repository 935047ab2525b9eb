"""A damaged `device.db`: whatever can still be read of it goes on, in its order, whenever the program dies meanwhile."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from sync.client import Client
from sync.client.outbox import Outbox
from sync.model.commands import AnyCommand, LogInteraction
from tests.unit.client.build import World, note

PAGE = 4096


class Killed(BaseException):
    """The program died here."""


def _leaves(file: Path) -> list[int]:
    """Return the numbers, from 0, of the leaf pages that commands are on."""
    content = file.read_bytes()
    pages = [content[start : start + PAGE] for start in range(0, len(content), PAGE)]
    return [number for number, page in enumerate(pages) if page[0] == 13 and b"log_interaction" in page]


def _worked(world: World, notes: int) -> Path:
    """Let somebody take notes offline, and return the closed `device.db`."""
    world.server.down = True
    for number in range(notes):
        world.client.submit(note(number, "メモ"), "staff-1")
    world.client.close()
    return world.folder / "data" / "device.db"


def _notes(commands: Iterable[AnyCommand]) -> list[str]:
    return [one.interaction_id for one in commands if isinstance(one, LogInteraction)]


def _spoil(file: Path, page: int) -> None:
    with file.open("r+b") as out:
        out.seek(page * PAGE)
        out.write(b"\xff" * PAGE)


def test_rows_behind_the_damage_survive_in_their_order(synced: World) -> None:
    """One page in the middle costs the commands on it, and no others."""
    file = _worked(synced, 300)
    leaves = _leaves(file)
    _spoil(file, leaves[len(leaves) // 2])
    synced.reopen()
    kept = _notes(one.command for one in Outbox(synced.client._device).unsettled())
    assert "note-0" in kept
    assert "note-299" in kept
    assert 270 <= len(kept) < 300
    assert kept == sorted(kept, key=lambda name: int(name.removeprefix("note-")))


@pytest.mark.parametrize("dies_at", range(1, 7))
def test_dying_over_the_salvage_loses_nothing(synced: World, dies_at: int) -> None:
    """Wherever the program dies while it carries rows over, the next start finds the same unsent work."""
    file = _worked(synced, 300)
    _spoil(file, _leaves(file)[3])
    passed = []

    def boundary(where: str) -> None:
        passed.append(where)
        if len(passed) == dies_at:
            raise Killed(where)

    with pytest.raises(Killed):
        Client(synced.settings(), synced.clock, api=synced.server, new_id=synced.new_id, boundary=boundary)
    assert "device" in passed[-1]
    synced.client = synced._client()
    assert synced.client.enrolled
    assert synced.client.status().waiting >= 270
    synced.server.down = False
    assert synced.client.sync_once().error is None
    assert len(synced.server.commands) >= 270


@pytest.mark.parametrize("value", [3, 0xFF])
@pytest.mark.parametrize("byte", [(18,), (19,), (18, 19)], ids=["write", "read", "both"])
@pytest.mark.parametrize("killed", [False, True])
def test_a_file_that_may_not_be_written_is_replaced(
    synced: World, byte: tuple[int, ...], value: int, killed: bool
) -> None:
    """A header that says that this SQLite may only read the file, or not even that, costs nothing: what is unsent is
    carried over, and new work can be saved, whether the last process ended well or was killed with a journal beside it."""
    file = _worked(synced, 20)
    if killed:
        _kill_over_another(synced, file)
    with file.open("r+b") as out:
        for each in byte:
            out.seek(each)
            out.write(bytes([value]))
    synced.reopen()
    synced.client.submit(note(99), "staff-1")
    synced.server.down = False
    assert synced.client.sync_once().error is None
    expected = [*(f"note-{number}" for number in range(20)), *(["note-50"] if killed else []), "note-99"]
    assert _notes(one.command for one in synced.server.commands) == expected
    assert [path.name for path in file.parent.glob("device.db.m*")] == []


def _kill_over_another(world: World, file: Path) -> None:
    """Let somebody take one more note in a process that is killed: it is in the journal only."""
    world.reopen()
    world.client.submit(note(50), "staff-1")
    lying = {path: path.read_bytes() for path in (file, Path(f"{file}-wal"))}
    world.client.close()
    for path, content in lying.items():
        path.write_bytes(content)


def test_opening_writes_nothing(synced: World) -> None:
    """Whether the file can be written is found out without writing to it."""
    file = _worked(synced, 3)
    before = file.read_bytes()
    synced.reopen()
    assert Path(f"{file}-wal").stat().st_size == 0
    assert file.read_bytes() == before


def test_numbers_are_not_given_twice_after_a_loss(synced: World) -> None:
    """Where the page that remembers the last number is gone, new commands still come after those that were numbered."""
    synced.server.down = True
    synced.client.submit(note(1), "staff-1")
    synced.client.sync_once()
    synced.client.close()
    file = synced.folder / "data" / "device.db"
    with closing(sqlite3.connect(file)) as plain:
        root = plain.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'").fetchone()[0]
    _spoil(file, root - 1)
    synced.reopen()
    synced.server.down = False
    synced.client.enrol("CODE-CODE")
    synced.client.submit(note(2), "staff-1")
    assert synced.client.sync_once().error is None
    assert _notes(one.command for one in synced.server.commands) == ["note-1", "note-2"]
    assert [one.seq for one in synced.server.commands] == [1, 2]


def test_an_outbox_that_fails_is_no_success(synced: World) -> None:
    """A round that cannot number what waits says so, however often it builds the cache anew."""
    synced.client.submit(note(1), "staff-1")
    synced.client.sync_once()
    synced.client._device.put(last_seq="0")
    synced.client.submit(note(2), "staff-1")
    error = synced.client.sync_once().error
    assert error is not None
    assert error.params == {"reason": "damage"}


def test_a_damaged_file_of_an_older_program_is_carried_over_too(synced: World) -> None:
    """An update that meets a damaged file loses no more than the damage: columns that were not there yet are not asked for."""
    file = _worked(synced, 300)
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("ALTER TABLE outbox DROP COLUMN for_server")
        conn.execute("ALTER TABLE outbox DROP COLUMN handed_over")
        conn.execute("PRAGMA user_version = 3")
        conn.commit()
        conn.execute("VACUUM")
    leaves = _leaves(file)
    _spoil(file, leaves[len(leaves) // 2])
    synced.reopen()
    kept = _notes(one.command for one in Outbox(synced.client._device).unsettled())
    assert 250 <= len(kept) < 300
    assert {"note-0", "note-299"} <= set(kept)
