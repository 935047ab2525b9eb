"""The question about known weaknesses never takes silence for an answer."""

import json

import pytest

from tests.advisories import told

SAFE = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "version": "1", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([SAFE], 0, "1 packages, none"),
        ([SAFE, WEAK], 1, "b 2: PYSEC-1, mended in 3"),
        ([SAFE, SKIPPED], 2, "of 2 packages 1 could be asked"),
        ([SKIPPED], 2, "of 1 packages 0"),
        ([SKIPPED, WEAK], 1, "PYSEC-1"),
    ],
)
def test_what_is_said(packages: list[dict[str, object]], status: int, words: str) -> None:
    """None weak, a weak one by name, and what could not be asked about counts as unknown rather than as safe."""
    found = told(json.dumps({"dependencies": packages}))
    assert found[0] == status
    assert words in found[1]


@pytest.mark.parametrize("nothing", ["", "Traceback", "[]", "{}"])
def test_no_answer(nothing: str) -> None:
    """Offline, pip-audit says nothing that can be read: that is a failure with words."""
    status, words = told(nothing)
    assert status == 2
    assert "make audit" in words
