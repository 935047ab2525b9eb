"""The sentences that customers agree to: what was said once is never said otherwise under the same name."""

import hashlib
from string import Formatter

import pytest

from sync.policy.wordings import LANGUAGES, current, sentence, wordings

OUT = {
    "registration/2026-11/ja": "dbe72923fc7fe6bf",
    "registration/2026-11/en": "3be0fb69bc926cde",
    "preferences/2026-11/ja": "2f97da2394360193",
    "preferences/2026-11/en": "2a681249754dc1f5",
}
"""Digests of what is out. A line here is only ever added."""


def versions() -> dict[str, dict[str, str]]:
    return {
        f"{place}/{number}/{language}": words
        for language in LANGUAGES
        for place, numbers in wordings(language).items()
        for number, words in numbers.items()
    }


def test_no_text_changes_without_a_new_version() -> None:
    """Each version's words have the digest they shipped with; a new version is entered here, none is taken away."""
    found = {
        name: hashlib.sha256("\n".join(f"{key}={words[key]}" for key in sorted(words)).encode()).hexdigest()[:16]
        for name, words in versions().items()
    }
    assert found == OUT


def test_every_language_says_the_same_things() -> None:
    """Each version is there in each language, with the same sentences and the same gaps."""
    gaps = {
        language: {
            (name.rpartition("/")[0], key, field)
            for name, words in versions().items()
            if name.endswith(f"/{language}")
            for key, text in words.items()
            for _, field, _, _ in Formatter().parse(text)
        }
        for language in LANGUAGES
    }
    assert gaps["ja"] == gaps["en"]


@pytest.mark.parametrize("place", ["registration", "preferences"])
def test_what_is_shown_today_is_there(place: str) -> None:
    """The current version exists in every language; a language that we do not write is shown English."""
    for language in LANGUAGES:
        assert current(place, language) in versions()  # type: ignore[arg-type]
    assert current(place, "fr") == current(place, "en")  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["", "2024-10", "registration/1999-01/ja", "registration/2026-11/../ja", "x/y/fr"])
def test_a_version_of_another_program_has_no_words_here(version: str) -> None:
    """An entry of an older or newer program keeps its version's name; nothing is made up for it."""
    assert sentence(version, "email", brand="ELM") == ""


def test_the_sentence_names_the_house() -> None:
    """What is kept in the ledger is what was read out."""
    assert sentence("registration/2026-11/en", "email", brand="ELM") == "I agree to be contacted by ELM by mail."
