"""One spelling for each name of a customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.identity import normalise


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("090-1234-5678", "+819012345678"),
        ("０９０（１２３４）５６７８", "+819012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("03-1234-5678", "+81312345678"),
        ("0120-123-456", "+81120123456"),
        ("+1 650 253 0000", "+16502530000"),
        ("  ", ""),
    ],
)
def test_telephone_numbers_become_e164(written: str, kept: str) -> None:
    """Widths, brackets and spaces do not matter; a number without a country is Japanese."""
    assert normalise.phone(written) == kept


@pytest.mark.parametrize("written", ["12345", "abc", "00000000000", "090-1234-567", "090-1234-5678 ext. 5", "+999 12"])
def test_what_is_no_telephone_number_is_refused(written: str) -> None:
    """It raises ValueError in words that follow the field's name."""
    with pytest.raises(ValueError, match=r"^is not a telephone number$"):
        normalise.phone(written)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Hanako@Example.JP ", "hanako@example.jp"),
        ("ｈａｎａｋｏ＠example.jp", "hanako@example.jp"),
        ("taro..x.@docomo.ne.jp", "taro..x.@docomo.ne.jp"),
        ("a@日本.jp", "a@xn--wgv71a.jp"),
        ("", ""),
    ],
)
def test_mail_addresses_are_small_and_ascii(written: str, kept: str) -> None:
    """Also those that Japanese carriers gave out against the standard."""
    assert normalise.email(written) == kept


@pytest.mark.parametrize(
    "written", ["a", "a@", "@b.jp", "a b@c.jp", "a@b", "a@b..jp", "a@-b.jp", "x" * 65 + "@b.jp", "a@b@"]
)
def test_what_is_no_mail_address_is_refused(written: str) -> None:
    """It raises ValueError in words that follow the field's name."""
    with pytest.raises(ValueError, match=r"^is not a mail address$"):
        normalise.email(written)


def test_names_keep_their_letters() -> None:
    """Widths and spaces are put in order; variant kanji, compatibility ideographs among them, stay as she writes them."""
    assert normalise.tidy("　髙橋　 ﾊﾅｺ ") == "髙橋 ハナコ"
    for letter in ("髙", "﨑", "\ufa19", "\ufa1b", "𠮷", "邊"):
        assert normalise.tidy(letter) == letter


def test_kana_are_wide_katakana() -> None:
    """Whichever kana was typed, voiced marks and long vowels included."""
    assert normalise.kana("やまﾀﾞ　さぶろー") == "ヤマダ サブロー"
    assert normalise.kana("ル-シ-") == "ルーシー"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邊", "渡辺"),
        ("渡邉", "渡辺"),
        ("齋藤", "斉藤"),
        ("\ufa19谷", "神谷"),
        ("ｱﾍﾞ", "あべ"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    """Variant kanji, kana and widths fold together for comparing."""
    assert normalise.matching_key(one) == normalise.matching_key(other)


@pytest.mark.parametrize(("one", "other"), [("高橋", "高島"), ("伊藤", "伊東"), ("川", "河")])
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    """Only spellings of one name fold."""
    assert normalise.matching_key(one) != normalise.matching_key(other)


@given(st.text(max_size=40))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """What is stored does not change when it is imported again."""
    for rule in (normalise.tidy, normalise.kana, normalise.opaque):
        assert rule(rule(text)) == rule(text)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    """No other exception escapes, and what is accepted is its own normal form."""
    for rule in (normalise.phone, normalise.email):
        try:
            kept = rule(text)
        except ValueError:
            continue
        assert rule(kept) == kept
        assert kept.isascii() or rule is normalise.email


@pytest.mark.parametrize(
    "sent", ["null", "undefined", " None ", "[object Object]", "00000000-0000-0000-0000-000000000000"]
)
def test_ids_that_mean_nobody_are_none(sent: str) -> None:
    """A broken page's placeholder must not make its visitors one person."""
    assert normalise.opaque(sent) == ""
