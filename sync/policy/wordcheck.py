"""The check of what staff write, while they type: words we do not use, a name without its honorific, length."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from sync.model.customer import Channel
from sync.policy.playbook import Playbook
from sync.policy.sms import utf16_units

LONGEST = {Channel.LINE: 5000, Channel.SMS: 670, Channel.EMAIL: 20_000}
"""UTF-16 units: LINE's limit for a text, ten parts of SMS, and for mail what anybody still reads."""

BLOCKING = frozenset({"empty", "too_long"})
"""Findings with which a message cannot go at all; the others are for the writer to weigh."""


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    """`empty`, `too_long`, `missing_honorific`, or that of a watched word: `forbidden_word`, `watching`,
    `counting_absence`, `body_or_age`, or whatever the playbook says."""
    start: int
    end: int
    """Characters `start` to `end` (exclusive) of the text."""
    word: str
    """The text there, for `too_long` the limit."""
    suggestion: str = ""


def check_words(
    text: str,
    *,
    channel: Channel,
    language: str,
    playbook: Playbook,
    family_name: str = "",
    footer: str = "",
) -> list[Finding]:
    """Return what to change, in the order of the text. `family_name` is the customer's; `footer` is what is added to the
    text before it goes, and counts towards its length."""
    if not text.strip():
        return [Finding("empty", 0, len(text), "")]
    words = playbook.words_of(language)
    plain, places = _plain(text)
    found = [
        Finding(watched.code, places[m.start()], places[m.end() - 1] + 1, "", watched.suggestion)
        for watched in words.watched
        for m in re.finditer(watched.pattern or re.escape(_plain(watched.word)[0]), plain)
        if m.end() > m.start()
    ]
    found += _bare_names(text, family_name, words.honorifics)
    found += _too_long(text, channel, footer)
    named = [f if f.word else Finding(f.code, f.start, f.end, text[f.start : f.end], f.suggestion) for f in found]
    return sorted(named, key=lambda f: (f.start, f.end, f.code))


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the text without differences of width and case, and for each character of it its place in the text."""
    pieces = [unicodedata.normalize("NFKC", c).lower() for c in text]
    places = [i for i, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), places


def _bare_names(text: str, family_name: str, honorifics: tuple[str, ...]) -> Iterator[Finding]:
    if not family_name or not honorifics:
        return
    after = "|".join(re.escape(h) for h in honorifics)
    # 林 within 小林 or 林檎 is no bare 林: only a name that stands by itself is looked at.
    for m in re.finditer(rf"(?<![\w々ヶ]){re.escape(family_name)}(?![\w々ヶ])", text):
        if not re.match(rf"[ \u3000]?({after})", text[m.end() :]):
            yield Finding("missing_honorific", m.start(), m.end(), family_name, f"{family_name}{honorifics[0]}")
    for m in re.finditer(rf"(?<![\w々ヶ]){re.escape(family_name)}(さん|ちゃん|くん|君|氏|殿)", text):
        yield Finding("missing_honorific", m.start(), m.end(), m.group(), f"{family_name}{honorifics[0]}")


def _too_long(text: str, channel: Channel, footer: str) -> Iterator[Finding]:
    limit = LONGEST[channel] - (utf16_units(footer) + 1 if footer else 0)
    units = 0
    for place, character in enumerate(text):
        units += utf16_units(character)
        if units > limit:
            yield Finding("too_long", place, len(text), str(limit))
            return
