"""An outside world served for real, on free ports of this machine."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.demo_ports import settle_ports
from sync.sandbox.world import World, build_world, world_app
from tests.ports import free_ports
from tests.unit.sandbox.outside import write_retailer


class Served:
    """A running world and a client to talk to it."""

    def __init__(self, data: Path) -> None:
        write_retailer(data / "retailer")
        self.config = settle_ports(DemoConfig(), "127.0.0.1", free_ports(3))
        self.config.write(Folders(data).config)
        self.world: World
        self.data = data
        self.http = httpx.Client(base_url=self.config.world_url, trust_env=False, timeout=60)
        self._loop: asyncio.AbstractEventLoop
        self._server: uvicorn.Server
        self._thread: threading.Thread

    def start(self) -> None:
        begun = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self.world = build_world(self.config, self.data)
            settings = uvicorn.Config(
                world_app(self.world), host=self.config.host, port=self.config.world_port, log_level="error"
            )
            settings.timeout_graceful_shutdown = 1
            self._server = uvicorn.Server(settings)
            begun.set()
            await self._server.serve()

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        assert begun.wait(60)
        end = time.monotonic() + 60
        while not self._server.started:
            assert self._thread.is_alive()
            assert time.monotonic() < end
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(60)
        assert not self._thread.is_alive()

    def do(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run something on the world's own loop."""

        async def run() -> None:
            await work()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(tmp_path)
    made.start()
    yield made
    made.stop()
    made.http.close()
