"""What the demo says in the terminal while it starts and runs."""

from collections.abc import Callable, Mapping
from typing import TextIO

from sync.sandbox.config import DemoConfig

BETWEEN_SECONDS, WAITING_SECONDS = 2.0, 10.0


class Teller:
    """Says what is going on, each line with the seconds since the start."""

    def __init__(self, words: Mapping[str, str], out: TextIO, seconds: Callable[[], float]) -> None:
        self._words, self._out, self._seconds = words, out, seconds
        self._began, self._said_at, self._step = seconds(), float("-inf"), ""

    def say(self, word: str, **values: object) -> None:
        """Say that a step begins, or that something happened."""
        self._step = self._words[word].format(**values)
        self._line(self._step)

    def progress(self, how_far: str) -> None:
        """Say how far the present step is, at most every two seconds."""
        self._now_and_then(BETWEEN_SECONDS, how_far)

    def waiting(self) -> None:
        """Show, every ten seconds, that the present step still goes on."""
        self._now_and_then(WAITING_SECONDS, "…")

    def _now_and_then(self, seconds: float, how_far: str) -> None:
        if self._seconds() - self._said_at >= seconds:
            self._line(f"{self._step}: {how_far}")

    def welcome(self, config: DemoConfig) -> None:
        """Print the addresses and what to try, then the one line `ready`."""
        addresses = {
            "open_tablet": config.tablet_url,
            "open_phones": f"{config.world_url}/phone",
            "open_world": f"{config.world_url}/",
            "open_server": f"{config.server_url}/openapi.json",
        }
        self._plain("")
        for word, address in addresses.items():
            self._plain(f"  {address}  {self._words[word]}")
        self._plain(f"\n  {self._words['try']}")
        for number in range(1, 5):
            self._plain(f"   {number}. {self._words[f'try_{number}']}")
        self._plain(f"\n  {self._words['stop']}\n")
        self._plain("ready")

    def _line(self, text: str) -> None:
        self._said_at = self._seconds()
        self._plain(f"{self._said_at - self._began:6.1f} s  {text}")

    def _plain(self, text: str) -> None:
        print(text, file=self._out, flush=True)
