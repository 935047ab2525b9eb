"""A really running server with the ingest routes, on a free port of this machine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from sync.clock import Clock
from sync.connectors import registry
from sync.errors import ClientelingError
from sync.ports import Ingest
from sync.server.ingest_routes import router
from sync.settings import ServerSettings

WRITE_KEY = "write-key-of-the-web-shop"


def app(ingest: Ingest, clock: Clock) -> FastAPI:
    """Return an app with the routes of every connector and the house's answer to errors."""
    made = FastAPI()
    settings = ServerSettings.model_validate({"segment_write_key": WRITE_KEY})
    made.include_router(router(registry(settings, clock), ingest))

    @made.exception_handler(ClientelingError)
    async def refuse(_request: Request, error: ClientelingError) -> JSONResponse:
        return JSONResponse(error.as_dict(), status_code=error.status)

    return made


@contextmanager
def running(made: FastAPI) -> Iterator[str]:
    """Serve the app until the end of the block; give its address."""
    server = uvicorn.Server(uvicorn.Config(made, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it answered"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
