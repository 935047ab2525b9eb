from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.client.build import World, world


@pytest.fixture
def synced(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made
