"""What staff type meets what stands in a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.sealed.names import digits, fold, is_number, romaji, romaji_prefix
from sync.sealed.people import CustomerIndex


def _index() -> CustomerIndex:
    index = CustomerIndex()
    people = [
        ("1", "100001", "髙橋", "美咲", "タカハシ", "ミサキ", "+819012345678"),
        ("2", "100002", "高橋", "昭子", "タカハシ", "ショウコ", "+819087654321"),
        ("3", "100003", "渡邉", "純", "ワタナベ", "ジュン", "+81312345678"),
        ("4", "100004", "山﨑", "由香", "ヤマザキ", "ユカ", ""),
        ("5", "100005", "高", "一郎", "コウ", "イチロウ", ""),
        ("6", "AB-0006", "Miller", "Zoë", "", "", "+14155550100"),
    ]
    names = ("id", "member_number", "family_name", "given_name", "family_kana", "given_kana", "phone")
    index.update(dict(zip(names, person, strict=True)) for person in people)
    return index


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("高橋", ["2", "1"]),
        ("髙橋", ["2", "1"]),
        ("高橋 美咲", ["1"]),
        ("高橋美咲", ["1"]),
        ("美咲", ["1"]),
        ("たかはし", ["2", "1"]),
        ("ﾀｶﾊｼ", ["2", "1"]),
        ("タカハシ　ミ", ["1"]),
        ("takahashi", ["2", "1"]),
        ("Takahasi misaki", ["1"]),
        ("shouko", ["2"]),
        ("shoko", ["2"]),
        ("しょうこ", ["2"]),
        ("渡辺", ["3"]),
        ("渡邊", ["3"]),
        ("山崎", ["4"]),
        ("yamaz", ["4"]),
        ("09012345678", ["1"]),
        ("090-1234-5678", ["1"]),
        ("+81 90 1234 5678", ["1"]),
        ("０９０１２３４", ["1"]),
        ("5678", ["3", "1"]),
        ("4321", ["2"]),
        ("100003", ["3"]),
        ("1000", ["5", "2", "1", "4", "3"]),
        ("ab-0006", ["6"]),
        ("zoe", ["6"]),
        ("miller", ["6"]),
        ("高", ["5", "2", "1"]),
        ("橋本", []),
        ("78", []),
        ("高橋 由香", []),
        ("", []),
        ("　", []),
    ],
)
def test_search(typed: str, expected: list[str]) -> None:
    """Kanji variants, kana, romaji, telephone and member numbers lead to her, whole names before beginnings."""
    found = _index().search(typed, 10)
    assert sorted(found) == sorted(expected)
    if typed in {"高", "高橋"}:
        assert found == expected


def test_a_syllable_begins_a_family_first() -> None:
    """However many are called so by their given names: who is called so by the family's comes first, in every way to type it."""
    index = CustomerIndex()
    given = (
        {
            "id": f"given-{n}",
            "family_name": f"阿部{n}",
            "family_kana": "アベ",
            "given_name": "沙織",
            "given_kana": "サオリ",
        }
        for n in range(400)
    )
    index.fill(
        [
            *given,
            {"id": "sato", "family_name": "佐藤", "family_kana": "サトウ", "given_name": "健", "given_kana": "ケン"},
        ]
    )
    for typed in ("さ", "サ", "ｻ", "s", "sa"):
        assert index.search(typed, 20)[0] == "sato", typed
        assert len(index.search(typed, 20)) == 20
    assert index.search("さおり", 20)[0] != "sato"


def test_exact_takes_whole_numbers_only() -> None:
    """A beginning of a number names nobody; the whole telephone number does, however it is written."""
    index = _index()
    assert index.exact("100001") == ["1"]
    assert index.exact("10000") == []
    assert index.exact("０９０－１２３４－５６７８") == ["1"]
    assert index.exact("0901234567") == []
    assert index.exact("高橋") == []


def test_an_update_replaces_and_removes() -> None:
    """A changed name is found by the new one only; who left is not found."""
    index = _index()
    index.update([{"id": "1", "member_number": "100001", "family_name": "井上", "given_name": "美咲"}], gone=["2"])
    assert index.search("高橋", 10) == []
    assert index.search("井上", 10) == ["1"]


def test_nothing_of_who_left_or_was_renamed_stays_in_the_image() -> None:
    """Neither a name that is no more nor a telephone number of somebody gone is among the bytes that are kept."""
    index = CustomerIndex.of(_index().image())
    assert "高橋".encode() in index.image()
    index.update([{"id": "1", "member_number": "100001", "family_name": "井上", "given_name": "美咲"}])
    everybody = ["2", "3", "4", "5", "6", "7", "8", "9"]
    index.update([], gone=everybody)
    kept = index.image()
    assert "井上".encode() in kept
    assert "高橋".encode() not in kept
    assert b"09012345678" not in kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("さとう", "satoh"),
        ("サトウ", "satō"),
        ("はっとり", "hattori"),
        ("しんばし", "shimbashi"),
        ("つじ", "tsuji"),
        ("ちひろ", "tihiro"),
    ],
)
def test_romaji_spellings_meet(one: str, other: str) -> None:
    """Hepburn, Kunrei and long vowels come down to one spelling."""
    assert romaji(fold(one)) == romaji(fold(other))


@pytest.mark.parametrize(
    ("typed", "whole"), [("s", "しの"), ("sh", "しの"), ("ts", "つじ"), ("ch", "ちか"), ("j", "じゅん")]
)
def test_half_typed_romaji_is_a_beginning(typed: str, whole: str) -> None:
    """While somebody types, each letter keeps the name in the list."""
    assert romaji(fold(whole)).startswith(romaji_prefix(fold(typed)))


@given(st.text(max_size=60))
def test_nothing_typed_breaks_the_search(text: str) -> None:
    """Any text gives an answer, and no error."""
    fold(text).encode()
    romaji(fold(text))
    digits(text)
    is_number(text)
    assert isinstance(INDEX.search(text, 5), list)
    assert isinstance(INDEX.exact(text), list)


INDEX = _index()
