"""W3 and W4: the live channel between server processes, and over a crowd, as `tests.bench.live` measures them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.bench.live import live_crowd, live_visible
from tests.bench.sync.measure import Measure, Run

_SECOND = 1000.0
"""Milliseconds."""


@contextmanager
def one_row(_run: Run) -> Iterator[Sequence[Measure]]:
    """W3: seconds until a row is visible elsewhere, beside the writer's own answer of the same writes."""
    answers: list[float] = []

    def ours() -> Mapping[str, float]:
        found = live_visible()
        answers.append(found.answer_p50 / _SECOND)
        return {"p50": found.visible_p50 / _SECOND, "p99": found.visible_p99 / _SECOND}

    yield [Measure("W3", "ours", ours), Measure("W3", "writer", lambda: {"p50": answers[-1]})]


@contextmanager
def crowd(_run: Run) -> Iterator[Sequence[Measure]]:
    """W4: a thousand live tablets on one process, beside one alone."""

    def ours() -> Mapping[str, float]:
        found = live_crowd()
        alone, p99 = found.one_p50 / _SECOND, found.p99 / _SECOND
        return {"p50 of one": alone, "p99": p99, "KB a tablet": found.kilobytes}

    yield [Measure("W4", "ours", ours)]


WORKLOADS = {"W3": one_row, "W4": crowd}
