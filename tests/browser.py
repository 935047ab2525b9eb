"""Finds, or obtains, the browser that the journeys drive: `python -m tests.browser` prints its path.

In order: `$CHROMIUM`, one on the PATH, Playwright's own download, Debian's package where we are root; else one clear failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Headless Chromium that speaks to nobody but the pages under test."""


class NoBrowserError(RuntimeError):
    """No browser could be found or installed."""


def find() -> str | None:
    """Return the path of a browser that is already here, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise NoBrowserError(f"CHROMIUM is {named!r}, but there is no such file.")
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def obtain() -> str:
    """Return the path of a browser, installing one if need be; raise NoBrowserError that says what to do."""
    if path := find():
        return path
    tried = []
    print("No browser found; trying Playwright's own download ...", file=sys.stderr)
    done = _run(sys.executable, "-m", "playwright", "install", "chromium")
    if path := find():
        if os.geteuid() == 0:
            _run(sys.executable, "-m", "playwright", "install-deps", "chromium")
        return path
    tried.append(f"Playwright's download: {done}")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("That failed; trying apt-get ...", file=sys.stderr)
        done = _run("sh", "-c", "apt-get update -qq && apt-get install -y -qq chromium")
        if path := find():
            return path
        tried.append(f"apt-get: {done}")
    else:
        tried.append("apt-get: only as root on Debian or Ubuntu")
    raise NoBrowserError(
        "The browser tests need Chromium and none could be had.\n"
        + "\n".join(f"  - {line}" for line in tried)
        + "\nInstall Chromium or Chrome, or set CHROMIUM to its path, and run `make test` again."
    )


def _run(*command: str) -> str:
    """Run a command; return the end of what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stderr or done.stdout).strip()[-300:]


if __name__ == "__main__":
    try:
        print(obtain())
    except NoBrowserError as error:
        sys.exit(str(error))
