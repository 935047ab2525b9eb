"""Large answers over real sockets: they come in pieces as they were sent, and a line that ends says so."""

import threading

import pytest

from sync.client.remote import HttpRemote
from sync.errors import NotFound, Offline
from tests.unit.client.test_lines import Server, answering, api, server

__all__ = ["api", "server"]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


def begun(api: HttpRemote, server: Server, answer: bytes) -> tuple[bytes, list[bytes], threading.Thread]:
    """Ask for a file, hear the first piece, and go on listening in a thread; return the piece, the rest and the thread."""
    pieces = api.snapshot_bytes("name", 0)
    with answering(server, answer):
        first = next(pieces)
    rest: list[bytes] = []

    def listen() -> None:
        with pytest.raises(Offline):
            rest.extend(pieces)
        rest.append(b"offline")

    thread = threading.Thread(target=listen)
    thread.start()
    return first, rest, thread


def test_pieces_are_there_before_the_whole_is(api: HttpRemote, server: Server) -> None:
    """Progress moves on a slow line: what was sent is heard, though more is to come."""
    pieces = api.snapshot_bytes("name", 0)
    with answering(server, HEAD + b"a" * 400):
        assert next(pieces) == b"a" * 400
    server.send(b"b" * 600)
    assert b"".join(pieces) == b"b" * 600


def test_another_thread_hangs_up(api: HttpRemote, server: Server) -> None:
    """Whoever waits for the next piece is woken when the line is cut from this side, as the watchdog does."""
    first, rest, thread = begun(api, server, HEAD + b"a" * 400)
    api.hang_up()
    thread.join(60)
    assert (first, rest) == (b"a" * 400, [b"offline"])


def test_a_line_that_is_reset(api: HttpRemote, server: Server) -> None:
    """A line that breaks from the other side is Offline, like any other."""
    _, rest, thread = begun(api, server, HEAD + b"a" * 400)
    server.hang_up(cut=True)
    thread.join(60)
    assert rest == [b"offline"]


def test_what_is_there_no_more(api: HttpRemote, server: Server) -> None:
    """An answer that is no file is the error that it says."""
    said = b'{"code":"not_found","message":"gone","params":{}}'
    with (
        answering(server, b"HTTP/1.1 404 Not Found\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said)),
        pytest.raises(NotFound),
    ):
        next(api.snapshot_bytes("name", 0))


def test_nobody_listens(api: HttpRemote, server: Server) -> None:
    """Where no connection comes about it is Offline at once."""
    server.close()
    with pytest.raises(Offline):
        next(api.snapshot_bytes("name", 0))
