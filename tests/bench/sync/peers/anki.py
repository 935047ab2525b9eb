"""Anki: its sync server and its Python client, both of the package `anki`. The server keeps SQLite; notes are not sealed."""

import os
from pathlib import Path

from tests.bench.sync import workload
from tests.bench.sync.peers.base import (
    Driver,
    Peer,
    Processes,
    changed_file,
    free_port,
    python_version,
    records_file,
    start_driver,
    virtualenv,
    wait_for_port,
)

_BIGGEST_MEGABYTES = "4000"
"""The server refuses larger uploads; its default of 100 is too small for the workload."""


class Anki(Peer):
    name = "anki"
    version = ""
    workloads = frozenset({"W1", "W2", "W5"})

    def install(self, cache_dir: Path) -> str | None:
        self._folder = cache_dir / "anki"
        failed = virtualenv(self._folder, "anki")
        self.version = "" if failed else python_version(self._folder, "anki")
        return failed

    def open(self, work_dir: Path) -> None:
        self._work, self._processes, self._loaded, self._change, self._pushed = work_dir, Processes(), 0, 0, 0
        python, port, log = str(self._folder / "bin" / "python"), free_port(), work_dir / "server.log"
        server = {
            "SYNC_USER1": "bench:bench",
            "SYNC_HOST": "127.0.0.1",
            "SYNC_PORT": str(port),
            "SYNC_BASE": str(work_dir / "server"),
            "MAX_SYNC_PAYLOAD_MEGS": _BIGGEST_MEGABYTES,
        }
        env = os.environ | {"PYTHONPATH": str(Path.cwd())}
        process = self._processes.start([python, "-m", "anki.syncserver"], log, env | server)
        wait_for_port(port, process, log)
        command = [
            python,
            "-m",
            "tests.bench.sync.peers.clients.anki_client",
            str(work_dir),
            f"http://127.0.0.1:{port}/",
        ]
        self._client: Driver = start_driver(self._processes, command, work_dir / "client.log", env)

    def close(self) -> None:
        self._processes.close()

    def snapshot(self, records: int) -> float:
        self._load(records)
        last = workload.customer(records - 1)
        return float(self._client.ask("snapshot", records=records, someone=last["id"], prefix=last["family_kana"][:2]))

    def catch_up(self, records: int, changed: int) -> float:
        self._load(records)
        self._change += 1
        path = changed_file(self._work, records, changed, self._change)
        return float(self._client.ask("catch_up", path=str(path)))

    def push(self, commands: int, batch: int) -> float:
        self._loaded = self._loaded or self._load(1000)
        self._pushed += 1
        path = self._work / f"pushed-{self._pushed}.jsonl"
        workload.write_lines(path, workload.customers(commands, seed=workload.SEED + self._pushed))
        self._loaded = 0  # the server holds more than the workload now
        return float(self._client.ask("push", path=str(path), batch=batch))

    def _load(self, records: int) -> int:
        if self._loaded != records:
            self._client.ask("load", path=str(records_file(self._work, records)))
            self._loaded = records
        return records
