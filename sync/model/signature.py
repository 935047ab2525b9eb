"""A signature drawn on the tablet: strokes of points on a grid of 1,000 by 250, as text.

    "120,80 124,83 131,90;300,60 300,140"      strokes by semicolons, points by spaces

A signature is about 1 KB, needs no picture, and can be drawn again at any size. It is kept with the consent that it belongs to and
travels, is sealed, exported and erased with it.
"""

from collections.abc import Iterable, Sequence

WIDTH, HEIGHT = 1000, 250
LONGEST = 6000
PATTERN = r"^([0-9]{1,4},[0-9]{1,3}([ ;][0-9]{1,4},[0-9]{1,3})*)?$"

Point = tuple[int, int]


def written(strokes: Iterable[Sequence[Point]]) -> str:
    """Return strokes as text. Points that lie within the grid's fineness are left out, then every second one until it fits."""
    kept = [_thinned(stroke) for stroke in strokes if stroke]
    while len(text := ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in kept)) > LONGEST:
        if all(len(stroke) <= 2 for stroke in kept):
            kept = kept[: len(kept) // 2]
        kept = [[*stroke[:-1:2], stroke[-1]] for stroke in kept]
    return text


def strokes_of(text: str) -> list[list[Point]]:
    """Return the strokes of a signature."""
    return [
        [(int(x), int(y)) for x, y in (point.split(",") for point in stroke.split(" "))]
        for stroke in text.split(";")
        if stroke
    ]


def _thinned(stroke: Sequence[Point]) -> list[Point]:
    inside = [(min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT)) for x, y in stroke]
    kept = inside[:1]
    for x, y in inside[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) > 2:
            kept.append((x, y))
    return kept
