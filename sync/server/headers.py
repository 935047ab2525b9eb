"""What every answer tells a browser: guess no types, be framed by nobody, tell no other site, and come back by TLS only.

A route that says something narrower (pages of customers, attachments) keeps it.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PICTURES = "/media/"
"""Pictures of goods are shown by pages elsewhere, in mails for example."""
TLS_ONLY = "max-age=63072000; includeSubDomains"
"""Two years, as browsers' preload lists ask for."""


class SecurityHeaders:
    """Adds them. `tls`: customers reach this server by https (`CLIENTELING_PUBLIC_URL`); cookies are then Secure as well."""

    def __init__(self, app: ASGIApp, *, tls: bool = False) -> None:
        self._app = app
        self._headers = _ALWAYS | ({"Strict-Transport-Security": TLS_ONLY} if tls else {})
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"].startswith(_PICTURES):
                    headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if self._tls:
                    message["headers"] = [_secured(*pair) for pair in message["headers"]]
            await send(message)

        await self._app(scope, receive, add)


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Return a header; a cookie never without Secure and HttpOnly."""
    if name.lower() == b"set-cookie":
        said = {part.strip().split(b"=")[0].lower() for part in value.split(b";")[1:]}
        value += b"".join(b"; " + each for each in (b"Secure", b"HttpOnly") if each.lower() not in said)
    return name, value
