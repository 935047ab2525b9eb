"""The camera as a loop of stills, and what may be wrong with it."""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import NamedTuple, Protocol

import structlog
from flet_camera import CameraDescription, CameraLensDirection, ResolutionPreset

from clienteling.context import off_loop
from clienteling.scan.decode import available, decode
from clienteling.trace import where

log = structlog.get_logger("clienteling.scan")

LEAST_PAUSE, MOST_PAUSE = 0.05, 1.0
"""Seconds between two stills: as long as the last one took, within these. In a browser, where one takes about 250 ms, the screen is
drawn again for each, by the thread that also hears keys and taps; half of the time is theirs."""
HANDS_SECONDS = 0.3
"""How long after a key or a tap no still is taken: a scanner's keys come 2 to 30 ms apart, and each waits for what is drawn."""
MOST_FAILURES = 8
"""Stills in a row that may fail before the camera counts as gone (it was unplugged, or another app took it)."""


class CameraState(StrEnum):
    STARTING = "starting"
    READY = "ready"
    MISSING = "missing"
    REFUSED = "refused"
    BUSY = "busy"
    NO_DECODER = "no_decoder"


class StillCamera(Protocol):
    """What the loop needs of `flet_camera.Camera`."""

    async def get_available_cameras(self) -> list[CameraDescription]: ...
    async def initialize(
        self, description: CameraDescription, resolution_preset: ResolutionPreset, enable_audio: bool = True
    ) -> None: ...
    async def take_picture(self) -> bytes: ...


def state_of(error: BaseException) -> CameraState:
    """Tell a refusal from a camera that is taken, by what platforms say."""
    said = str(error).lower()
    if any(word in said for word in ("denied", "permission", "notallowed", "access")):
        return CameraState.REFUSED
    if any(word in said for word in ("notfound", "not found", "nocamera", "no camera", "missing", "unavailable")):
        return CameraState.MISSING
    return CameraState.BUSY


class Opened(NamedTuple):
    """What came of starting a camera."""

    state: CameraState
    cameras: int = 0
    """How many cameras there are."""
    front: bool = False
    """It looks at whoever looks at the screen."""


def order(cameras: list[CameraDescription], *, faces_customer: bool = False) -> list[CameraDescription]:
    """Back camera first: the customer's phone is before it while staff see the screen. On a stand it is the front one."""
    rank = {CameraLensDirection.BACK: 0, CameraLensDirection.EXTERNAL: 1, CameraLensDirection.FRONT: 2}
    if faces_customer:
        rank[CameraLensDirection.FRONT] = -1
    return sorted(cameras, key=lambda camera: rank.get(camera.lens_direction, 3))


async def open_camera(camera: Callable[[], StillCamera], which: int = 0, *, faces_customer: bool = False) -> Opened:
    """Start camera number `which`; return what came of it. `camera` gives the control that is on the
    screen now: a render between two calls replaces it."""
    if not available():
        return Opened(CameraState.NO_DECODER)
    try:
        cameras = order(await camera().get_available_cameras(), faces_customer=faces_customer)
        if not cameras:
            return Opened(CameraState.MISSING)
        chosen = cameras[which % len(cameras)]
        await camera().initialize(chosen, ResolutionPreset.MEDIUM, enable_audio=False)
    except (RuntimeError, TimeoutError) as error:
        log.warning("camera_not_opened", state=state_of(error), error=where(error))
        return Opened(state_of(error))
    return Opened(CameraState.READY, len(cameras), chosen.lens_direction is CameraLensDirection.FRONT)


async def watch(
    camera: Callable[[], StillCamera],
    *,
    going: Callable[[], bool],
    pause: Callable[[float], Awaitable[None]],
    tick: Callable[[], float],
    last_touch: Callable[[], float],
    on_code: Callable[[str], Awaitable[None]],
) -> CameraState:
    """Take stills until `going` says no, but none while hands are at work (`last_touch`, in seconds of `tick`); hand each new
    code on once while it stays in view.

    `camera` gives the control that is on the screen now: each render replaces it.
    Returns READY when asked to stop, BUSY when the camera stopped answering.
    """
    failures, last = 0, ""
    while going():
        began = tick()
        if began - last_touch() < HANDS_SECONDS:
            await pause(HANDS_SECONDS)
            continue
        try:
            picture = await camera().take_picture()
            failures, took = 0, tick() - began
        except (RuntimeError, TimeoutError) as error:
            failures += 1
            if failures >= MOST_FAILURES:
                log.warning("camera_lost", error=where(error))
                return CameraState.BUSY
            await pause(0.3)
            continue
        texts = await off_loop(decode, bytes(picture)) if picture else []
        text = texts[0] if texts else ""
        if text and text != last and going():
            await on_code(text)
        if text:
            last = text
        await pause(min(max(took, LEAST_PAUSE), MOST_PAUSE))
    return CameraState.READY
