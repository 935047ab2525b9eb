"""A device whose readings can be held, to see what stands on a screen meanwhile."""

import asyncio
import threading
from typing import Any

from tests.ui.fake import FakeDevice

PATIENCE_SECONDS = 60
"""How long a reading is held at most, so that a test that fails ends."""


class HeldDevice(FakeDevice):
    """Readings of the cache wait while it is `held`; what the session reads of itself, on its loop, does not."""

    def __init__(self) -> None:
        super().__init__()
        self._free = threading.Event()
        self._free.set()

    def __getattribute__(self, name: str) -> Any:
        if name == "cache" and not _on_a_loop():
            assert object.__getattribute__(self, "_free").wait(PATIENCE_SECONDS), "never released"
        return object.__getattribute__(self, name)

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
