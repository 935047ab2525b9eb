"""The sender of a mail reads the same in every program, whatever letters the name is written in."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.delivery.mail_sender import sender_header

ADDRESS = "shop@kazami.example.jp"


def as_mail_programs_do(raw: bytes) -> str:
    """Read by RFC 2047: blanks between encoded words mean nothing."""
    name, address = parseaddr(message_from_bytes(raw)["From"].replace("\r\n", ""))
    assert address == ADDRESS
    return str(make_header(decode_header(name)))


def as_the_newer_parser_does(raw: bytes) -> str:
    [sender] = message_from_bytes(raw, policy=default)["From"].addresses
    assert sender.addr_spec == ADDRESS
    return str(sender.display_name)


@pytest.mark.parametrize(
    "name",
    [
        "髙橋(美) / 株式会社カザミ 銀座本店",
        "小川 / 有限会社ことぶき商店 福岡店",
        "髙橋(美) / 株式会社梅田花園百貨店 KAZAMI 梅田店",
        "Misaki Takahashi / 株式会社カザミ Ginza",
        'Misaki "Mimi" Takahashi / Kazami, Inc. \\ Ginza',
        "吉野 / 株式会社𠮷野 横浜店",
        "Shop",
    ],
)
def test_both_readers_see_the_name(name: str) -> None:
    """No blank appears inside a name, and none is lost."""
    raw = sender_header(name, ADDRESS)
    assert as_mail_programs_do(raw) == name
    assert as_the_newer_parser_does(raw) == name


@given(
    st.lists(
        st.text('髙橋美咲株式会社カザミ銀座本店Ginza/.,()"\\=?_éø😀𠮷', min_size=1, max_size=40), min_size=1, max_size=6
    )
)
def test_any_name_keeps_to_the_limits_and_comes_back(words: list[str]) -> None:
    """Encoded words of at most 75 characters, lines of at most 76 that hold one, and the very name when read."""
    name = " ".join(words)
    raw = sender_header(name, ADDRESS)
    assert raw.isascii()
    assert raw.startswith(b"From: ")
    assert raw.endswith(b"\r\n")
    for line in raw.decode().splitlines():
        for word in line.split():
            if word.startswith("=?utf-8?b?"):
                assert len(line) <= 76
    if not name.isascii():
        assert as_mail_programs_do(raw) == name


def test_a_long_name_is_cut_at_its_blanks() -> None:
    """Where even the company needs two encoded words, no reader shows a blank inside a word."""
    raw = sender_header("小川 / 有限会社博多ことぶき商店 福岡店", ADDRESS)
    assert as_mail_programs_do(raw) == "小川 / 有限会社博多ことぶき商店 福岡店"
    assert as_the_newer_parser_does(raw).split() == ["小川", "/", "有限会社博多ことぶき商店", "福岡店"]


def test_an_address_outside_ascii_is_refused() -> None:
    """It cannot stand in a header of plain letters; the channel answers that it is no address."""
    with pytest.raises(UnicodeError):
        sender_header("髙橋", "店@kazami.example.jp")
