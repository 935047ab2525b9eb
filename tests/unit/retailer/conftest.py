"""One sample retailer for all of these tests: inventing it takes some seconds."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.retailer import generate
from sync.sandbox.retailer.catalogue import make_catalogue
from sync.sandbox.retailer.generate import invent
from sync.sandbox.retailer.world import World

SEED = 11
NOW = datetime(2026, 11, 22, 5, 47, tzinfo=UTC)

Rows = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def told() -> list[tuple[str, int, int]]:
    """What `generate` said of its progress while it made `folder`."""
    return []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, int]]) -> Path:
    """The folder that `generate` filled."""
    path = tmp_path_factory.mktemp("retailer")
    generate(path, seed=SEED, now=NOW, progress=lambda *heard: told.append(heard))
    return path


@pytest.fixture(scope="session")
def rows(folder: Path) -> Rows:
    """Reads the rows of one of its CSV files."""

    def read(name: str) -> list[dict[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def bodies(folder: Path) -> list[tuple[bytes, list[dict[str, Any]]]]:
    """Every line of its event files, in the order of sending, with the events in it."""
    lines = [line for path in sorted((folder / "events").glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    return [(line, json.loads(line)["batch"]) for line in lines]


@pytest.fixture(scope="session")
def world() -> World:
    """The same retailer before it is written."""
    world = World(SEED, NOW)
    make_catalogue(world)
    return invent(world)
