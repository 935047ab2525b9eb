"""A customer of whom everything is held, in a real database on both engines, with snapshots, a log and a tablet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.integration.databases import empty_url, engine, migrated, postgresql
from tests.integration.rights.hanako import World

__all__ = ["empty_url", "engine", "migrated", "postgresql"]


@pytest.fixture
def world(engine: Engine, tmp_path: Path) -> Iterator[World]:
    """The world before anybody asked to be forgotten."""
    made = World(engine, tmp_path)
    yield made
    made.close()
