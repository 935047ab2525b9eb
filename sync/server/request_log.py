"""The server's request log: one line for each request, and no personal data in it.

A request is logged with its method, the route's template, status, milliseconds and device: no address, query, header or
body.
"""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("clienteling.request")


class RequestLog:
    """Logs each request once it has been answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            template = getattr(scope.get("route"), "path", "")
            log.info(
                "request",
                method=scope["method"],
                route=template or "(none)",
                status=status or 500,  # nothing was answered: it is, further out
                ms=round((time.perf_counter() - began) * 1000, 1),
                device_id=scope.get("state", {}).get("device_id"),
            )
