"""The tables of roles that a security officer reads are those that the server asks."""

from pathlib import Path

import pytest

from sync.policy.roles_page import as_markdown, with_tables

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"


def test_the_page_is_the_code() -> None:
    """Write it anew by `python -m sync.policy.roles_page docs/security.md`."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page
    assert "| `pause_sending` | no | no | own | own |" in page


def test_a_page_without_a_place_for_them() -> None:
    """It is not silently left as it is."""
    with pytest.raises(ValueError, match="roles: begin"):
        with_tables("# nothing")
    assert as_markdown().count("#### ") == 5
