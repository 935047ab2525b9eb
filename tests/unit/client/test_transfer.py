"""Word of a snapshot on its way, from the program that fetches it to whoever looks at its files."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync.client.transfer import found, keep
from sync.client.types import Transfer
from tests.unit.client.fake import START

HALF = Transfer(building=False, done=5, total=10, seconds_left=30)
LATER = START + timedelta(minutes=1)


def test_what_is_told_is_found(tmp_path: Path) -> None:
    """A fetch with the time that is left; taken back, it is gone."""
    folder = tmp_path / "snapshot"
    assert found(folder, START) is None
    keep(folder, HALF, START)
    (folder / "1.part").write_bytes(b"12345")
    assert found(folder, START) == HALF
    keep(folder, None, START)
    assert found(folder, START) is None
    assert [path.name for path in folder.iterdir()] == ["1.part"]


def test_who_tells_nothing_more_has_no_time_left(tmp_path: Path) -> None:
    """Of a tablet that is off it is known how much came, not how long the rest will take, nor what the server does."""
    (tmp_path / "1.part").write_bytes(b"12345")
    keep(tmp_path, HALF, START)
    assert found(tmp_path, LATER) == replace(HALF, seconds_left=None)
    building = Transfer(building=True, done=300, total=1000)
    keep(tmp_path, building, START)
    assert found(tmp_path, START) == building
    assert found(tmp_path, LATER) is None


def test_word_of_what_was_taken_in_is_none(tmp_path: Path) -> None:
    """A program that died before it could take its word back has left no part of the file."""
    keep(tmp_path, HALF, START)
    assert found(tmp_path, START) is None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"at": "yesterday", "transfer": {}}', '{"at": "2026-11-28T00:00:00", "transfer": 1}']
)
def test_nonsense_is_none(tmp_path: Path, text: str) -> None:
    """A torn or foreign file says nothing."""
    (tmp_path / "transfer.json").write_text(text)
    (tmp_path / "1.part").write_bytes(b"12345")
    assert found(tmp_path, START) is None
