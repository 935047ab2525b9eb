"""The demo: a sample retailer, a server, a tablet and the outside world on one machine, started and stopped together."""

import asyncio
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sync.clock import Clock, system_clock
from sync.errors import BadSetting
from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.control import ServerSwitch
from sync.sandbox.demo_ports import settle_ports
from sync.sandbox.demo_words import WORDS, terminal_language
from sync.sandbox.fcm_account import write_account
from sync.sandbox.supervisor import Supervisor, is_of_today
from sync.sandbox.teller import Teller


def run_demo(
    port: int = 8550,
    data: Path = Path("data/demo"),
    host: str = "127.0.0.1",
    seed: int = 7,
    language: str | None = None,
    *,
    clock: Clock = system_clock,
) -> int:
    """Run the demo until Ctrl-C or SIGTERM and return the exit status: 0, or 1 where one of its processes died.

    The tablet answers on `port`, the outside world on the next and the server on the one after. `language` (ja, en) is
    that of the terminal; None follows the environment. Raise BadSetting for a port that is taken or a folder that is
    not the demo's, Unavailable where something does not come up.
    """
    words = WORDS[language if language in WORDS else terminal_language(os.environ)]
    teller = Teller(words, sys.stdout, time.monotonic)
    folders = Folders(data)
    with _alone(folders):
        before = _config_before(folders, seed)
        config = _with_ports(before, folders, host, port)
        if not is_of_today(before, clock, seed):
            config = _afresh(config, folders, seed, teller)
        config.write(folders.config)
        write_account(folders.fcm_account, config.fcm_key, config.world_url)
        supervisor = Supervisor(config, folders, os.environ, teller, clock)
        return asyncio.run(_run(supervisor, teller, data))


@contextmanager
def _alone(folders: Folders) -> Iterator[None]:
    """Hold the data folder; raise BadSetting where another demo does."""
    folders.data.mkdir(parents=True, exist_ok=True)
    with (folders.data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadSetting(
                f"Another demo is running on {folders.data}. Stop it, or choose another folder: make demo DATA=..."
            ) from error
        yield


def _config_before(folders: Folders, seed: int) -> DemoConfig:
    """Return the config of the last start, or a new one; raise BadSetting for a folder that somebody else filled."""
    if folders.config.exists():
        return DemoConfig.read(folders.config)
    if strange := [path.name for path in folders.made() if path.exists()]:
        raise BadSetting(
            f"{folders.data} holds {', '.join(strange)} but was not made by the demo. "
            "Choose another folder: make demo DATA=..."
        )
    return DemoConfig(seed=seed)


def _afresh(config: DemoConfig, folders: Folders, seed: int, teller: Teller) -> DemoConfig:
    """Empty the demo's own folders and return a config without a retailer, on the ports already settled."""
    if config.loaded:
        teller.say("remade")
    for path in folders.made():
        shutil.rmtree(path, ignore_errors=True)
    ports = {name: getattr(config, name) for name in DemoConfig.model_fields if name.endswith("_port")}
    return DemoConfig(seed=seed, host=config.host, **ports)


def _with_ports(config: DemoConfig, folders: Folders, host: str, port: int) -> DemoConfig:
    try:
        return settle_ports(config, host, port)
    except BadSetting as error:
        if left := _left_behind(folders):
            pids = " ".join(map(str, left))
            raise BadSetting(
                f"{error}\nAn earlier demo on {folders.data} left processes behind: kill {pids}"
            ) from error
        raise


def _left_behind(folders: Folders) -> list[int]:
    """Return processes of an earlier demo that was killed itself and could not stop them."""
    alive = []
    for pid in ServerSwitch(folders.control).state().get("pids", {}).values():
        with suppress(OSError, TypeError):
            os.kill(pid, 0)
            alive.append(pid)
    return alive


async def _run(supervisor: Supervisor, teller: Teller, data: Path) -> int:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    asked: list[int] = []

    def stop(number: int) -> None:
        """The first Ctrl-C stops everything in order, a second one ends it at once."""
        asked.append(number)
        supervisor.kill() if len(asked) > 1 else task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    status = 1
    try:
        await supervisor.start()
        _follow_enter(loop, supervisor)
        await supervisor.follow()
    except asyncio.CancelledError:
        task.uncancel()
        status = 0
        teller.say("stopping")
    finally:
        await supervisor.stop()
    if status == 0:
        teller.say("stopped", data=data)
    return status


def _follow_enter(loop: asyncio.AbstractEventLoop, supervisor: Supervisor) -> None:
    """Let Enter start a stopped server again, where there is a keyboard."""
    if not sys.stdin.isatty():
        return

    def pressed() -> None:
        if sys.stdin.readline():
            supervisor.start_server_again()
        else:
            loop.remove_reader(sys.stdin)

    loop.add_reader(sys.stdin, pressed)
