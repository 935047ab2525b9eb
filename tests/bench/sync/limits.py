"""L1: what no sync can beat. The same file fetched, unpacked, made durable and opened, by nothing but the libraries."""

import http.client
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import zstandard

from tests.bench.sync.peers.base import Processes, free_port, wait_for_port

_BLOCK = 1 << 20


def fetch_and_open(url: str, folder: Path, headers: Mapping[str, str] | None = None) -> float:
    """L1: GET a zstd-packed SQLite file at a http URL, unpack it, fsync and open it. Return seconds.

    Raises OSError where the server does not answer 200.
    """
    target = folder / "limit.db"
    target.unlink(missing_ok=True)
    parts = urlsplit(url)
    start = time.perf_counter()
    with closing(http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port)) as conn:
        conn.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=dict(headers or {}))
        answer = conn.getresponse()
        if answer.status != http.client.OK:
            raise OSError(f"{url} answered {answer.status}")
        with target.open("wb") as out:
            zstandard.ZstdDecompressor().copy_stream(answer, out, read_size=_BLOCK, write_size=_BLOCK)
            out.flush()
            os.fsync(out.fileno())
    with closing(sqlite3.connect(target)) as opened:
        opened.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return time.perf_counter() - start


@contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """Serve a folder by the standard library's own server, in a process of its own; yield its address."""
    processes, port = Processes(), free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    try:
        process = processes.start(command, log, os.environ, stdout=subprocess.DEVNULL)
        wait_for_port(port, process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        processes.close()
