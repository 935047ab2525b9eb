"""The parts of the brand guide that are no list of words: emoji, the closing, what a lock screen shows."""

import re
from collections.abc import Iterator, Sequence

_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # flags
    "|[0-9#*]\ufe0f?\u20e3"  # keycaps
    "|[\u2190-\u21ff\u231a-\u23ff\u25a0-\u25ff\u2600-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f0ff\U0001f100-\U0001f1e5\U0001f200-\U0001faff]"
    "(?:[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)
"""One emoji as the eye sees it, joined ones and skin tones included; ☆ and ♪ are no different to a reader. Blocks of the
Unicode standard."""
_PLAIN_SIGNS = frozenset("→←↑↓⇒■□▲△▼▽◆◇○●◎①②③④⑤※〰")
"""Of these blocks what Japanese letters use as points and arrows."""
_SENTENCE = re.compile("[。.!?！？]")
_TAIL = 160


def emoji(text: str, allowed: Sequence[str], most: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield (code, span) of each emoji that is not ours (`emoji`), and of those beyond the most that may stand
    (`too_many_emoji`)."""
    ours = {one.replace("\ufe0f", "") for one in allowed}
    count = 0
    for m in _EMOJI.finditer(text):
        if m.group() in _PLAIN_SIGNS:
            continue
        if ours and m.group().replace("\ufe0f", "") not in ours:
            yield "emoji", m.span()
            continue
        count += 1
        if count > most:
            yield "too_many_emoji", m.span()


def opening_end(text: str, length: int) -> int:
    """Return the place in the text where the first `length` characters end. Line breaks are not counted: a lock screen
    runs the lines together."""
    seen = 0
    for place, character in enumerate(text):
        if character in "\r\n":
            continue
        if seen == length:
            return place
        seen += 1
    return len(text)


def opening(text: str, length: int) -> str:
    """Return what a lock screen shows of a text."""
    shown = text[: opening_end(text, length)]
    return " ".join(line.strip() for line in shown.splitlines() if line.strip())


def tail(text: str) -> str:
    """Return the end of a text, in which its closing stands."""
    return text.rstrip()[-_TAIL:]


def closing_place(text: str) -> int:
    """Return where a closing belongs: at the end, but above a signature (a last paragraph without a sentence)."""
    end = len(text.rstrip())
    above = text.rfind("\n\n", 0, end)
    if above > 0 and not _SENTENCE.search(text[above:end]):
        return len(text[:above].rstrip())
    return end
