"""Turns requests away while too many are being answered, so that those inside are answered in time.

Without it a crowd that comes at once (every shop opens at ten) waits in line for longer than its own time-out, asks again,
and the server works for those who have gone: no tablet gets anything. Turned away, a tablet comes again after its
back-off, and whoever is inside is served. `python -m tests.bench.storm` shows both.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from sync.errors import Unavailable
from sync.server.routes.problems import answer_to

MOST_AT_ONCE = 100
"""Requests under way in one process. Measured, a request takes a hundredth of a second, so the last one waits a second."""
_WAITING = ("/v1/sync/events", "/v1/sync/snapshot")
"""Beginnings of addresses whose answers wait for something, or for a slow line, and cost next to nothing meanwhile."""


class Busy:
    """Answers `unavailable` (503) at once where `most` requests are under way."""

    def __init__(self, app: ASGIApp, most: int = MOST_AT_ONCE) -> None:
        self._app, self._most = app, most
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_WAITING):
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            busy = Unavailable("Too many ask at once; try again in a moment.", reason="busy")
            scope.setdefault("state", {})["problem"] = busy
            answer = answer_to(busy)
            answer.headers["Retry-After"] = "2"
            await answer(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
