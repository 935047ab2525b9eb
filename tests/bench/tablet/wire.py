"""At the sessions' wire: from an event that arrives to the patch that answers it, encoding included, without a browser.

Looking for a control in the tree costs as much as drawing it, and in one loop with the tablets it would be measured with them:
each control is looked for once, and what is waited for is a patch that leaves, not a tree that has changed.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

from flet.messaging.protocol import Message, MessageAction

from sync.client import Client
from sync.sealed.names import romaji
from tests.bench.sync import workload
from tests.bench.tablet.answered import Answered
from tests.bench.tablet.shop import STAFF, known
from tests.ui.harness import FakeConnection, Pause, Screen, opened

SEARCHES, TAPS, TABLETS, OPEN = 200, 200, 8, 20
BETWEEN_TAPS = 0.5
"""Seconds: a quick hand."""
SLOWEST = "0"
"""Every member and telephone number holds it."""
FIELD, NOTHING_TYPED = "お名前・かな・電話・会員番号", "どなたをお探しですか"
_PATIENCE = 30.0


class RealPause(Pause):
    """Waits as the app does in a shop."""

    async def __call__(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Wire(FakeConnection):
    """Notes when the patch left that holds certain words. The tree itself is brought up to date only after that."""

    def __init__(self, answers: dict[str, Callable[[Any], Any]]) -> None:
        super().__init__(answers)
        self._known: dict[tuple[str, str], int] = {}
        self._words = b""
        self._left: asyncio.Future[float] | None = None

    def send_message(self, message: Message) -> None:
        super().send_message(message)
        now = time.perf_counter()
        if message.action == MessageAction.PATCH_CONTROL and self._left is not None and self._words in self.last:
            self._left.set_result(now)
            self._left = None

    async def answer(self, screen: Screen, name: str, event: str, words: str, value: str | None = None) -> float:
        """Use a control (with `value`: type it), and return the milliseconds until a patch with these words had left."""
        control = self._known.get((name, event), 0)
        if control not in screen.session.index:
            control = self._known[name, event] = await self._look_for(screen, name, event)
        self._words, self._left = words.encode(), self.loop.create_future()
        left, began = self._left, time.perf_counter()
        if value is not None:
            screen.session.apply_patch(control, {"value": value})
        await screen.session.dispatch_event(control, event, value)
        return (await asyncio.wait_for(left, _PATIENCE) - began) * 1000

    async def _look_for(self, screen: Screen, name: str, event: str) -> int:
        await screen.until(lambda: screen.find(name, event), f"something to use named {name!r}")
        control = screen.find(name, event)
        assert control is not None
        return control._i


async def _open(stack: AsyncExitStack, client: Client) -> tuple[Screen, Wire]:
    screen = await stack.enter_async_context(opened(client, clock=client.now, pause=RealPause(), connect=Wire))
    await screen.sign_in(STAFF)
    assert isinstance(screen.connection, Wire)
    return screen, screen.connection


def searches(client: Client, customers: int) -> Answered:
    """Type a text into the search field, from the empty field each time, until the first hit is in a patch."""
    return asyncio.run(_searches(client, customers))


def texts(random: Random, customers: int) -> list[str]:
    """Return what staff type to find somebody: kanji, kana, romaji, the end of a telephone number, a member number."""
    found = []
    for place in range(SEARCHES):
        her = known(random.randrange(customers))
        found.append(
            (
                her.family_name,
                her.family_kana[:1],
                her.family_kana[:2],
                romaji(her.family_kana)[:3],
                her.phone[-4:],
                her.member_number,
                f"{her.family_name}{her.given_name}",
            )[place % 7]
        )
    return found


async def _searches(client: Client, customers: int) -> Answered:
    times = []
    async with AsyncExitStack() as stack:
        screen, wire = await _open(stack, client)
        await screen.go("/search")
        for text in texts(Random(3), customers):
            first = client.cache.search_customers(text, 20)[0]
            times.append(await wire.answer(screen, FIELD, "change", first.name, text))
            await wire.answer(screen, FIELD, "change", NOTHING_TYPED, "")
    return Answered(times)


def crowded(client: Client) -> tuple[Answered, Answered]:
    """Return taps of one tablet alone, and those of seven while an eighth searches without a pause for what is slowest."""
    return asyncio.run(_taps(client, 1)), asyncio.run(_taps(client, TABLETS))


async def _taps(client: Client, tablets: int) -> Answered:
    times: list[float] = []
    async with AsyncExitStack() as stack:
        screens = [await _open(stack, client) for _ in range(tablets)]
        for screen, _ in screens:
            await screen.go("/search")
        busy = asyncio.create_task(_search_on(*screens[-1])) if tablets > 1 else None
        tapping = screens[:-1] if tablets > 1 else screens
        await asyncio.gather(*(_tap_on(*each, TAPS // len(tapping), times) for each in tapping))
        if busy is not None:
            assert not busy.done(), "the eighth searched no more"
            busy.cancel()
    return Answered(times)


async def _tap_on(screen: Screen, wire: Wire, count: int, times: list[float]) -> None:
    for place in range(count):
        name, words = (("予約", "これから"), ("今日", "会員コードを読み取る"))[place % 2]
        times.append(await wire.answer(screen, name, "tap", words))
        await asyncio.sleep(BETWEEN_TAPS)


async def _search_on(screen: Screen, wire: Wire) -> None:
    while True:
        await wire.answer(screen, FIELD, "change", "この端末", SLOWEST)
        await wire.answer(screen, FIELD, "change", NOTHING_TYPED, "")


def memory(client: Client) -> float:
    """Return KB that one more open session takes, with a profile on its screen: the mean over 20."""
    return asyncio.run(_memory(client))


async def _memory(client: Client) -> float:
    async with AsyncExitStack() as stack:
        for _ in range(3):  # what is loaded once
            await _profile(stack, client)
        before = _resident()
        for _ in range(OPEN):
            await _profile(stack, client)
        return (_resident() - before) / OPEN


async def _profile(stack: AsyncExitStack, client: Client) -> None:
    screen, _ = await _open(stack, client)
    await screen.go(f"/customers/{workload.customer(7)['id']}")
    await screen.sees("接客メモ")


def _resident() -> float:
    status = Path("/proc/self/status").read_text()
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
