"""How processes die here: at a counted boundary, with an exception that nothing in the product swallows."""

from collections import Counter


class Died(BaseException):
    """The process ended here, at once."""


class TabletDied(Died):
    """A tablet's process ended here."""


class ServerDied(Died):
    """The server's process ended here."""


class Fuse:
    """Told of every boundary a process passes; once armed, it lets the process die at one of them."""

    def __init__(self, error: type[Died]) -> None:
        self._error = error
        self._left: int | None = None
        self.deaths: Counter[str] = Counter()
        """At which boundaries, how often."""

    def arm(self, boundaries: int) -> None:
        """Die at the so manieth boundary from now, counted from 1."""
        self._left = boundaries

    def disarm(self) -> None:
        self._left = None

    def __call__(self, boundary: str) -> None:
        """The process is at a boundary."""
        if self._left is None:
            return
        self._left -= 1
        if self._left == 0:
            self._left = None
            self.deaths[boundary] += 1
            raise self._error(boundary)
