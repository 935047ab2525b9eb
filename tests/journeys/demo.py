"""Starts the demo as a newcomer does, in processes of its own, and reads what the outside world saw."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.demo_env import server_env
from tests.ports import free_ports

ARRIVES_WITHIN = 60.0
"""Seconds within which a message is on a phone, even on a loaded machine: ten of them are the time to take it back."""


@dataclass
class Demo:
    """A running demo: tablet on `port`, the outside world on the next, the server on the one after."""

    port: int
    data: Path
    process: subprocess.Popen[str] | None
    """None for one that somebody else started."""
    lines: list[str] = field(default_factory=list)

    @property
    def tablet(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def world(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def config(self) -> DemoConfig:
        return DemoConfig.read(Folders(self.data).config)

    def code_png(self, member: str) -> bytes:
        return httpx.get(f"{self.world}/phone/{member}/code.png").raise_for_status().content

    def code(self, member: str) -> str:
        return httpx.get(f"{self.world}/phone/{member}/code.txt").raise_for_status().text.strip()

    def inbox(self, member: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = httpx.get(f"{self.world}/phone/{member}/inbox.json").raise_for_status().json()
        return answer

    def raw_mail(self, member: str, n: int) -> bytes:
        """A mail as it came over the wire; `n` counts from 1, oldest first."""
        return httpx.get(f"{self.world}/phone/{member}/mail/{n}.eml").raise_for_status().content

    def awaits(self, member: str, there: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Look into her inboxes until `there` holds, and return what is in them then."""
        until = time.monotonic() + ARRIVES_WITHIN
        while time.monotonic() < until:
            if there(found := self.inbox(member)):
                return found
            time.sleep(0.3)
        raise AssertionError(f"never arrived on the phone of {member}; it holds {self.inbox(member)}")

    def reply(self, member: str, channel: str, text: str) -> None:
        httpx.post(f"{self.world}/phone/{member}/reply", json={"channel": channel, "text": text}).raise_for_status()

    def network(self, *, up: bool) -> None:
        httpx.post(f"{self.world}/demo/network", json={"up": up}).raise_for_status()

    def clock(self, **change: Any) -> None:
        """Move the clock: `offset_seconds`, `at` or `add_hours`."""
        httpx.post(f"{self.world}/demo/clock", json=change).raise_for_status()

    def later(self, seconds: float) -> None:
        """Let so much of the demo's time pass at once."""
        self.clock(add_hours=seconds / 3600)

    def now(self) -> datetime:
        """The demo's time, in the shop's zone."""
        return datetime.fromisoformat(httpx.get(f"{self.world}/demo/clock").raise_for_status().json()["local"])

    def people(self) -> list[dict[str, Any]]:
        """The customers worth trying, as the phone list shows them."""
        listed: list[dict[str, Any]] = json.loads((self.data / "retailer" / "phones.json").read_text())
        return listed

    def people_of(self, case: str) -> list[dict[str, Any]]:
        """The customers worth trying of one case, e.g. `homonym`."""
        return [one for one in self.people() if one["case"] == case]

    def person(self, case: str) -> dict[str, Any]:
        """The first customer worth trying of a case, e.g. `returning`."""
        return self.people_of(case)[0]

    def enrolment_code(self, shop: str) -> str:
        """A one-time code for another device, made on the command line as head office does."""
        command = [sys.executable, "-m", "clienteling.cli", "admin", "enrol", "--shop", shop]
        environment = server_env(self.config, Folders(self.data), os.environ)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout.strip()

    def stop(self) -> int:
        """Press Ctrl-C and return the exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def running(data: Path) -> Demo:
    """Return a demo that somebody else has started on this folder."""
    return Demo(DemoConfig.read(Folders(data).config).tablet_port, data, None)


def start(data: Path, *, port: int | None = None, timeout: float = 300) -> Demo:
    """Run `clienteling demo` and return once it has printed `ready`; raise with what it said if it does not."""
    chosen = port or free_ports(3)
    command = [sys.executable, "-m", "clienteling.cli", "demo", "--port", str(chosen), "--data", str(data)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    )
    demo = Demo(chosen, data, process)
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            demo.lines.append(line.rstrip("\n"))
            if line.strip() == "ready":
                ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    if not ready.wait(timeout) or process.poll() is not None:
        os.killpg(process.pid, signal.SIGKILL)
        raise RuntimeError("the demo did not become ready; it said:\n" + "\n".join(demo.lines[-40:]))
    return demo
