"""The enrolment's QR code, and what people type of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import BadField
from sync.policy.invitation import grouped, link, read

CODE = "ABCD2345EFGH6723IJKL2345MNOP2345"


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=32, max_size=32))
def test_what_is_shown_is_read(code: str) -> None:
    """The link gives back server and code; so does the code as it is written in groups."""
    found = read(link("https://api.example.jp/sync/", code))
    assert (found.server, found.code) == ("https://api.example.jp/sync", code)
    assert read(grouped(code)).code == code


@pytest.mark.parametrize(
    "typed",
    [CODE.lower(), " " + grouped(CODE).replace("-", " - "), "ＡＢＣＤ２３４５" + CODE[8:], CODE.replace("O", "0").replace("I", "1").replace("B", "8"), grouped(CODE).replace("-", "ー")],
)  # fmt: skip
def test_typing_is_forgiven(typed: str) -> None:
    """Spaces, hyphens, small and full-width letters, and digits that look like letters, are no mistakes."""
    assert read(typed).code == CODE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "length"), (CODE[:-1], "length"), (CODE + "A", "length"), ("あ" * 32, "not_a_code"),
        ("https://api.example.jp/enrol?code=" + CODE, "not_a_code"),
        ("clienteling://other?code=" + CODE, "not_a_code"),
        ("clienteling://enrol?server=http%3A%2F%2Fevil.example&code=" + CODE, "server"),
        ("clienteling://enrol?server=javascript%3Aalert(1)&code=" + CODE, "server"),
        ("clienteling://enrol?server=https%3A%2F%2Fa%40evil.example&code=" + CODE, "server"),
        ("clienteling://enrol?server=https%3A%2F%2Fx&code=short", "length"),
    ],
)  # fmt: skip
def test_anything_else_is_no_invitation(text: str, reason: str) -> None:
    """Other codes of a shop, half a code, and a server without TLS are told apart."""
    with pytest.raises(BadField) as caught:
        read(text)
    assert caught.value.params["reason"] == reason
