"""The processes of a run, each startable and killable by name."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

from tests.chaos.processes.postgres import Postgres

FORK = get_context("forkserver")
FORK.set_forkserver_preload(["tests.chaos.processes.tablet"])
"""A tablet is forked from a process that has only imported what a tablet imports: a start costs its own work and no more."""


class Child(Protocol):
    """A process that may be killed and started again."""

    name: str
    kind: str

    def start(self) -> None: ...

    def alive(self) -> bool: ...

    def hurt(self, rng: random.Random) -> str:
        """Kill it, wait until it is gone, and return how it was killed."""

    def kill(self) -> None: ...

    def ended(self) -> int | None:
        """Return the status with which it ended; negative for a signal, None while it runs."""


class Spawned:
    """A program with an environment of its own; what it prints goes to a file."""

    def __init__(self, kind: str, name: str, words: list[str], environment: dict[str, str], log: Path) -> None:
        self.kind, self.name = kind, name
        self._command = [sys.executable, "-m", *words]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
        self._environment = kept | environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def hurt(self, rng: random.Random) -> str:
        self.kill()
        return "killed"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        if self._process is not None and self.alive():
            self._process.terminate()
            self._process.wait(timeout=60)

    def ended(self) -> int | None:
        return self._process.poll() if self._process is not None else None


class Forked:
    """A real process, forked from one that has its imports done."""

    def __init__(
        self, kind: str, name: str, run: Callable[..., None], arguments: Callable[[int], tuple[Any, ...]]
    ) -> None:
        self.kind, self.name = kind, name
        self._run, self._arguments = run, arguments
        self._lives = 0
        self._process: BaseProcess | None = None

    def start(self) -> None:
        self._process = FORK.Process(target=self._run, args=self._arguments(self._lives), daemon=True)
        self._process.start()
        self._lives += 1

    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def hurt(self, rng: random.Random) -> str:
        self.kill()
        return "killed"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(30)

    def ended(self) -> int | None:
        return self._process.exitcode if self._process is not None else None


class Database:
    """The PostgreSQL under all of them."""

    kind = name = "postgresql"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    def start(self) -> None:
        self._postgres.start()

    def alive(self) -> bool:
        return self._postgres.alive()

    def hurt(self, rng: random.Random) -> str:
        return self._postgres.hurt(rng)

    def kill(self) -> None:
        self._postgres.kill()

    def ended(self) -> int | None:
        return None if self.alive() else -signal.SIGKILL
