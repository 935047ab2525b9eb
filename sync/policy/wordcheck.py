"""The check of what staff write, while they type and without a network: the brand guide, applied to a text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync.model.customer import Channel
from sync.model.outreach import Cause
from sync.policy import guide
from sync.policy.brand_guide import Words
from sync.policy.playbook import Playbook
from sync.policy.sms import utf16_units
from sync.policy.speaker import Speaker

LONGEST = {Channel.LINE: 5000, Channel.SMS: 670, Channel.EMAIL: 20_000, Channel.APP: 500}
"""UTF-16 units: LINE's limit for a text, ten parts of SMS, for mail what anybody still reads, and for a push what an opened
notification shows and its 4,096 bytes hold."""

BLOCKING = frozenset({"empty", "too_long"})
"""Findings with which a message cannot go at all, whatever the playbook says (see `blocking_codes`)."""


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    """`empty`, `too_long`, `missing_honorific`, `lock_screen`, `shops_talk`, `emoji`, `too_many_emoji`, `long`,
    `closing_missing`, or that of a watched word: `forbidden_word`, `preferred_word`, `claim`, `efficacy`, `watching`,
    `counting_absence`, `body_or_age`, `family`, or whatever the playbook says."""
    start: int
    end: int
    """Characters `start` to `end` (exclusive) of the text; `closing_missing` is a place between two."""
    word: str
    """The text there, for `too_long` and `long` the limit."""
    suggestion: str = ""

    @property
    def fix(self) -> str | None:
        """What one tap puts there; None where a person has to think."""
        if self.code in ("emoji", "too_many_emoji"):
            return ""
        if self.code == "closing_missing":
            return f"\n\n{self.suggestion}" if self.suggestion else None
        return self.suggestion or None


def check_words(
    text: str,
    *,
    channel: Channel,
    language: str,
    playbook: Playbook,
    family_name: str = "",
    footer: str = "",
    items: Iterable[str] = (),
    speaker: Speaker = Speaker.PERSON,
) -> list[Finding]:
    """Return what to change, in the order of the text. `family_name` is the customer's; `footer` is what is added to the
    text before it goes, and counts towards its length; `items` are the names of what the message is about."""
    if not text.strip():
        return [Finding("empty", 0, len(text), "")]
    words = playbook.words_of(language)
    plain, places = _plain(text)
    found = [*_watched(words, plain, places), *_bare_names(text, family_name, words.honorifics)]
    found += _too_long(text, LONGEST[channel], footer, "too_long")
    if words.guide is not None:
        rules = words.guide
        end = guide.opening_end(text, rules.opening)
        found += _opening(plain, places, end, rules.opening_never, items)
        if speaker is Speaker.PERSON:
            found += [f for one in rules.shop_only for f in _matches(one, plain, places, "shops_talk")]
        found += [Finding(code, *span, "") for code, span in guide.emoji(text, rules.emoji, rules.emoji_most)]
        if channel in rules.closing_channels and rules.closing and not re.search(rules.closing, guide.tail(plain)):
            place = guide.closing_place(text)
            found.append(Finding("closing_missing", place, place, "", rules.closing_suggestion))
        if channel in rules.longest and not any(f.code == "too_long" for f in found):
            found += _too_long(text, rules.longest[channel], "", "long")
    return _sorted(found, text)


def check_subject(text: str, *, language: str, playbook: Playbook, items: Iterable[str] = ()) -> list[Finding]:
    """Return what to change in the subject of a mail. All of it stands on the lock screen."""
    words = playbook.words_of(language)
    plain, places = _plain(text)
    found = _watched(words, plain, places)
    if words.guide is not None:
        found += _opening(plain, places, len(text), words.guide.opening_never, items)
    return _sorted(found, text)


def blocking_codes(playbook: Playbook, language: str, cause: Cause) -> frozenset[str]:
    """Return the findings with which a message for this cause does not go."""
    rules = playbook.words_of(language).guide
    if rules is None:
        return BLOCKING
    unasked = () if cause is Cause.REPLY else rules.blocking_unasked
    return BLOCKING.union(rules.blocking, unasked)


def repaired(text: str, finding: Finding) -> str:
    """Return the text with what a finding offers; as it was where it offers nothing, or the text has moved on since."""
    moved_on = text[finding.start : finding.end] != finding.word or finding.end > len(text)
    if finding.fix is None or moved_on:
        return text
    return text[: finding.start] + finding.fix + text[finding.end :]


def _watched(words: Words, plain: str, places: list[int]) -> list[Finding]:
    return [
        finding
        for watched in words.watched
        for finding in _matches(
            watched.pattern or re.escape(_plain(watched.word)[0]), plain, places, watched.code, watched.suggestion
        )
    ]


def _matches(pattern: str, plain: str, places: list[int], code: str, suggestion: str = "") -> Iterator[Finding]:
    for m in re.finditer(pattern, plain):
        if m.end() > m.start():
            yield Finding(code, places[m.start()], places[m.end() - 1] + 1, "", suggestion)


def _opening(plain: str, places: list[int], end: int, never: Iterable[str], items: Iterable[str]) -> Iterator[Finding]:
    names = (re.escape(_plain(name)[0]) for name in items if name.strip())
    for pattern in (*never, *names):
        yield from (f for f in _matches(pattern, plain, places, "lock_screen") if f.start < end)


def _sorted(found: Iterable[Finding], text: str) -> list[Finding]:
    named = {f if f.word else replace(f, word=text[f.start : f.end]) for f in found}
    return sorted(named, key=lambda f: (f.start, f.end, f.code, f.suggestion))


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the text without differences of width and case, and for each character of it its place in the text."""
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        piece = unicodedata.normalize("NFKC", character).lower()
        if plain and piece in ("\u3099", "\u309a"):  # the mark of a half-width ｷﾞ is a character of its own
            joined = unicodedata.normalize("NFC", plain[-1] + piece)
            if len(joined) == 1:
                plain[-1], places[-1] = joined, place
                continue
        plain += piece
        places += [place] * len(piece)
    return "".join(plain), places


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


def _too_long(text: str, limit: int, footer: str, code: str) -> Iterator[Finding]:
    limit -= utf16_units(footer) + 1 if footer else 0
    units = 0
    for place, character in enumerate(text):
        units += utf16_units(character)
        if units > limit:
            yield Finding(code, place, len(text), str(limit))
            return
