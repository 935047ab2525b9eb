"""The `From` of a mail as bytes: a name in any letters (RFC 2047) and an address.

Encoded words have at most 75 characters, so a Japanese name and a company need several. Blanks between two of them mean
nothing, but some programs (Python's own parser among them) show one all the same, in the middle of a name. So words in
plain letters, such as the slash between person and company, stay outside, and the rest is cut there first.
"""

import base64
import re
from collections.abc import Iterator

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~-]+")
_MOST_BYTES = 42
"""Bytes of UTF-8 in an encoded word: their base64 with `=?utf-8?b?` and `?=` is 68 characters, which fit behind `From: `."""
_LINE = 76
"""Characters in a header line that holds an encoded word."""


def sender_header(name: str, address: str) -> bytes:
    """Return `From: NAME <ADDRESS>` with its line end. Raises UnicodeError for an address outside ASCII."""
    lines = ["From:"]
    for word in [*_phrase(name), f"<{address}>"]:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != "From:":
            lines.append("")
        lines[-1] += f" {word}"
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return [f'"{escaped}"']
    words: list[str] = []
    run: list[str] = []
    for part in name.split():
        if _ATOM.fullmatch(part):
            words += [*_encoded(" ".join(run)), part]
            run = []
        else:
            run.append(part)
    return words + list(_encoded(" ".join(run)))


def _encoded(text: str) -> Iterator[str]:
    """Yield the encoded words of a text: cut behind a blank where there is one, else between two letters."""
    while text:
        end = _fitting(text)
        blank = text.rfind(" ", 0, end) + 1
        end = blank if blank > 0 and end < len(text) else end
        yield f"=?utf-8?b?{base64.b64encode(text[:end].encode()).decode()}?="
        text = text[end:]


def _fitting(text: str) -> int:
    size = 0
    for count, letter in enumerate(text):
        size += len(letter.encode())
        if size > _MOST_BYTES:
            return count
    return len(text)
