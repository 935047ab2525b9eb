"""The demo's supervisor with a real outside world, and stand-ins for server and tablet."""

import asyncio
import io
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from sync.errors import Unavailable
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.control import ServerSwitch
from sync.sandbox.demo_ports import settle_ports
from sync.sandbox.demo_words import WORDS
from sync.sandbox.supervisor import Supervisor
from sync.sandbox.teller import Teller
from tests.ports import free_ports
from tests.unit.sandbox.outside import write_retailer

CLI = (sys.executable, str(Path(__file__).with_name("fake_cli.py")))


class Demo:
    """A supervisor over a data folder that was loaded before, or over an empty one."""

    def __init__(self, data: Path, *, loaded: bool = True) -> None:
        if loaded:
            write_retailer(data / "retailer")
        self.folders, self.out = Folders(data), io.StringIO()
        fresh = DemoConfig(loaded=loaded, enrolled=loaded)
        self.config = settle_ports(fresh, "127.0.0.1", free_ports(3))
        self.config.write(self.folders.config)
        self.switch = ServerSwitch(self.folders.control)
        teller = Teller(WORDS["en"], self.out, time.monotonic)
        self.supervisor = Supervisor(self.config, self.folders, os.environ, teller, lambda: datetime.now(UTC), CLI)

    def run(self, act: Callable[["Demo"], Awaitable[None]]) -> None:
        """Start, do something while the supervisor follows, stop."""

        async def whole() -> None:
            try:
                await self.supervisor.start()
                await act(self)
            finally:
                await self.supervisor.stop()

        asyncio.run(asyncio.wait_for(whole(), 120))

    async def until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + 90
        while not done():
            assert time.monotonic() < end, self.out.getvalue()
            await asyncio.sleep(0.05)

    def state(self, name: str) -> object:
        return self.switch.state().get(name)

    def pid(self, name: str) -> int:
        return int(self.switch.state()["pids"][name])


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(tmp_path)


def test_starts_says_ready_and_leaves_nothing_running(demo: Demo) -> None:
    """All three answer, addresses and `ready` are printed, and after the stop no process is left."""
    pids: list[int] = []

    async def look(running: Demo) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            for url in (running.config.tablet_url, running.config.world_url, f"{running.config.relay_url}/readyz"):
                assert (await http.get(url)).status_code == 200
        pids.extend(running.pid(name) for name in ("world", "server", "tablet"))

    demo.run(look)
    assert demo.out.getvalue().endswith("\nready\n")
    assert demo.config.tablet_url in demo.out.getvalue()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_empty_folder_is_filled_before_the_tablet_joins(tmp_path: Path) -> None:
    """The server comes up during the import and the tablet during the events, which it sees the end of only."""
    demo = Demo(tmp_path, loaded=False)

    async def look(running: Demo) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.get(f"{running.config.world_url}/demo/network")).json()["up"] is True

    demo.run(look)
    journal = (tmp_path / "journal").read_text().splitlines()
    assert journal[:3] == ["import begins", "server", "import ends"]
    assert journal[-1] == "tablet joined"
    assert journal.count("events") > 20
    assert journal.count("tablet") == 1
    assert demo.out.getvalue().endswith("\nready\n")
    kept = DemoConfig.read(demo.folders.config)
    assert kept.loaded
    assert kept.enrolled


def test_server_stops_and_starts_by_the_control_page(demo: Demo) -> None:
    """POST /demo/server is followed: stopped, the others run on; started again, it answers on the same port."""

    async def switch(running: Demo) -> None:
        following = asyncio.create_task(running.supervisor.follow())
        async with httpx.AsyncClient(trust_env=False, base_url=running.config.world_url) as http:
            await http.post("/demo/server", json={"run": False})
            await running.until(lambda: running.state("running") is False)
            assert (await http.get("/phone/100001/inbox.json")).status_code == 200
            await http.post("/demo/server", json={"run": True})
            await running.until(lambda: "The server is running" in running.out.getvalue())
            assert (await http.get(f"{running.config.server_url}/readyz")).status_code == 200
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    demo.run(switch)


def test_server_that_dies_is_told_and_can_be_started(demo: Demo) -> None:
    """Killed from outside, it is not started behind one's back; the message says how to."""

    async def kill(running: Demo) -> None:
        following = asyncio.create_task(running.supervisor.follow())
        os.kill(running.pid("server"), signal.SIGKILL)
        await running.until(lambda: "The server has stopped (-9)" in running.out.getvalue())
        assert running.config.world_url in running.out.getvalue().splitlines()[-1]
        assert running.switch.wanted()[0] is False
        running.supervisor.start_server_again()
        await running.until(lambda: running.state("running") is True)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    demo.run(kill)


def test_death_of_the_tablet_ends_the_demo(demo: Demo) -> None:
    """Without its tablet there is no demo: which process died, how, and where its log is are said."""

    async def kill(running: Demo) -> None:
        os.kill(running.pid("tablet"), signal.SIGKILL)
        assert await running.supervisor.follow() == "tablet"

    demo.run(kill)
    assert "tablet has stopped (-9)" in demo.out.getvalue()
    assert "tablet.log" in demo.out.getvalue()


def test_server_that_does_not_come_up_shows_its_own_words(demo: Demo) -> None:
    """The error names the process, its status, its log and the log's last lines; what ran is stopped."""
    demo.folders.server.mkdir(parents=True)
    (demo.folders.server / "broken").touch()

    async def nothing(_running: Demo) -> None:
        """Never reached."""

    with pytest.raises(Unavailable, match=r"(?s)server ended with status 1.*server\.log.*the database is broken"):
        demo.run(nothing)
    assert demo.switch.state()["pids"] == {}
