"""Rocicorp Zero: `zero-cache` over a PostgreSQL, and its client in Node with its in-memory store.

The client keeps nothing on a disk here, which is in its favour. Records are not sealed.
"""

import re
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from tests.bench.sync import workload
from tests.bench.sync.peers.base import (
    HERE,
    Peer,
    PeerFailed,
    Processes,
    changed_file,
    free_port,
    node_env,
    node_packages,
    node_version,
    start_driver,
    wait_for_port,
)
from tests.bench.sync.peers.postgres import logical_postgres

_W3_RECORDS = 1_000
"""Rows that the client holds while single ones change."""
_SYNCED = re.compile(r"Synced .* total: ([\d.,]+) ms")
"""How `zero-cache` words in its log that its replica is complete."""
_TABLE = "CREATE TABLE customer (id text PRIMARY KEY, kana text NOT NULL, payload text NOT NULL)"


class _Cache(NamedTuple):
    url: str
    processes: Processes


class Zero(Peer):
    name = "zero"
    version = ""
    workloads = frozenset({"W1", "W1b", "W2", "W3"})

    def install(self, cache_dir: Path) -> str | None:
        self._folder, self._env = cache_dir / "zero", node_env(cache_dir)
        failed = node_packages(cache_dir, self._folder, "@rocicorp/zero")
        self.version = "" if failed else node_version(self._folder, "@rocicorp/zero")
        return failed

    def open(self, work_dir: Path) -> None:
        self._work, self._processes, self._stack, self._change = work_dir, Processes(), ExitStack(), 0
        self._caches: dict[int, _Cache] = {}
        self._stack.callback(self._processes.close)
        self._postgres = self._stack.enter_context(logical_postgres())
        self._admin = self._stack.enter_context(psycopg.connect(f"{self._postgres}/postgres", autocommit=True))
        self._query_port = free_port()
        client = ["node", str(HERE / "clients" / "zero_client.mjs"), str(self._folder), str(self._query_port)]
        self._client = start_driver(self._processes, client, work_dir / "client.log", self._env)

    def close(self) -> None:
        for cache in self._caches.values():
            cache.processes.close()
        self._stack.close()

    def snapshot(self, records: int) -> float:
        return float(self._client.ask("snapshot", url=self._cache(records).url, **_checks(records)))

    def snapshot_cold(self, records: int) -> float:
        """Add what `zero-cache` says its initial sync took to what the client then takes.

        The start of its processes is left out: it is no part of building a snapshot.
        """
        name = f"cold{self._next()}"
        self._fill(name, records)
        cache = self._start(name)
        try:
            seconds = float(self._client.ask("snapshot", url=cache.url, **_checks(records)))
            synced = _SYNCED.search((self._work / name / "server.log").read_text(errors="replace"))
            if synced is None:
                raise PeerFailed("it did not say how long its initial sync took")
            return float(synced[1].replace(",", "")) / 1000 + seconds
        finally:
            cache.processes.close()

    def catch_up(self, records: int, changed: int) -> float:
        """Time from the commit until the client shows every change; it is connected, which is in its favour."""
        change = self._next()
        self._client.ask("follow", url=self._cache(records).url, **_checks(records))
        self._client.ask("expect", path=str(changed_file(self._work, records, changed, change)))
        rows = workload.changed(records, changed, change=change)
        with psycopg.connect(self._database(records)) as conn:
            self._put(conn, rows)
            conn.commit()
            committed = time.time()
        seen = float(self._client.ask("wait"))
        self._client.ask("unfollow")
        return seen - committed

    def one_row(self, rounds: int) -> Sequence[float]:
        self._client.ask("follow", url=self._cache(_W3_RECORDS).url, **_checks(_W3_RECORDS))
        found = []
        with psycopg.connect(self._database(_W3_RECORDS), autocommit=True) as conn:
            for number in range(rounds):
                one = workload.customer(number % _W3_RECORDS, change=self._next())
                self._client.ask("expect_one", id=one["id"], payload=workload.encode(one))
                start = time.time()
                self._put(conn, [one])
                found.append(float(self._client.ask("wait")) - start)
        self._client.ask("unfollow")
        return found

    def _next(self) -> int:
        self._change += 1
        return self._change

    def _database(self, records: int) -> str:
        return f"{self._postgres}/warm{records}"

    def _cache(self, records: int) -> _Cache:
        """Return a `zero-cache` that has replicated a database of just so many rows."""
        if records not in self._caches:
            self._fill(f"warm{records}", records)
            self._caches[records] = self._start(f"warm{records}")
        return self._caches[records]

    def _fill(self, name: str, records: int) -> None:
        self._admin.execute(f"CREATE DATABASE {name}")
        with psycopg.connect(f"{self._postgres}/{name}") as conn:
            conn.execute(_TABLE)
            with conn.cursor().copy("COPY customer FROM STDIN") as copy:
                for one in workload.customers(records):
                    copy.write_row((one["id"], one["family_kana"], workload.encode(one)))
            conn.execute("ANALYZE customer")

    def _put(self, conn: "psycopg.Connection[Any]", rows: Iterable[workload.Wire]) -> None:
        changes = [(workload.encode(one), one["id"]) for one in rows]
        conn.cursor().executemany("UPDATE customer SET payload = %s WHERE id = %s", changes)

    def _start(self, name: str) -> _Cache:
        folder, port = self._work / name, free_port()
        folder.mkdir(parents=True)
        settings = {
            "ZERO_UPSTREAM_DB": f"{self._postgres}/{name}",
            "ZERO_REPLICA_FILE": str(folder / "replica.db"),
            "ZERO_APP_ID": name,
            "ZERO_PORT": str(port),
            "ZERO_QUERY_URL": f"http://127.0.0.1:{self._query_port}/query",
            "ZERO_ADMIN_PASSWORD": "bench",
            "ZERO_ENABLE_TELEMETRY": "false",
            "ZERO_LOG_LEVEL": "info",
            "ZERO_CHANGE_STREAMER_STARTUP_DELAY_MS": "0",
            "DO_NOT_TRACK": "1",
        }
        processes, log = Processes(), folder / "server.log"
        tool = str(self._folder / "node_modules" / ".bin" / "zero-cache")
        process = processes.start([tool], log, self._env | settings, cwd=folder)
        self._stack.callback(processes.close)
        wait_for_port(port, process, log)
        return _Cache(f"http://127.0.0.1:{port}", processes)


def _checks(records: int) -> dict[str, Any]:
    last = workload.customer(records - 1)
    return {"records": records, "someone": last["id"], "prefix": last["family_kana"][:2]}
