"""The check of what staff write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.model.customer import Channel
from sync.policy.playbook import load_playbook
from sync.policy.words import Finding, check_words

SHIPPED = load_playbook()
PLAYBOOK = SHIPPED.model_copy(
    update={"words": {code: words.model_copy(update={"guide": None}) for code, words in SHIPPED.words.items()}}
)
"""Words only; the rest of the brand guide has a file of its own."""


def check(
    text: str, language: str = "ja", channel: Channel = Channel.LINE, family_name: str = "", footer: str = ""
) -> list[Finding]:
    return check_words(
        text, channel=channel, language=language, playbook=PLAYBOOK, family_name=family_name, footer=footer
    )


def test_a_promise_is_softened() -> None:
    """必ず promises what nobody can hold; the suggestion stands beside its place."""
    assert check("明日までに必ずご用意いたします。") == [Finding("forbidden_word", 5, 7, "必ず", "できるかぎり")]


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("先日ご覧になったコート", "ja", "watching"),
        ("閲覧履歴をもとに", "ja", "watching"),
        ("カートに残っているお品", "ja", "watching"),
        ("ｶｰﾄに残っているお品", "ja", "watching"),
        ("８か月ぶりのご来店", "ja", "counting_absence"),
        ("三年ぶりにお目にかかれ", "ja", "counting_absence"),
        ("数ヶ月ぶりに", "ja", "counting_absence"),
        ("ご来店が途絶えておりましたので", "ja", "counting_absence"),
        ("業界一のお品", "ja", "claim"),
        ("１００％ご満足", "ja", "claim"),
        ("I saw that you looked at the coat", "en", "watching"),
        ("It's been 8 months", "en", "counting_absence"),
        ("We guarantee it", "en", "forbidden_word"),
        ("Left in your CART", "en", "watching"),
    ],
)
def test_watched_words_of_the_shipped_playbook(text: str, language: str, code: str) -> None:
    """Nobody is told she was watched or how long she was away, in whatever width, case or counting word."""
    assert code in {f.code for f in check(text, language)}


@pytest.mark.parametrize(
    "text",
    [
        "カーディガンが届きました",
        "日曜ぶりではなく",
        "必要でございましたら",
        "お心づかいのほど",
        "またお目にかかれて嬉しく存じます",
    ],
)
def test_harmless_words_are_left_alone(text: str) -> None:
    """Words that merely resemble watched ones are not marked."""
    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("佐々木様\nこんにちは", []),
        ("佐々木 様", []),
        ("佐々木さま", []),
        ("佐々木\nこんにちは", [(0, 3, "佐々木")]),
        ("佐々木さん、こんにちは", [(0, 5, "佐々木さん")]),
        ("佐々木様、佐々木殿", [(5, 9, "佐々木殿")]),
        ("こんにちは", []),
    ],
)
def test_her_name_needs_its_honorific(text: str, expected: list[tuple[int, int, str]]) -> None:
    """Her family name bare, or with さん and the like, is marked with the form the house uses."""
    found = check(text, family_name="佐々木")
    assert [(f.start, f.end, f.word) for f in found] == expected
    assert all(f.code == "missing_honorific" and f.suggestion == "佐々木様" for f in found)


def test_a_name_inside_another_word_is_no_name() -> None:
    """林 within 小林 or 林檎 is not Ms. Hayashi."""
    assert check("小林様に林檎をお届けします", family_name="林") == []
    assert [f.start for f in check("小林様、林、お待ちします", family_name="林")] == [4]


@pytest.mark.parametrize("text", ["", "  \n\u3000"])
def test_nothing_written_is_a_finding(text: str) -> None:
    """An empty message cannot go."""
    assert [f.code for f in check(text)] == ["empty"]


@pytest.mark.parametrize(("channel", "limit"), [(Channel.LINE, 5000), (Channel.SMS, 670), (Channel.EMAIL, 20_000)])
def test_length_is_counted_as_the_channel_counts(channel: Channel, limit: int) -> None:
    """UTF-16 units: 𠮷 is two; the footer that is added counts as well; the finding starts where it is too long."""
    assert check("あ" * limit, channel=channel) == []
    (found,) = check("あ" * (limit + 1), channel=channel)
    assert (found.code, found.start, found.end, found.word) == ("too_long", limit, limit + 1, str(limit))
    (found,) = check("𠮷" * (limit // 2 + 1), channel=channel)
    assert found.start == limit // 2
    (found,) = check("あ" * limit, channel=channel, footer="株式会社")
    assert (found.start, found.word) == (limit - 5, str(limit - 5))


@given(st.text(max_size=200), st.sampled_from(["ja", "en", "zh"]), st.text(max_size=5))
def test_findings_lie_in_the_text(text: str, language: str, name: str) -> None:
    """Whatever is typed, nothing breaks, and each finding marks the very text it names, in order."""
    found = check(text, language, family_name=name)
    assert found == sorted(found, key=lambda f: (f.start, f.end, f.code))
    for f in found:
        assert 0 <= f.start <= f.end <= len(text)
        assert f.code in {"too_long", "empty"} or text[f.start : f.end] == f.word
