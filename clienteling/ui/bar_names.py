"""What there is room for in the rail and in a handheld's bar, names and counts: worked out from the width of the words, before
anything is laid out."""

from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width

from clienteling.state import Session
from clienteling.theme import T

NARROW_ITEM = 48
"""Width of a place in a handheld's bar that has no room for its name."""
SCAN_NARROW = 52
ICON = 23
BADGE = 11
MOST = 99
"""What is more is not counted out."""
_AROUND_BADGE = 13


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


@dataclass(frozen=True)
class Badge:
    """A count on an icon: its words and their size, how large the icon is, and where both begin, from the left of the place."""

    words: str
    size: float
    left: float
    icon: int
    icon_left: float


def badge(count: int, width: float, letters: float) -> Badge:
    """Return how a count stands on the icon of a place so wide. Icon and count grow with the letters as far as both can still be
    made out; a count of several digits moves the icon to the left before it covers it."""
    icon = round(ICON * min(letters, 1.5))
    words = f"{MOST}+" if count > MOST else str(count)
    size = BADGE * min(letters, 1.3) / letters  # of letters that are themselves larger
    left = min(width / 2 + 4, width - _units(words) * size * letters - _AROUND_BADGE)
    centred = (width - icon) / 2
    return Badge(words, size, left, icon, max(0.0, min(centred, left - 0.6 * icon)) if count else centred)


def _units(words: str) -> float:
    """Width of a line in letters of Japanese, not less than it is."""
    return sum(1.0 if east_asian_width(one) in "WF" else 0.66 for one in words)
