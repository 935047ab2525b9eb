"""Carries over what can still be read of a damaged `device.db`: unsent work is in it, and nobody else has it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sync.client.device_schema import TABLES

_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
_FURTHEST = 10_000
"""How many rows behind the last readable one are looked for one by one, where a table's end cannot be found."""

_FIXED = {0: b"SQLite format 3\0", 21: b"\x40\x20\x20"}
"""What the header of every SQLite file has, by where it is: one wrong byte there, and SQLite reads none of the file."""
_VERSIONS = 18
"""Where it says by which versions of the format it is written and read: 2 with a journal of the WAL kind, 1 without."""

Values = tuple[object, ...]


def salvage(damaged: Path, fresh: sqlite3.Connection) -> int:
    """Copy every row that can still be read into the empty tables of `fresh`; return how many. The caller commits."""
    carried = 0
    with _readable(damaged) as path, closing(sqlite3.connect(path)) as old:
        for table in TABLES:
            had = {row[1] for row in _until_damage(old, f"PRAGMA table_info({table})")}
            columns = [row[1] for row in fresh.execute(f"PRAGMA table_info({table})") if not had or row[1] in had]
            numbered = table == "outbox"  # the order in which commands were given is that of its row numbers
            names = ", ".join(["rowid", *columns] if numbered else columns)
            marks = ", ".join("?" * (len(columns) + numbered))
            insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names from our own schema
            for row in _rows(old, f"SELECT {names} FROM {table}", numbered):  # noqa: S608  # nosec B608
                with suppress(sqlite3.Error):  # a row of nonsense
                    carried += fresh.execute(insert, row).rowcount
    # numbers that were given must not be given again
    last = fresh.execute("SELECT max(seq) FROM outbox").fetchone()[0]
    if last is not None:
        fresh.execute(
            "INSERT INTO meta VALUES ('last_seq', ?1) ON CONFLICT DO UPDATE SET value = ?1"
            " WHERE CAST(value AS INTEGER) < ?1",
            (str(last),),
        )
    return carried


@contextmanager
def _readable(damaged: Path) -> Iterator[Path]:
    """Give the file itself, or a copy with the header that every such file has, where its own is another."""
    with damaged.open("rb") as file:
        found = file.read(100)
    journal = Path(f"{damaged}-wal")
    version = 2 if journal.exists() else 1
    mended = bytearray(found)
    for at, right in {**_FIXED, _VERSIONS: bytes((version, version))}.items():
        mended[at : at + len(right)] = right
    if mended == found or len(found) < 100:
        yield damaged
        return
    copy = damaged.with_name(f"{damaged.name}.mended")
    remove(copy)
    try:
        shutil.copyfile(damaged, copy)
        with copy.open("r+b") as file:
            file.write(mended)
        copy.chmod(0o600)
        if journal.exists():
            shutil.copyfile(journal, f"{copy}-wal")
        yield copy
    finally:
        remove(copy)


def remove(path: Path) -> None:
    """Delete a database file and what lies beside it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _rows(old: sqlite3.Connection, select: str, numbered: bool) -> Iterator[Values]:
    """Yield the rows before the damage, those after it, and those in between that can be reached one by one."""
    if not numbered:
        yield from _until_damage(old, select)
        return
    first = last = 0
    try:
        for row in old.execute(f"{select} ORDER BY rowid"):
            first = int(row[0])
            yield row
    except _UNREADABLE:
        pass
    else:
        return  # the end was reached, so no page on the way to any row is damaged
    behind = list(_until_damage(old, f"{select} WHERE rowid > {first} ORDER BY rowid DESC"))
    last = int(behind[-1][0]) if behind else first + _FURTHEST  # type: ignore[call-overload]
    for number in range(first + 1, last):
        yield from _until_damage(old, f"{select} WHERE rowid = {number}")
    yield from reversed(behind)


def _until_damage(old: sqlite3.Connection, select: str) -> Iterator[Values]:
    try:
        yield from old.execute(select)
    except _UNREADABLE:
        return
