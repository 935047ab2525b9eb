"""An index of people made in a process of its own: the same as one made here, and an end of either process is noticed by the other."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from sync.sealed.people import CustomerIndex
from sync.server.indexing import BESIDE, indexing

_NAME = st.text(st.characters(codec="utf-8"), max_size=8)
_PEOPLE = st.lists(st.fixed_dictionaries({"family_name": _NAME, "given_name": _NAME, "phone": _NAME}), max_size=12)


@settings(max_examples=5, deadline=None)
@given(_PEOPLE, st.integers(1, 5))
def test_both_make_the_same_index(people: list[dict[str, str]], at_once: int) -> None:
    """Whatever people are called and however many are told at once, who is found is the same as in an index made here."""
    told = [{"id": str(n), **one} for n, one in enumerate(people)]
    expected = CustomerIndex()
    expected.fill(told)
    for customers in (0, BESIDE):
        with indexing(customers) as made:
            for start in range(0, len(told), at_once):
                made.add([to_json(one).decode() for one in told[start : start + at_once]])
            found = CustomerIndex.of(made.image())
        for typed in {text for one in people for text in one.values()} | {"a", "ア", "1"}:
            assert found.search(typed, 20) == expected.search(typed, 20)
            assert found.exact(typed) == expected.exact(typed)


def test_an_early_end_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """A process that dies of what it was given makes no index, and says so; what it was given is not printed."""
    with indexing(BESIDE) as made:
        made.add(['{"id": "1", "family_name": 佐藤}'])
        with pytest.raises(ChildProcessError):
            made.image()
    assert "佐藤" not in capfd.readouterr().err


def test_whose_server_dies_leaves() -> None:
    """A process whose server ended in the midst of telling leaves without an answer, and without a complaint."""
    for told in (b"", b"\x05\0\0", b'\x40\0\0\0\0\0\0\0[{"id"'):
        ended = subprocess.run(
            [sys.executable, "-m", "sync.server.indexing"], input=told, capture_output=True, timeout=60, check=False
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
