"""The connections below an HTTP client: what comes in over them, and how another thread ends them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from weakref import WeakSet

import httpx

LONGEST_EVENT = 256 * 1024
"""Bytes of one event of the live channel, eight times what the server sends at most: without an end of it somebody else is
talking, and a tablet's memory would fill."""


class Lines:
    """Give `hooks` to `httpx.Client(event_hooks=...)`.

    `moved` is called for every piece of an answer's body, save of pictures and of the live channel, which is heard by its
    events. One of those that does not end breaks the line (`httpx.RemoteProtocolError`), like a line that is cut in the
    middle of it: nothing of it is heard.
    """

    def __init__(self, moved: Callable[[], None]) -> None:
        self._moved = moved
        self._lock = threading.Lock()
        self._streams: WeakSet[Any] = WeakSet()

    @property
    def hooks(self) -> dict[str, list[Callable[..., Any]]]:
        return {"request": [self._watch], "response": [self._count]}

    def cut(self) -> None:
        """End every connection, also those that another thread waits on: closing alone would not wake it."""
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            connection = stream.get_extra_info("socket")
            if connection is not None:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _watch(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, name: str, info: dict[str, Any]) -> None:
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._streams.add(info["return_value"])

    def _count(self, response: httpx.Response) -> None:
        path = response.request.url.path
        if "/v1/sync/" not in path or not isinstance(response.stream, httpx.SyncByteStream):
            return
        if path.endswith("/events"):
            response.stream = _Events(response.stream)
        else:
            response.stream = _Counted(response.stream, self._moved)


class _Counted(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, moved: Callable[[], None]) -> None:
        self._stream = stream
        self._moved = moved

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            self._moved()
            yield piece

    def close(self) -> None:
        self._stream.close()


class _Events(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        length = 0
        for piece in self._stream:
            end = max(piece.rfind(b"\n\n"), piece.rfind(b"\n\r\n"))  # one that lies across two pieces is no matter
            length = length + len(piece) if end < 0 else len(piece) - end
            if length > LONGEST_EVENT:
                raise httpx.RemoteProtocolError("an event that does not end")
            yield piece

    def close(self) -> None:
        self._stream.close()
