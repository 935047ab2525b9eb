"""`python -m tests.bench.demo [RUNS]`: how long `make demo` takes from an empty folder to `ready`, and what it costs.

For each run: when each step began, wall seconds to `ready`, CPU seconds and peak memory of each process; then the same
for a second start on the folder, and the seconds from loading the tablet's page to the names on its sign-in screen.
Reads /proc, so it needs Linux. Nothing is asserted: a benchmark measures. Wall time means little on a busy machine;
the load is printed beside it.
"""

import os
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, obtain
from tests.journeys.demo import Demo, start
from tests.journeys.tablet import Tablet

PARTS = (
    ("make the retailer", "sync.sandbox.prepare"),
    ("import", "clienteling.cli import"),
    ("enrol", "clienteling.cli admin"),
    ("server", "clienteling.cli server"),
    ("tablet", "clienteling.cli tablet"),
    ("outside world", "sync.sandbox.world"),
    ("supervisor", "clienteling.cli demo"),
)
"""What a process is for, by a part of its command line."""
_TICKS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.1


@dataclass
class Watch:
    """Looks at the processes below this one ten times a second, and keeps the last it saw of each."""

    cpu: dict[str, float] = field(default_factory=dict)
    """CPU seconds, user and system, by part."""
    peak: dict[str, int] = field(default_factory=dict)
    """Most memory resident at once, MB, by part."""
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            for pid in _below(os.getpid()):
                try:
                    self._look(Path("/proc") / str(pid))
                except OSError:
                    continue  # it has just ended

    def _look(self, process: Path) -> None:
        command = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
        part = next((name for name, sign in PARTS if sign in command), None)
        if part is None:
            return
        user, system = _stat(process)[11:13]
        self.cpu[part] = (int(user) + int(system)) / _TICKS
        if found := re.search(r"VmHWM:\s+(\d+) kB", process.joinpath("status").read_text()):
            self.peak[part] = int(found[1]) // 1024


def _stat(process: Path) -> list[str]:
    """Return the fields of /proc/PID/stat after the command's name."""
    return process.joinpath("stat").read_text().rpartition(") ")[2].split()


def _below(root: int) -> list[int]:
    """Return the processes that descend from one."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            children.setdefault(int(_stat(process)[1]), []).append(int(process.name))
        except OSError:
            continue
    found, waiting = [], [root]
    while waiting:
        new = children.get(waiting.pop(), [])
        found += new
        waiting += new
    return found


def timed_start(data: Path, title: str) -> Demo:
    """Start the demo and say how it went."""
    load = os.getloadavg()[0]
    began = time.monotonic()
    with Watch() as watch:
        demo = start(data)
        seconds = time.monotonic() - began
        time.sleep(2 * LOOK_SECONDS)
    print(f"\n{title}: ready after {seconds:.1f} s; {sum(watch.cpu.values()):.1f} s of CPU; load before it {load:.1f}")
    for line in demo.lines:
        if (step := re.match(r"\s*(\d+\.\d) s  ([^:]+)$", line)) is not None:
            print(f"  from {step[1]:>5} s  {step[2]}")
    for part, cpu in watch.cpu.items():
        print(f"  {part}: {cpu:.1f} s of CPU, {watch.peak[part]} MB at most")
    return demo


def sign_in_seconds(demo: Demo) -> tuple[float, float]:
    """Return the seconds from loading the page to the first name, in a fresh browser and once more with its cache."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=obtain(), args=[*FLAGS])
        context = browser.new_context(viewport={"width": 1180, "height": 820}, locale="ja-JP")
        seconds = []
        for _ in range(2):
            page = context.new_page()
            began = time.monotonic()
            tablet = Tablet(page, demo.tablet)
            tablet.open()
            tablet.button(re.compile("^髙橋\\(美\\)")).wait_for()
            seconds.append(time.monotonic() - began)
            page.close()
        browser.close()
    return seconds[0], seconds[1]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for run in range(1, runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            demo = timed_start(Path(folder), f"Run {run} of {runs}, empty folder")
            first, again = sign_in_seconds(demo)
            demo.stop()
            timed_start(Path(folder), f"Run {run} of {runs}, second start").stop()
            print(f"\n  from loading the page to the names: {first:.1f} s, with the browser's cache {again:.1f} s")


if __name__ == "__main__":
    main()
