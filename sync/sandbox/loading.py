"""Brings the sample retailer into a server through the doors that real data take: file import and Segment events."""

import csv
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import httpx

from sync.errors import Unavailable
from sync.sandbox.children import run_step

Progress = Callable[[str], None]
"""Hears how far a step is, in a few words."""

CLI = (sys.executable, "-m", "clienteling.cli")
"""The product's own command line, in the interpreter that runs the demo."""


async def generate(folder: Path, seed: int, now: datetime, env: Mapping[str, str], progress: Progress) -> None:
    """Make the retailer's files for this moment."""
    command = (sys.executable, "-m", "sync.sandbox.prepare", str(folder), "--seed", str(seed), "--now", now.isoformat())
    await run_step("the sample retailer", command, env, progress)


async def import_files(cli: Sequence[str], folder: Path, env: Mapping[str, str], progress: Progress) -> None:
    """Run `clienteling import` on the retailer's files; a bad row anywhere fails the demo loudly.

    The server is empty, so there is nothing that a file refused whole would protect: its rows are read once, not twice.
    """
    await run_step("clienteling import", (*cli, "import", str(folder), "--good-rows"), env, progress)


async def send_doings(cli: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
    """Send what the retailer's staff did at their tablets, as tablets of theirs."""
    await run_step("clienteling admin doings", (*cli, "admin", "doings", str(folder / "doings.json")), env)


async def enrol_code(cli: Sequence[str], shop: str, env: Mapping[str, str]) -> str:
    """Have the server's administrator make a one-time code for a device of this shop."""
    output = await run_step("clienteling admin enrol", (*cli, "admin", "enrol", "--shop", shop), env)
    return output.strip().splitlines()[-1]


def first_shop(folder: Path) -> str:
    """Return the code of the shop where the demo's tablet stands: the first with staff of its own in shops.csv."""
    with (folder / "shops.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = [row["code"] for row in csv.DictReader(file) if row.get("shop_kind") != "web"]
    return "ginza" if "ginza" in codes else codes[0]


async def post_events(folder: Path, url: str, write_key: str, http: httpx.AsyncClient, progress: Progress) -> int:
    """Post every batch in `folder`/*.jsonl to `/v1/batch` in order and return how many were taken.

    Each line is one request body as a Segment client sends it. Raise Unavailable with the server's answer where one
    batch is not taken.
    """
    batches = 0
    for share, body in _batches(folder):
        await _post(http, url, write_key, body)
        batches += 1
        progress(f"{share:.0%}")
    return batches


def _batches(folder: Path) -> Iterator[tuple[float, bytes]]:
    """Yield each batch with the share of all bytes that is read once it is."""
    files = sorted(folder.glob("*.jsonl"))
    total, done = sum(path.stat().st_size for path in files), 0
    for path in files:
        with path.open("rb") as lines:
            for line in lines:
                done += len(line)
                if line.strip():
                    yield done / total, line


async def _post(http: httpx.AsyncClient, url: str, write_key: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    try:
        answer = await http.post(f"{url}/v1/batch", content=body, headers=headers, auth=(write_key, ""), timeout=120.0)
    except httpx.HTTPError as error:
        raise Unavailable(f"The server did not take a batch of events: {type(error).__name__}") from error
    if not answer.is_success:
        raise Unavailable(f"The server did not take a batch of events: {answer.status_code} {answer.text[:500]}")
