"""The number of a receipt, as its barcode says it; and what else a camera or a scanner reads that is none."""

import unicodedata
from enum import StrEnum
from typing import Final

from sync.policy.badge import is_badge
from sync.policy.barcode import number_in
from sync.policy.membership import looks_like_code, looks_like_piece

LONGEST: Final = 120
"""Letters of the longest number that a visit keeps."""


class NoReceipt(StrEnum):
    """Why what was read is no receipt's number."""

    MEMBER = "member"
    """A customer's member code or card."""
    BADGE = "badge"
    """A staff badge: its number must stand in no record."""
    LABEL = "label"
    """The label of a product of ours."""
    LINK = "link"
    """An address of the web."""
    MALFORMED = "malformed"
    """Nothing that a till prints as a number: without a digit, too long, or with signs that no bars are read as."""


def receipt_number(text: str) -> str:
    """Return a number as it is kept: a scanner types full-width where an input method is on."""
    return unicodedata.normalize("NFKC", text).strip()


def no_receipt(text: str, member_barcode: str = "") -> NoReceipt | None:
    """Return why this is no receipt's number, or None where it may be one. `member_barcode`: the house's cards, as a pattern."""
    number = receipt_number(text)
    if is_badge(number.upper()):
        return NoReceipt.BADGE
    if looks_like_code(number) or looks_like_piece(number) or number_in(member_barcode, number) is not None:
        return NoReceipt.MEMBER
    if "://" in number or number.lower().startswith("www."):
        return NoReceipt.LINK
    plain = number.isprintable() and any(one.isdigit() for one in number)
    return None if plain and len(number) <= LONGEST else NoReceipt.MALFORMED
