"""Connections that break, over real sockets: what was said whole is heard, what was not is not, and the next one works."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.client.device import Device
from sync.client.keys import load_keys
from sync.client.lines import LONGEST_EVENT
from sync.client.remote import HttpRemote
from sync.client.server_clock import ServerClock
from sync.errors import Offline
from sync.ids import new_id
from sync.protocol import Changed, PullRequest
from tests.unit.client.fake import START, ManualClock

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def said(cursor: int) -> bytes:
    """Return an event as the server says it."""
    text = Changed(cursor=cursor, server_time=START).model_dump_json().encode()
    return b"event: changed\r\ndata: " + text + b"\r\n\r\n"


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


class Server:
    """Listens on a port of this machine; the test itself is what answers."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(60)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.line: socket.socket | None = None

    def answer(self, content: bytes) -> None:
        """Take the next connection, read its request, and send this; the line stays open."""
        self.hang_up()
        line, _ = self._listening.accept()
        line.settimeout(60)
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += line.recv(65536)
        line.sendall(content)
        self.line = line

    def send(self, content: bytes) -> None:
        assert self.line is not None
        self.line.sendall(content)

    def hang_up(self, *, cut: bool = False) -> None:
        """Close the line in order, or cut it so that the other side meets a reset."""
        line, self.line = self.line, None
        if line is not None:
            if cut:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()

    def close(self) -> None:
        self.hang_up()
        self._listening.close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def api(server: Server, tmp_path: Path) -> Iterator[HttpRemote]:
    device = Device(tmp_path / "device.db", bytes(32))
    made = HttpRemote(server.url, load_keys(tmp_path / "key.json"), ServerClock(ManualClock(), device), new_id)
    made.sign_in("a-token")
    yield made
    made.close()
    device.close()


@contextmanager
def answering(server: Server, content: bytes) -> Iterator[None]:
    """Answer the next request beside the test, which makes it."""
    thread = threading.Thread(target=server.answer, args=(content,))
    thread.start()
    yield
    thread.join(60)
    assert not thread.is_alive()


def listen(api: HttpRemote, server: Server, start: bytes, cursor: int = 7) -> Iterator[Changed]:
    """Open the live channel and hear its first event."""
    events = api.events()
    with answering(server, start):
        assert next(events).cursor == cursor
    return events


def works_again(api: HttpRemote, server: Server) -> None:
    """The next connection is heard as if nothing had been."""
    events = listen(api, server, EVENTS + chunk(said(8)), 8)
    server.send(chunk(said(9)))
    assert next(events).cursor == 9


HALF = said(9)[:40]


@pytest.mark.parametrize("cut", [True, False], ids=["reset", "closed"])
@pytest.mark.parametrize(
    "last",
    [b"", chunk(HALF), b"fff\r\n" + HALF, chunk(said(9)[:-2]), chunk(said(9)[:-4])],
    ids=["between lines", "in a line", "in a line and a chunk", "before the empty line", "before the line's end"],
)
def test_a_line_that_is_cut(api: HttpRemote, server: Server, last: bytes, cut: bool) -> None:
    """What had come whole was heard, the half that came is not, and the listener knows at once that it hears no more."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    server.send(last)
    server.hang_up(cut=cut)
    with pytest.raises(Offline):
        next(events)
    works_again(api, server)


@pytest.mark.parametrize("last", [b"", HALF, said(9)[:-4]], ids=["between lines", "in a line", "without its end"])
def test_an_answer_without_chunks_that_is_cut(api: HttpRemote, server: Server, last: bytes) -> None:
    """Where only the end of the connection says that it is over, half an event is no event either."""
    events = listen(api, server, UNTIL_CLOSED + said(7))
    server.send(last)
    server.hang_up()
    with pytest.raises(Offline):
        next(events)
    works_again(api, server)


def test_a_server_that_says_goodbye(api: HttpRemote, server: Server) -> None:
    """An answer that is ended in order is the end of the channel, and no fault: what was said last is heard before."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    server.send(chunk(said(9)) + chunk(b""))
    assert next(events).cursor == 9
    with pytest.raises(Offline, match="ended"):
        next(events)
    server.hang_up()  # what had been kept for the next request is known to be gone
    works_again(api, server)


@pytest.mark.parametrize("nonsense", [b"\xff\x00{{ <html>\r\n\r\n", b"event: other\ndata: x\n\n", b": ping\n\n"])
def test_a_line_that_says_nothing_to_us(api: HttpRemote, server: Server, nonsense: bytes) -> None:
    """What is no event of ours is passed over, and the one after it is heard."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    server.send(chunk(nonsense) + chunk(said(9)))
    assert next(events).cursor == 9


@pytest.mark.parametrize("text", [b"<html>", b"{}", b'{"cursor": "many"}', b"\xff\xfe"])
def test_an_event_of_nonsense(api: HttpRemote, server: Server, text: bytes) -> None:
    """An event of ours that cannot be read ends the channel: what it spoke of is pulled instead, and nothing is guessed."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    server.send(chunk(b"event: changed\ndata: " + text + b"\n\n"))
    with pytest.raises(Offline) as caught:
        next(events)
    assert caught.value.params == {"reason": "not_understood"}
    works_again(api, server)


@pytest.mark.parametrize("line", [b"x" * 8192, b"data: x\n" * 1024], ids=["one line", "many lines"])
def test_an_event_that_does_not_end(api: HttpRemote, server: Server, line: bytes) -> None:
    """An event longer than any of the server's ends the channel before it fills the memory; the line is still open."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    server.send(chunk(line) * (LONGEST_EVENT // len(line) + 1))
    with pytest.raises(Offline) as caught:
        next(events)
    assert caught.value.params == {"reason": "RemoteProtocolError"}
    works_again(api, server)


def test_many_events_are_not_one_long_one(api: HttpRemote, server: Server) -> None:
    """However the pieces fall, what has ended is not counted on."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    content = said(9) * (2 * LONGEST_EVENT // len(said(9)))

    def send() -> None:
        for start in range(0, len(content), 997):
            server.send(chunk(content[start : start + 997]))
        server.send(chunk(said(10)) + chunk(b""))

    sending = threading.Thread(target=send)
    sending.start()
    assert [one.cursor for one in _until_offline(events)][-1] == 10
    sending.join(60)


def _until_offline(events: Iterator[Changed]) -> Iterator[Changed]:
    try:
        yield from events
    except Offline:
        return


def test_who_waits_is_woken_by_hanging_up(api: HttpRemote, server: Server) -> None:
    """A thread that waits for the server's next word is let go at once when another one hangs up."""
    events = listen(api, server, EVENTS + chunk(said(7)))
    found: list[type[BaseException]] = []

    def wait() -> None:
        try:
            next(events)
        except Offline as error:
            found.append(type(error))

    waiting = threading.Thread(target=wait)
    waiting.start()
    api.hang_up()
    waiting.join(60)
    assert found == [Offline]
    works_again(api, server)


def test_a_page_that_is_cut(api: HttpRemote, server: Server) -> None:
    """Half of an answer is none, whether the length that was promised or the end of the last piece is missing."""
    for head in (b"Content-Length: 5000", b"Transfer-Encoding: chunked"):
        half = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head + b"\r\n\r\n" + chunk(b'{"epoch": "e", ')

        def cut(content: bytes = half) -> None:
            server.answer(content)
            server.hang_up()

        thread = threading.Thread(target=cut)
        thread.start()
        with pytest.raises(Offline):
            api.pull(PullRequest())
        thread.join(60)
    works_again(api, server)
