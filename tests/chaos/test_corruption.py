"""Cache files spoiled at random; `make chaos` does the other thousand."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.chaos.corruption import Workshop

MANY, AT_ONCE = 60, 20


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with TemporaryDirectory(prefix="chaos-") as folder:
        yield Workshop(Path(folder))


@pytest.mark.parametrize("first", range(0, MANY, AT_ONCE))
def test_the_tablet_opens_and_loses_nothing(workshop: Workshop, first: int) -> None:
    """However its cache was spoiled, the program starts, shows what is unsent, and sends it once."""
    ways = {workshop.spoil(number).how for number in range(first, first + AT_ONCE)}
    assert len(ways) > 3
