"""How many parts a text message takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.policy.sms import sms_segments, utf16_units


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("あ" * 70, 1),
        ("あ" * 71, 2),
        ("あ" * 134, 2),
        ("あ" * 135, 3),
        ("あ" * 670, 10),
        ("あ" * 671, 11),
        ("𠮷" * 35, 1),
        ("𠮷" * 36, 2),
        ("あ" * 66 + "𠮷" + "あ" * 66, 3),
        ("a" * 69 + "ａ", 1),
        ("a" * 70 + "ａ", 2),
    ],
)
def test_parts(text: str, parts: int) -> None:
    """160 or 153 characters of the GSM alphabet (some count twice), 70 or 67 UTF-16 units of anything else; 670 are 10
    parts; a character of two units stays in one part."""
    assert sms_segments(text) == parts


@given(st.text(max_size=800))
def test_parts_hold_the_text(text: str) -> None:
    """There are always enough parts for the text, and never more than whole characters need."""
    parts, units = sms_segments(text), utf16_units(text)
    assert parts <= 1 or parts * 153 >= len(text)
    assert parts <= max(1, -(-units // 66))
    assert (parts == 0) == (text == "")


@given(st.text(max_size=300), st.text(max_size=10))
def test_more_text_never_takes_fewer_parts(text: str, more: str) -> None:
    """Typing on never makes a message cheaper."""
    assert sms_segments(text + more) >= sms_segments(text)
