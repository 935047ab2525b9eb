"""Starts the demo as a newcomer does, in processes of its own, and reads what the outside world saw."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx


def free_ports() -> int:
    """Return a port such that it and the two after it are free on the loopback address."""
    for first in range(18550, 19500, 10):
        sockets = []
        try:
            for port in range(first, first + 3):
                one = socket.socket()
                sockets.append(one)
                one.bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return first
        finally:
            for one in sockets:
                one.close()
    raise RuntimeError("no three free ports in a row between 18550 and 19500")


@dataclass
class Demo:
    """A running demo: tablet on `port`, the outside world on the next, the server on the one after."""

    port: int
    data: Path
    process: subprocess.Popen[str]
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

    def code_png(self, member: str) -> bytes:
        return httpx.get(f"{self.world}/phone/{member}/code.png").raise_for_status().content

    def code(self, member: str) -> str:
        return httpx.get(f"{self.world}/phone/{member}/code.txt").raise_for_status().text.strip()

    def inbox(self, member: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = httpx.get(f"{self.world}/phone/{member}/inbox.json").raise_for_status().json()
        return answer

    def reply(self, member: str, channel: str, text: str) -> None:
        httpx.post(f"{self.world}/phone/{member}/reply", json={"channel": channel, "text": text}).raise_for_status()

    def network(self, *, up: bool) -> None:
        httpx.post(f"{self.world}/demo/network", json={"up": up}).raise_for_status()

    def clock(self, **change: Any) -> None:
        httpx.post(f"{self.world}/demo/clock", json=change).raise_for_status()

    def people(self) -> list[dict[str, Any]]:
        """The customers worth trying, as the phone list shows them."""
        listed: list[dict[str, Any]] = json.loads((self.data / "retailer" / "phones.json").read_text())
        return listed

    def stop(self) -> int:
        """Press Ctrl-C and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def start(data: Path, *, port: int | None = None, timeout: float = 300) -> Demo:
    """Run `clienteling demo` and return once it has printed `ready`; raise with what it said if it does not."""
    chosen = port or free_ports()
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
