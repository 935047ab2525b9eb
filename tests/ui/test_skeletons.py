"""What stands for a screen while it is read has that screen's shape: nothing jumps when the words come."""

import asyncio

import flet as ft
import pytest
from flet.controls.base_control import BaseControl

from clienteling.theme import S
from clienteling.ui.parts.skeletons import AFTER, NOTHING_YET, SKELETON
from tests.ui.harness import Pause, Screen, drive
from tests.ui.held import HeldDevice
from tests.ui.laid_out import Laid, Size, laid_out
from tests.ui.sample import MINORU

LANDSCAPE, PORTRAIT, HANDHELD = (1180, 820), (820, 1180), (412, 915)
CUSTOMER = "/customers/cust-1"
FEW = 24
"""Logical pixels by which a card may become higher or lower: a line of words more or less than hers."""


def cards(laid: Laid, controls: list[BaseControl]) -> list[Size]:
    """Sizes of the cards of a screen, in reading order."""
    return [
        laid.ruler.sizes[one._i]
        for one in controls
        if isinstance(one, ft.Container) and one.border_radius == S.RADIUS and one.border and one._i in laid.ruler.sizes
    ]


def before_and_after(
    laid: Laid, device: HeldDevice, address: str, size: tuple[int, int]
) -> tuple[list[Size], list[Size]]:
    """The cards of a screen while it is read, and once it is."""
    laid.go("/me", staff_id=MINORU, language="ja", size=size)
    device.hold()
    try:
        waiting = cards(laid, laid.waits(address))
    finally:
        device.release()
    return waiting, cards(laid, laid.go(address, staff_id=MINORU, language="ja", size=size))


@pytest.mark.browser
def test_cards_stand_where_their_skeletons_stood() -> None:
    """The first card of a screen, and of a profile also the second, is as wide and nearly as high as what stood for it."""
    device = HeldDevice()
    with laid_out(device, scale=1.0) as laid:
        for address, size, many in (
            (CUSTOMER, LANDSCAPE, 2),
            (CUSTOMER, PORTRAIT, 2),
            (CUSTOMER, HANDHELD, 2),
            (f"{CUSTOMER}/way", LANDSCAPE, 1),
        ):
            waiting, there = before_and_after(laid, device, address, size)
            pairs = list(zip(waiting[:many], there[:many], strict=True))
            assert len(pairs) == many
            assert [(round(a[0]), abs(a[1] - b[1]) < FEW) for a, b in pairs] == [(round(b[0]), True) for _, b in pairs], (
                address, size, pairs,
            )  # fmt: skip
            assert SKELETON not in {one.key for one in laid.controls()}


class Patient(Pause):
    """Lets the wait for a skeleton last until a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        await (self.over.wait() if seconds == AFTER else super().__call__(seconds))


def stands(screen: Screen, key: str) -> bool:
    return any(one.key == key for one in screen.controls)


def test_a_reading_that_is_soon_there_draws_no_skeleton() -> None:
    """The room stays empty at first, a skeleton comes to whoever still waits, and the words replace either."""
    device, pause = HeldDevice(), Patient()

    async def steps(screen: Screen) -> None:
        await screen.sign_in(MINORU)
        for late in (False, True):
            await screen.go("/search")
            device.hold()
            try:
                await screen.go(CUSTOMER)
                await screen.until(lambda: stands(screen, NOTHING_YET), "the room of a skeleton")
                assert not stands(screen, SKELETON)
                if late:
                    pause.over.set()
                    await screen.until(lambda: stands(screen, SKELETON), "a skeleton")
            finally:
                device.release()
            await screen.sees("接客メモ")
            assert not [one for one in screen.controls if one.key in (SKELETON, NOTHING_YET)]

    drive(steps, device, pause=pause)
