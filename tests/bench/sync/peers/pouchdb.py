"""PouchDB over LevelDB in Node against an express-pouchdb server.

A client has what ours has once it also holds an index over the reading (`pouchdb-find`), so building that is part of a
snapshot. Records are not sealed.
"""

from pathlib import Path

from tests.bench.sync import workload
from tests.bench.sync.peers.base import (
    HERE,
    Peer,
    Processes,
    changed_file,
    free_port,
    node_env,
    node_packages,
    node_version,
    records_file,
    start_driver,
    wait_for_port,
)

_PACKAGES = ("pouchdb", "express-pouchdb", "express@4", "pouchdb-find")
# express-pouchdb sets `request.query`, which Express 5 does not let it


class PouchDb(Peer):
    name = "pouchdb"
    version = ""
    workloads = frozenset({"W1", "W2"})

    def install(self, cache_dir: Path) -> str | None:
        self._folder, self._env = cache_dir / "pouchdb", node_env(cache_dir)
        failed = node_packages(cache_dir, self._folder, *_PACKAGES)
        self.version = "" if failed else node_version(self._folder, "pouchdb")
        return failed

    def open(self, work_dir: Path) -> None:
        self._work, self._processes, self._change = work_dir, Processes(), 0
        self._loaded: set[int] = set()
        port, log, clients = free_port(), work_dir / "server.log", HERE / "clients"
        node, packages = ["node", str(clients / "pouchdb_server.mjs")], str(self._folder)
        server = self._processes.start([*node, packages, str(work_dir / "server"), str(port)], log, self._env)
        wait_for_port(port, server, log)
        command = ["node", str(clients / "pouchdb_client.mjs"), packages, str(work_dir), f"http://127.0.0.1:{port}"]
        self._client = start_driver(self._processes, command, work_dir / "client.log", self._env)

    def close(self) -> None:
        self._processes.close()

    def snapshot(self, records: int) -> float:
        name, last = self._load(records), workload.customer(records - 1)
        prefix = last["family_kana"][:2]
        return float(self._client.ask("snapshot", name=name, records=records, someone=last["id"], prefix=prefix))

    def catch_up(self, records: int, changed: int) -> float:
        self._change += 1
        path = changed_file(self._work, records, changed, self._change)
        return float(self._client.ask("catch_up", name=self._load(records), path=str(path)))

    def _load(self, records: int) -> str:
        name = f"customers{records}"
        if records not in self._loaded:
            self._client.ask("load", path=str(records_file(self._work, records)), name=name)
            self._loaded.add(records)
        return name
