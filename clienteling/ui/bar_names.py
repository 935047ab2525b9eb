"""What there is room to name in a handheld's bar: worked out from the width of the words, before anything is laid out."""

from collections.abc import Mapping
from unicodedata import east_asian_width

from clienteling.state import Session
from clienteling.theme import T

NARROW_ITEM = 48
"""Width of a place in a handheld's bar that has no room for its name."""
SCAN_NARROW = 52


def by_word(name: str) -> str:
    """A name on a line for each of its words."""
    return name.replace(" ", "\n")


def named_places(places: Mapping[str, str], person: str, lit: str, session: Session) -> tuple[set[str], int]:
    """Which places of the bar are named, and in what size: all where there is room, without the person whose initial is there
    already, or a little smaller; else the one where one is, else none. Their icons and what a screen reader says stay."""
    room = session.pixels - 8 - SCAN_NARROW

    def fit(named: Mapping[str, str], size: int) -> bool:
        wide = [max(map(_units, by_word(words).split("\n"))) * size * session.letters for words in named.values()]
        empty = NARROW_ITEM * (len(places) + 1 - len(named))
        return sum(max(one + 4, NARROW_ITEM) for one in wide) + empty <= room

    ways = (({**places, "me": person}, T.SMALL), (places, T.SMALL), (places, T.SMALL - 1))
    for named, size in ways:
        if fit(named, size):
            return set(named), size
    here = {code: words for code, words in ({**places, "me": person}).items() if code == lit}
    return (set(here) if fit(here, T.SMALL) else set()), T.SMALL


def _units(words: str) -> float:
    """Width of a line in letters of Japanese, not less than it is."""
    return sum(1.0 if east_asian_width(one) in "WF" else 0.66 for one in words)
