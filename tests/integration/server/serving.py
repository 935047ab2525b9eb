"""A real server on a port of its own, in a thread of the test."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from sync.server.core import Core
from sync.server.http import web_app

PATIENCE = 60.0
"""Seconds after which a test gives up waiting."""


@contextmanager
def serving(core: Core) -> Iterator[str]:
    """Serve a core with its live channel running; give its address."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with core.running():
            yield

    app = web_app(core, lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not (server.started and server.servers):
            thread.join(0.02)
            assert thread.is_alive()
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
