"""What every request must keep to, whatever its route: the size of its body, and no NUL, which no database stores."""

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.errors import BadInput, ClientelingError, TooLarge
from sync.server.routes.problems import answer_to

LARGEST_BODY = 2 * 1024 * 1024
_NUL = re.compile(rb"\x00|(?<!\\)(?:\\\\)*\\u0000")


class Limits:
    """Reads the body up to the limit before the app sees the request."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
                raise BadInput("The address has a character that nothing is called by.", reason="nul")
            body = await self._body(scope, receive)
        except ClientelingError as error:
            await answer_to(error)(scope, receive, send)
            return

        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        headers = dict(scope["headers"])
        said = headers.get(b"content-length", b"0")
        if said.isdigit() and int(said) > self._largest:
            raise TooLarge(limit=self._largest)
        if (
            scope["method"] in ("GET", "HEAD")
            and b"content-length" not in headers
            and b"transfer-encoding" not in headers
        ):
            return b""
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._largest:
                raise TooLarge(limit=self._largest)
        # a thousand times quicker than the pattern, which seldom has to look
        suspect = b"\x00" in body or b"\\u0000" in body
        if suspect and b"json" in headers.get(b"content-type", b"") and _NUL.search(body):
            raise BadInput("The body has a character that no text has.", reason="nul")
        return bytes(body)
