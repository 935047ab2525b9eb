"""Ports for the programs that tests start.

A port is free only until somebody takes it, and a program takes seconds to start. So no process gives one out twice, and
the workers of one test run look in different ranges; another run on the same machine begins to look elsewhere. All are
below those that the system gives to outgoing connections (from 32768 on), which might hold a server's just before it starts.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle

_FIRST, _EACH, _RANGES = 18_000, 2_000, 7


def _range() -> range:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = 1 + int(worker.removeprefix("gw")) % (_RANGES - 1) if worker else 0
    first = _FIRST + number * _EACH
    return range(first, first + _EACH)


def _from_here() -> Iterator[int]:
    ports = _range()
    begin = os.getpid() * 97 % len(ports)
    return cycle([*ports[begin:], *ports[:begin]])


_NEXT = _from_here()


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody uses."""
    for _ in range(_EACH):
        ports = [next(_NEXT) for _ in range(count)]
        if ports[-1] - ports[0] == count - 1 and _all_free(ports):
            return ports[0]
    raise RuntimeError(f"no {count} free ports in a row in {_range()}")


def _all_free(ports: list[int]) -> bool:
    with ExitStack() as held:
        try:
            for port in ports:
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
