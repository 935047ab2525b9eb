"""Serves the app: one process, or several over one listening socket, until they are told to stop.

With several processes this one only watches: uvicorn starts each anew that dies, and hands on SIGTERM. Each process has
its own connections to the database and its own live channel; what they share is the socket and the database.
"""

import errno
import functools
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from sync import logs, rubbish
from sync.errors import BadSetting, Unavailable
from sync.policy.playbook import load_playbook
from sync.server.migrate import migrate
from sync.server.observe import metrics_served
from sync.server.setup import clock_of, database_url, open_database
from sync.settings import ServerSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

GRACE_SECONDS = 5
"""How long requests under way may take to end when the server is told to stop."""
SILENT_SECONDS = 60
"""After how long without an answer a process counts as hung. Less would end healthy ones on a machine that is busy."""
_STOP = (signal.SIGTERM, signal.SIGINT)


def run_server(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT; then end requests under way, the worker and the database, in that order.

    Raises BadSetting where settings do not go together, the database cannot be opened or the address cannot be listened
    on, Unavailable where the server does not come up for another reason.
    """
    logs.configure(settings.log_level)
    check_processes(settings)
    with (
        listen(settings.host, settings.port) as listening,
        metrics_served(settings, clock_of(settings)),
        _ending_well(),
    ):
        config = uvicorn.Config(
            functools.partial(_app_of_a_process, settings) if settings.workers > 1 else _app(settings),
            factory=settings.workers > 1,
            workers=settings.workers,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_worker_healthcheck=SILENT_SECONDS,
        )
        if settings.workers > 1:
            _prepare(settings)
            several = Multiprocess(config, sockets=[listening])
            several.run()
            started = all(process.exitcode != STARTUP_FAILURE for process in several.processes)
        else:
            server = uvicorn.Server(config)
            server.run(sockets=[listening])
            started = server.started
    if not started:
        raise Unavailable("The server could not start; the last lines of its log say why.")


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise BadSetting that names the setting which does not allow it."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        name = "CLIENTELING_PORT" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "CLIENTELING_HOST"
        value = port if name == "CLIENTELING_PORT" else host
        why = str(error.strerror).partition(" (")[0]
        raise BadSetting(f"{name} is {value}: {host} port {port} cannot be listened on: {why}.") from error


def check_processes(settings: ServerSettings) -> None:
    """Raise BadSetting for several processes over what is for one."""
    if settings.workers == 1:
        return
    if database_url(settings).startswith("sqlite"):
        raise BadSetting(
            f"CLIENTELING_WORKERS is {settings.workers}: SQLite is for one process; "
            "set CLIENTELING_DATABASE_URL to a PostgreSQL, or CLIENTELING_WORKERS to 1."
        )
    if settings.embedded_worker:
        raise BadSetting(
            f"CLIENTELING_EMBEDDED_WORKER is True: with CLIENTELING_WORKERS at {settings.workers} the worker is a process "
            "of its own; set it to false and run `clienteling worker` beside the server."
        )


def _prepare(settings: ServerSettings) -> None:
    """Read the playbook, and open and migrate the database, before any process is started, so that a mistake is said
    once, and plainly."""
    load_playbook(settings.playbook)
    engine = open_database(settings)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def _app(settings: ServerSettings) -> "FastAPI":
    # Here, since it is the largest part of a start, and a process that only watches others serves nothing.
    from sync.server.app import create_app

    return create_app(settings)


def _app_of_a_process(settings: ServerSettings) -> "FastAPI":
    """Return the app of one of several processes; called in that process."""
    rubbish.look_seldom()
    logs.configure(settings.log_level)
    threading.Thread(target=_end_with_the_watcher, name="watcher", daemon=True).start()
    return _app(settings)


def _end_with_the_watcher() -> None:
    """End this process when the one that watches it was killed: it would keep the port and nobody would restart it."""
    watcher = multiprocessing.parent_process()
    if watcher is not None:
        watcher.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _ending_well() -> Iterator[None]:
    """Let a process that was told to stop end with status 0: uvicorn raises the signal again once it has stopped."""
    before = {name: signal.signal(name, _nothing) for name in _STOP}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _nothing(*_: object) -> None:
    pass
