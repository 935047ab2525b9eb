"""Whatever the server answers to a tablet can be said to its staff, in both languages."""

import re
from pathlib import Path

import pytest

from clienteling.i18n import code_text

SERVER = Path(__file__).resolve().parents[2] / "sync" / "server"
SAID = re.compile(r"""(?:Refusal\(|accepted\(envelope,\s*|Reason\(\s*code=)"([a-z_]+)\"""")
CODES = sorted({code for path in SERVER.rglob("*.py") for code in SAID.findall(path.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_answer_has_words(language: str) -> None:
    """No reason that the server's code can give reaches the screen as a bare code."""
    assert len(CODES) > 15, "the codes are found in the source"
    assert [code for code in CODES if code_text("reason", code, language) is None] == []
