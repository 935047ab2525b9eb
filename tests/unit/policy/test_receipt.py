"""What a camera or a scanner reads is a receipt's number, or it is said what it is instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.policy.badge import badge_code
from sync.policy.receipt import LONGEST, NoReceipt, no_receipt, receipt_number

CARD = "2800(?P<number>[0-9]{8})[0-9]"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("AB3D" * 32, NoReceipt.MEMBER),
        ("ab3d" * 32, NoReceipt.MEMBER),
        ("AB3D" * 20, NoReceipt.MEMBER),
        ("AB3D" * 7, NoReceipt.MEMBER),
        ("2800100200305", NoReceipt.MEMBER),
        (badge_code(bytes(range(16))), NoReceipt.BADGE),
        ("HTTPS://WWW.EXAMPLE.COM/SALE1", NoReceipt.LINK),
        ("www.example.com/1", NoReceipt.LINK),
        ("ありがとうございました", NoReceipt.MALFORMED),
        ("R-1\x1d7", NoReceipt.MALFORMED),
        ("R-" * 60 + "1", NoReceipt.MALFORMED),
        ("R-77", None),
        ("Ｒ－７７", None),
        ("2025-11-29 0003 00127", None),
        ("20251129000300127", None),
        ("4901234567894", None),
    ],
)
def test_what_was_read_is_told_apart(text: str, why: NoReceipt | None) -> None:
    """Member codes whole and in pieces, cards of the house, badges, addresses and what no till prints are no numbers."""
    assert no_receipt(text, CARD) is why


def test_without_cards_of_the_house_its_prefix_is_a_number() -> None:
    """Only what the house says is a card is one."""
    assert no_receipt("2800100200305") is None


@given(st.from_regex(r"\A[A-Z]{0,3}-?[0-9]{1,20}\Z"))
def test_what_tills_print_is_taken(number: str) -> None:
    """Letters of a till before up to twenty digits are a receipt's number, full-width and with spaces around it as well."""
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
    for text in (number, f"  {number}\n", wide):
        assert (no_receipt(text), receipt_number(text)) == (None, number)


@given(st.text(max_size=200))
def test_what_is_taken_fits_the_visit(text: str) -> None:
    """Whatever is read: what is taken as a number fits where it is kept and can be shown."""
    if no_receipt(text) is None:
        number = receipt_number(text)
        assert 0 < len(number) <= LONGEST
        assert number.isprintable()
