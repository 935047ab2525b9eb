"""The index of people of a whole scope, made in a process of its own beside the one that reads and seals.

Splitting names is half the work of a snapshot, and Python runs one thread at a time: in the server's own process every request
would wait for it. Between the two go frames, eight bytes of length and a JSON array of customers; an empty frame ends them, and
the image is the answer. Where the server dies before, no end comes and the process leaves. Personal data goes through its pipes
only, never into its arguments or onto a disk.
"""

import gc
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from struct import Struct
from subprocess import PIPE, Popen  # nosec B404
from typing import IO, Any, Protocol

from pydantic_core import from_json

from sync.sealed.people import CustomerIndex

BESIDE = 5000
"""Customers from which a process of its own is worth its start (decision 0046 has the figures)."""
_LENGTH = Struct("<Q")


class Indexing(Protocol):
    """Takes customers, and gives the image of the index of them all."""

    def add(self, documents: Sequence[str]) -> None:
        """Take in customers that were not there, as JSON."""

    def image(self) -> bytes:
        """Return what `CustomerIndex.of` takes. Nothing can be added afterwards."""


@contextmanager
def indexing(customers: int) -> Iterator[Indexing]:
    """Give what makes an index of about so many. Its methods raise ChildProcessError where its process ended early."""
    if customers < BESIDE:
        with closing(CustomerIndex()) as index:
            yield _Here(index)
        return
    with Popen([sys.executable, "-m", __name__], stdin=PIPE, stdout=PIPE) as child:  # noqa: S603 - ourselves  # nosec B603
        try:
            yield _Beside(child)
        finally:
            child.kill()
            with suppress(BrokenPipeError):
                _pipe(child.stdin).close()


class _Here:
    def __init__(self, index: CustomerIndex) -> None:
        self._index = index

    def add(self, documents: Sequence[str]) -> None:
        self._index.update(map(from_json, documents))

    def image(self) -> bytes:
        return self._index.image()


class _Beside:
    def __init__(self, child: Popen[bytes]) -> None:
        self._child = child

    def add(self, documents: Sequence[str]) -> None:
        self._send(f"[{','.join(documents)}]".encode())

    def image(self) -> bytes:
        self._send(b"")
        image = _pipe(self._child.stdout).read()
        if self._child.wait() or not image:
            raise ChildProcessError(f"The process that makes the index of people ended with {self._child.returncode}.")
        return image

    def _send(self, frame: bytes) -> None:
        pipe = _pipe(self._child.stdin)
        try:
            pipe.write(_LENGTH.pack(len(frame)) + frame)
            pipe.flush()
        except BrokenPipeError as error:
            raise ChildProcessError("The process that makes the index of people is gone.") from error


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None
    return end


def _customers(source: IO[bytes]) -> Iterator[dict[str, Any]]:
    """Return the customers of every frame; EOFError where the end of them never came."""
    while True:
        head = source.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            raise EOFError
        (size,) = _LENGTH.unpack(head)
        if not size:
            return
        frame = source.read(size)
        if len(frame) < size:
            raise EOFError
        yield from from_json(frame)


def _serve() -> None:
    """Be that process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server's own end decides, also at a terminal
    gc.disable()  # a second of work makes no cycles
    with suppress(EOFError, BrokenPipeError), closing(CustomerIndex()) as index:
        index.fill(_customers(sys.stdin.buffer))
        sys.stdout.buffer.write(index.image())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
