"""Whatever the server answers to a tablet can be said to its staff, in both languages."""

import re
from pathlib import Path

import pytest

from clienteling.i18n import code_text
from sync.delivery import base

SYNC = Path(__file__).resolve().parents[2] / "sync"
SAID = re.compile(r"""(?:Refusal\(|accepted\(envelope,\s*|Reason\(\s*code=|failed\(|again\()"([a-z_]+)\"""")
CODES = sorted(
    {
        code
        for part in ("server", "delivery")
        for path in (SYNC / part).rglob("*.py")
        for code in SAID.findall(path.read_text(encoding="utf-8"))
    }
    | {value for name, value in vars(base).items() if name.isupper() and isinstance(value, str)}
)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_answer_has_words(language: str) -> None:
    """No reason that the server's code can give reaches the screen as a bare code."""
    assert len(CODES) > 30, "the codes are found in the source"
    assert {"not_delivered", "bad_address", "refused_by_provider", "no_answer"} <= set(CODES)
    assert [code for code in CODES if code_text("reason", code, language) is None] == []
