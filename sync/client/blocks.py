"""Large answers by the standard library's HTTP: in large pieces, as they come.

httpx reads by 64 kB and copies each piece three times, in Python that holds the interpreter: for 26 MB it takes 24 ms of
processor time beside 7 ms here, and what is done with the pieces in other threads waits for it.
"""

import http.client
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx

_PIECE = 1 << 18


@cache
def tls() -> SSLContext:
    """Return the process's certificates of authorities: they are read once for all connections."""
    return httpx.create_ssl_context()


def may_connect() -> bool:
    """Say whether a server is reached directly: this knows no proxies."""
    return not urllib.request.getproxies()


class BlockTransport(httpx.BaseTransport):
    """A connection for each request, which has no body. Raises what httpx's own transport does."""

    def __init__(self) -> None:
        self._tls = tls()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        limits = request.extensions.get("timeout", {})
        host, port = request.url.host, request.url.port
        if request.url.scheme == "https":
            line: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, context=self._tls)
        else:
            line = http.client.HTTPConnection(host, port)
        line.timeout = limits.get("connect")
        try:
            line.connect()
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        body = _Body(line, request)
        try:
            line.sock.settimeout(limits.get("read"))
            line.putrequest(
                request.method, request.url.raw_path.decode("ascii"), skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers.raw:
                line.putheader(name, value)
            line.endheaders()
            answer = body.begin()
        except (OSError, http.client.HTTPException) as error:
            body.close()
            raise httpx.ReadError(str(error), request=request) from error
        return httpx.Response(answer.status, headers=answer.getheaders(), stream=body)


class _Body(httpx.SyncByteStream):
    """Is also the line, as `Lines` watches it."""

    def __init__(self, line: http.client.HTTPConnection, request: httpx.Request) -> None:
        self._line, self._request = line, request
        self._socket = line.sock
        if (trace := request.extensions.get("trace")) is not None:
            trace("connection.connect_tcp.complete", {"return_value": self})

    def begin(self) -> http.client.HTTPResponse:
        self._answer = self._line.getresponse()
        return self._answer

    def get_extra_info(self, what: str) -> Any:
        return self._socket if what == "socket" else None

    def __iter__(self) -> Iterator[bytes]:
        try:
            while piece := self._answer.read1(_PIECE):
                yield piece
            if self._answer.length:
                raise http.client.IncompleteRead(b"", self._answer.length)
        except (OSError, http.client.HTTPException) as error:
            raise httpx.ReadError(str(error), request=self._request) from error

    def close(self) -> None:
        with suppress(OSError):
            self._line.close()
