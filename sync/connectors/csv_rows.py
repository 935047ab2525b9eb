"""Cuts the text of a CSV file into rows, so that one bad row costs that row and not the rest of the file.

A quote that is never closed would swallow every row after it. Here the row where it was opened is an error, and reading
goes on with the next line.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

MOST_LINES = 100
"""Of text in one quoted cell; what is longer is taken for a quote that was never closed."""


LONGEST_LINE = 256 * 1024
"""Characters. A reader may cut a line here; no row is that long."""


class Row(NamedTuple):
    """One row: its number, the header line being row 1, and its cells, or else what is wrong with it."""

    number: int
    cells: list[str]
    problem: str = ""


def split_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a file given its lines (with their line ends); rows without any text are counted and left out."""
    source = _Lines(lines)
    width: int | None = None
    number = 0
    while (line := source.next()) is not None:
        number += 1
        if len(line) >= LONGEST_LINE:
            yield Row(number, [], "is too long")
            continue
        if '"' not in line:
            cells = line.rstrip("\r\n").split(",")
        else:
            source.back([line])
            taken, found = _quoted(source)
            if isinstance(found, str) or (width is not None and _swallowed(taken, found, width)):
                source.back(taken[1:])
                yield Row(number, [], found if isinstance(found, str) else _UNCLOSED)
                continue
            cells = found
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if width is None:
            width = len(cells)
        yield Row(number, cells)


def _swallowed(taken: list[str], cells: list[str], width: int) -> bool:
    """Say whether a row of several lines has taken in rows that are not its own: some of its lines are whole rows."""
    if len(taken) == 1:
        return False
    inner = taken[1:] if "," in taken[0] else taken[1:-1]
    return len(cells) != width or (width > 2 and any(line.count(",") >= width - 1 for line in inner))


_UNCLOSED = "has a quotation mark that is not closed"


def _quoted(source: "_Lines") -> tuple[list[str], list[str] | str]:
    """Return the lines of the next row, which has quotation marks in it, and its cells or what is wrong with it."""
    taken: list[str] = []

    def pull() -> Iterator[str]:
        while len(taken) < MOST_LINES and (line := source.next()) is not None:
            taken.append(line)
            yield line

    try:
        return taken, next(csv.reader(pull(), strict=True), [])
    except csv.Error as error:
        if "field limit" in str(error):
            return taken, "has a cell that is too long"
        unclosed = len(taken) > 1 or "end of data" in str(error)
        return taken, _UNCLOSED if unclosed else "has text after a closing quotation mark"


class _Lines:
    """Lines that can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: deque[str] = deque()

    def next(self) -> str | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))
