"""Barcodes on member cards of houses without our code: the same bars for years, so they name a customer and prove nothing.

A house says by a regular expression what its bars hold, e.g. `2800(?P<number>[0-9]{8})[0-9]` for an EAN-13 with a prefix
of the house's own and a check digit. The group `number` is the member number; without one it is all of it.
"""

import re
import unicodedata
from functools import cache

LONGEST = 60
"""Letters and digits of the longest barcode that is looked at; Code 128 on a card holds about thirty."""


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None


def number_in(pattern: str, text: str) -> str | None:
    """Return the member number in what a camera or a wedge scanner read; None where these are not the bars of a card.

    Full-width letters count as what they stand for, and signs and spaces are dropped, as hosts of scanners garble them.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text[:200]).upper() if c.isascii() and c.isalnum())
    compiled = _compiled(pattern) if pattern else None
    if compiled is None or len(plain) > LONGEST:
        return None
    found = compiled.fullmatch(plain)
    if found is None:
        return None
    return (found["number"] if "number" in compiled.groupindex else found[0]) or None
