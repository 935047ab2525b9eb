"""`python -m tests.bench.audience URL`: a crowd of tablets, each with its live line, in a process of its own."""

import json
import selectors
import socket
import sys
import time
from urllib.parse import urlsplit

from sync.clock import system_clock
from sync.protocol import PROTOCOL_HEADER, PROTOCOL_VERSION
from tests.integration.server.devices import Key

PATIENCE = 30.0
"""Seconds for a change to arrive."""
THE_KEY = b"\x03" * 32
"""They all share one: what is measured is lines, not keys."""


def audience(url: str) -> None:
    """Be the crowd: read tokens from standard input, open a line each, then tell when what is written arrived on each."""
    tokens: list[str] = json.loads(sys.stdin.readline())
    key, parts = Key(THE_KEY), urlsplit(url)
    lines: list[_Line] = []
    for token in tokens:
        address = f"{url}/v1/sync/events"
        headers = key.headers("GET", address, token, system_clock()) | {PROTOCOL_HEADER: str(PROTOCOL_VERSION)}
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line = _Line(socket.create_connection((parts.hostname or "", parts.port or 0)))
        line.socket.sendall(  # as our client asks, compression included
            f"GET /v1/sync/events HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n"
            f"Accept-Encoding: gzip, deflate\r\n{said}\r\n".encode()
        )
        lines.append(line)
        if len(lines) % 20 == 0 or len(lines) == len(tokens):
            for each in lines[-20:]:
                each.begin()
    print("ready", flush=True)
    with selectors.EpollSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        selector.register(sys.stdin, selectors.EVENT_READ, None)
        wanted, end = b"", 0.0
        while True:
            for event, _ in selector.select(0.5):
                if event.data is not None:
                    event.data.take()
                    continue
                wanted, end = sys.stdin.readline().strip().encode(), time.perf_counter() + PATIENCE
                if not wanted:
                    return
            if wanted and (time.perf_counter() > end or all(wanted in line.got for line in lines)):
                print(json.dumps([line.time_of(wanted) for line in lines]), flush=True)
                wanted = b""
                for line in lines:
                    line.forget()


class _Line:
    """One tablet's connection: what it got since it was last asked, and when each of it was there."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.got = b""
        self._pieces: list[tuple[int, float]] = []

    def begin(self) -> None:
        while b"event: changed" not in self.got:
            self.take()
        if b" 200 " not in self.got.split(b"\r\n", 1)[0]:
            raise RuntimeError(self.got.decode())

    def take(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise RuntimeError(f"the server closed a line: {self.got.decode()}")
        self.got += piece
        self._pieces.append((len(self.got), time.perf_counter()))

    def time_of(self, words: bytes) -> float:
        """Return when the last byte of these words was there, 0 where they are not."""
        place = self.got.find(words)
        return next(at for length, at in self._pieces if length >= place + len(words)) if place >= 0 else 0.0

    def forget(self) -> None:
        self.got = b""
        self._pieces.clear()


if __name__ == "__main__":
    audience(sys.argv[1])
