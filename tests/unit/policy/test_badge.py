"""The number on a staff badge."""

import pytest

from sync.policy.badge import LENGTH, badge_code, badge_digest, is_badge


def test_a_badge_reads_back() -> None:
    """What a badge shows has its own form and length, which no customer's code has."""
    for number in (bytes(16), bytes(range(16)), b"\xff" * 16):
        code = badge_code(number)
        assert is_badge(code)
        assert (len(code), code.isascii(), code.isalnum(), code.upper()) == (LENGTH, True, True, code)
    assert badge_digest(badge_code(bytes(16))) != badge_digest(badge_code(b"\x01" + bytes(15)))


@pytest.mark.parametrize(
    "text", ["", "STAFF", "STAFF" + "1" * 26, "STAFF" + "A" * 25 + "B", "X" * LENGTH, "4901234567894"]
)
def test_what_is_no_badge(text: str) -> None:
    """Neither a product's code, nor letters outside the alphabet, nor bits that no number has."""
    assert not is_badge(text)


def test_a_number_is_128_bits() -> None:
    """Fewer could be guessed from the digest."""
    with pytest.raises(ValueError, match="16 bytes"):
        badge_code(bytes(8))
