"""What of a number or an address stands on a screen before it is revealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.policy.masking import masked_mail, masked_phone, readable_phone


@pytest.mark.parametrize(
    ("phone", "masked", "read"),
    [
        ("+819011112222", "090-****-2222", "090-1111-2222"),
        ("09011112222", "090-****-2222", "090-1111-2222"),
        ("+81312345678", "03-****-5678", "03-1234-5678"),
        ("0451234567", "045-****-4567", "045-123-4567"),
        ("+14155552671", "****-2671", "+14155552671"),
        ("110", "****", "110"),
        ("", "", ""),
    ],
)
def test_a_number(phone: str, masked: str, read: str) -> None:
    """The area and the last four digits of a Japanese number, the last four of another, nothing of a short one."""
    assert (masked_phone(phone), readable_phone(phone)) == (masked, read)


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("midori@example.jp", "m***@example.jp"),
        ("m@example.jp", "***@example.jp"),
        ('"a@b"@example.jp', '"***@example.jp'),
        ("nonsense", "***"),
        ("", ""),
    ],
)
def test_an_address(address: str, masked: str) -> None:
    """Its first letter and the domain; of one letter not even that."""
    assert masked_mail(address) == masked


@given(st.from_regex(r"(\+81[1-9]\d{8,9}|0[1-9]\d{8,9}|\+\d{8,15}|\d{1,7})", fullmatch=True))
def test_at_least_three_digits_of_any_number_are_missing(phone: str) -> None:
    """Nobody can call what is masked."""
    shown = "".join(filter(str.isdigit, masked_phone(phone)))
    national = "".join(filter(str.isdigit, readable_phone(phone)))
    assert len(national) - len(shown) >= min(3, len(national))


@given(st.emails())
def test_the_local_part_of_any_address_is_missing(address: str) -> None:
    """Not more than one letter of it stays."""
    assert len(masked_mail(address).rpartition("***@")[0]) <= 1
