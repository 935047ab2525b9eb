"""Fixtures of the outside world's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sandbox.outside import Outside


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    made = Outside(tmp_path)
    yield made
    made.world.store.close()
