"""The providers of a run, a process of its own: the shipped stand-ins, in which requests and callbacks often go wrong.

python -m tests.chaos.delivery.providers DATA SEED
"""

import random
import sys
from pathlib import Path
from typing import Any

import uvicorn

from sync.sandbox.config import DemoConfig, Folders
from sync.sandbox.faults import Fault, Faults, Ordered, Provider
from sync.sandbox.post import Post, Ticks
from sync.sandbox.store import Store
from sync.sandbox.world import build_world, world_app

INJECTED = "injected.log"
"""In the data folder: a line for each fault, `PROVIDER FAULT`."""
_FAULTS = {Fault.THROTTLED: 0.03, Fault.BROKEN: 0.03, Fault.TIMEOUT_BEFORE: 0.015, Fault.TIMEOUT_AFTER: 0.015}
_DOUBLED, _LATE = 0.15, 0.1
"""Shares of status callbacks that come twice, and that come seconds after those behind them."""


class SeededFaults(Faults):
    """The n-th request to a provider meets the n-th fault of the seed."""

    def __init__(self, seed: str, log: Path) -> None:
        super().__init__()
        self._rng = {name: random.Random(f"{seed} {name}") for name in ("line", "twilio", "smtp")}
        self._log = log.open("a", buffering=1)

    def take(self, provider: Provider) -> Ordered | None:
        rng = self._rng[provider]
        drawn, hangs, wait = rng.random(), rng.random() < 0.2, rng.randint(1, 3)
        for fault, share in _FAULTS.items():
            drawn -= share
            if drawn < 0:
                self._log.write(f"{provider} {fault}\n")
                # either the asker gives up waiting, or something on the way gives up first
                return Ordered(fault, seconds=30.0 if hangs else 0.1, retry_after=wait)
        return None


class DisorderedPost(Post):
    """Callbacks travel twice, late and out of order."""

    def __init__(self, store: Store, ticks: Ticks, rng: random.Random) -> None:
        super().__init__(store, ticks)
        self._rng, self._count = rng, 0

    def enqueue(self, kind: str, lane: str, payload: dict[str, Any], *, after: float = 0.0) -> None:
        if kind != "twilio":
            super().enqueue(kind, lane, payload, after=after)
            return
        self._count += 1
        late = self._rng.random() < _LATE
        own = f"{lane}:{self._count}"
        super().enqueue(kind, own if late else lane, payload, after=self._rng.uniform(1, 8) if late else after)
        if self._rng.random() < _DOUBLED:
            super().enqueue(kind, f"{own}:again", payload, after=self._rng.uniform(0, 3))


def main(data: Path, seed: str) -> None:
    config = DemoConfig.read(Folders(data).config)
    rng = random.Random(f"{seed} post")
    world = build_world(
        config,
        data,
        faults=SeededFaults(seed, data / INJECTED),
        make_post=lambda store, ticks: DisorderedPost(store, ticks, rng),
    )
    uvicorn.run(world_app(world), host=config.host, port=config.world_port, log_level="warning", backlog=512)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
