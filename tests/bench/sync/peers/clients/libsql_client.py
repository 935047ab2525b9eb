"""An embedded replica of libSQL: the server's pages come over as they are, indexes included."""

import shutil
import sys
import time
from pathlib import Path
from typing import Any

import libsql_experimental as libsql

from tests.bench.sync.peers.clients.lines import records_of, serve, sure

FOLDER, URL = Path(sys.argv[1]), sys.argv[2]


class Device:
    """One file that follows the server."""

    def __init__(self, name: str) -> None:
        folder = FOLDER / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.conn = libsql.connect(str(folder / "replica.db"), sync_url=URL, auth_token="")

    def value(self, sql: str, *parameters: Any) -> Any:
        row = self.conn.execute(sql, parameters).fetchone()
        return row and row[0]


def snapshot(records: int, someone: str, prefix: str) -> float:
    device = Device("fresh")
    start = time.perf_counter()
    device.conn.sync()
    sure("rows", device.value("SELECT count(*) FROM customer"), records)
    sure("look-up", device.value("SELECT id FROM customer WHERE id = ?", someone), someone)
    found = device.value("SELECT id FROM customer WHERE kana >= ? AND kana < ? LIMIT 1", prefix, prefix + "\uffff")
    sure("search", bool(found), True)
    seconds = time.perf_counter() - start
    device.conn.close()
    return seconds


READERS: list[Device] = []


def follow() -> None:
    """Take everything in, to be ready for a catch-up."""
    READERS.append(Device("reader"))
    READERS[-1].conn.sync()


def catch_up(path: str) -> float:
    changed = records_of(path)
    reader = READERS.pop()
    start = time.perf_counter()
    reader.conn.sync()
    last = reader.value("SELECT payload FROM customer WHERE id = ?", changed[-1]["id"])
    sure("changed row", last, changed[-1]["payload"])
    seconds = time.perf_counter() - start
    look = "SELECT payload FROM customer WHERE id = ?"
    sure("rows that did not change", sum(reader.value(look, one["id"]) != one["payload"] for one in changed), 0)
    reader.conn.close()
    return seconds


if __name__ == "__main__":
    serve({"snapshot": snapshot, "follow": follow, "catch_up": catch_up})
