"""A signature as text: small, inside its grid, and drawn again as it was."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sync.model.signature import HEIGHT, LONGEST, PATTERN, WIDTH, strokes_of, written

POINTS = st.tuples(st.integers(-50, WIDTH + 50), st.integers(-50, HEIGHT + 50))


@given(st.lists(st.lists(POINTS, max_size=60), max_size=40))
def test_what_is_kept_fits_and_reads_back(strokes: list[list[tuple[int, int]]]) -> None:
    """Whatever a finger does, the text is short enough, of its form, within the grid, and says the same when read and written again."""
    text = written(strokes)
    assert len(text) <= LONGEST
    assert re.fullmatch(PATTERN, text)
    again = strokes_of(text)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for stroke in again for x, y in stroke)
    assert written(again) == text


def test_a_stroke_keeps_its_ends() -> None:
    """Much too long a line is thinned out, and begins and ends where it did."""
    zigzag = [(n % WIDTH, (n * 7) % HEIGHT) for n in range(9000)]
    [stroke] = strokes_of(written([zigzag]))
    assert (stroke[0], stroke[-1]) == (zigzag[0], zigzag[-1])
