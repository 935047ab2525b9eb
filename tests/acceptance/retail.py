"""A tiny retailer in files, as a shop would export it, and a server process over it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from sync.server import admin
from sync.settings import ServerSettings, load
from tests.ports import free_port

FILES = {
    "retailer.csv": """number,brand,legal_name,postal_address,contact
7,ELM,株式会社エルム,東京都中央区銀座1-1,info@elm.example.jp
""",
    "shops.csv": """code,name,brand,controller
ginza,銀座本店,ELM,株式会社エルム
web,オンラインショップ,ELM,株式会社エルム
""",
    "staff.csv": """code,family_name,given_name,role,shop_code,pin
S1,高橋,美咲,associate,ginza,246810
""",
    "customers.csv": """member_number,family_name,given_name,home_shop_code
A1001,佐々木,みどり,ginza
A1002,井上,陽子,ginza
""",
}


def export(folder: Path) -> Path:
    """Write the files and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


class ServerProcess:
    """`clienteling server` in a process of its own, on one port and one data folder, started and killed at will."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CLIENTELING_")}
        self.environment |= {"CLIENTELING_DATA": str(data), "CLIENTELING_PORT": str(self.port), **environment}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def run(self, *words: str) -> str:
        """Run another command of the command line over the same data; return what it printed."""
        command = [sys.executable, "-m", "clienteling.cli", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr[-800:]}")
        return done.stdout

    @property
    def settings(self) -> ServerSettings:
        """The settings its process has."""
        prefix = "CLIENTELING_"
        given = {key.removeprefix(prefix).lower(): value for key, value in self.environment.items() if prefix in key}
        return load(ServerSettings, **given)

    def take_in(self, files: Path) -> None:
        """Do what `import` does, for tests of something else: a process for it takes seconds."""
        reports = admin.import_files(self.settings, files, "all", lambda *_: None)
        assert not any(report.errors for report in reports)

    def code(self) -> str:
        """Do what `admin enrol` does, for tests of something else: a process for it takes seconds."""
        return admin.enrolment_code(self.settings, "ginza")

    def start(self, patience: float = 60) -> None:
        """Start, and wait until it is ready."""
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clienteling.cli", "server"], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not become ready: {(self.data / 'server.log').read_text()[-1500:]}")

    def kill(self) -> None:
        """SIGKILL: no goodbye, no clean-up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=60)

    def stop(self) -> int:
        """SIGTERM; return the exit status."""
        if self.process is None or not self.runs:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=90)
