"""The loop of stills: what a camera may do, when it rests, and how what is wrong with it is told apart."""

import asyncio
from typing import Any

import pytest

from clienteling.scan.camera import CameraState, open_camera, state_of, watch
from clienteling.scan.decode import decode
from tests.ui.test_scan import CODE, picture

UNTOUCHED = -60.0
"""Nobody has touched the screen for a minute."""


def test_what_is_no_picture_holds_no_code() -> None:
    """Broken stills are skipped, not fatal."""
    assert decode(b"") == []
    assert decode(b"\x89PNG torn") == []
    assert decode(picture(CODE)) == [CODE]


def test_a_camera_that_dies_ends_the_loop() -> None:
    """Eight failures in a row count as gone; a code that stays in view is handed on once."""

    class Dying:
        def __init__(self) -> None:
            self.taken = 0

        async def take_picture(self) -> bytes:
            self.taken += 1
            if self.taken > 3:
                raise RuntimeError("gone")
            return picture(CODE)

    async def no_pause(_: float) -> None:
        return None

    heard: list[str] = []

    async def on_code(code: str) -> None:
        heard.append(code)

    camera: Any = Dying()
    ended = asyncio.run(
        watch(
            lambda: camera,
            going=lambda: True,
            pause=no_pause,
            tick=lambda: 0.0,
            last_touch=lambda: UNTOUCHED,
            on_code=on_code,
        )
    )
    assert ended is CameraState.BUSY
    assert heard == [CODE]


def test_the_camera_rests_as_long_as_a_still_took() -> None:
    """Half of the time is left to keys and taps, however slow the device; never less than 0.05 s, never more than one."""
    takes, now = [0.01, 0.25, 3.0], 0.0
    paused: list[float] = []

    class Slow:
        async def take_picture(self) -> bytes:
            nonlocal now
            now += takes[len(paused)]
            return b""

    async def pause(seconds: float) -> None:
        paused.append(seconds)

    async def on_code(_: str) -> None:
        raise AssertionError

    camera: Any = Slow()
    ended = asyncio.run(
        watch(
            lambda: camera,
            going=lambda: len(paused) < len(takes),
            pause=pause,
            tick=lambda: now,
            last_touch=lambda: UNTOUCHED,
            on_code=on_code,
        )
    )
    assert ended is CameraState.READY
    assert paused == pytest.approx([0.05, 0.25, 1.0])


def test_no_still_is_taken_while_keys_come() -> None:
    """A scanner's keys, and a name that is typed, wait for no picture; a moment after the last one the camera looks again."""
    now, touched = 10.0, 10.0
    taken: list[float] = []

    class Quick:
        async def take_picture(self) -> bytes:
            taken.append(now)
            return b""

    async def pause(seconds: float) -> None:
        nonlocal now, touched
        now += seconds
        if now < 11:
            touched = now - 0.01

    async def on_code(_: str) -> None:
        raise AssertionError

    camera: Any = Quick()
    asyncio.run(
        watch(
            lambda: camera,
            going=lambda: not taken,
            pause=pause,
            tick=lambda: now,
            on_code=on_code,
            last_touch=lambda: touched,
        )
    )
    assert len(taken) == 1
    assert 0.3 <= taken[0] - touched < 0.7


def test_opening_tells_missing_from_refused() -> None:
    """What platforms say becomes a state."""

    class NoCamera:
        async def get_available_cameras(self) -> list[Any]:
            return []

    camera: Any = NoCamera()
    assert asyncio.run(open_camera(lambda: camera)) == (CameraState.MISSING, 0, False)
    assert state_of(RuntimeError("Permission denied")) is CameraState.REFUSED
