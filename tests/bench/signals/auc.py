"""The area under the ROC curve with its interval, and how two scores of the same people differ, by DeLong, DeLong and
Clarke-Pearson (1988), computed with mid-ranks.

It is the share of all pairs of one to whom it happened and one to whom it did not in which the former has the higher
score. A pair of equal scores counts one half, so a score that says the same of everybody has 0.5.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Z95 = 1.959964


class Interval(NamedTuple):
    value: float
    low: float
    high: float


def area(scores: Floats, happened: NDArray[np.bool_]) -> Interval:
    """Return the area with its 95 % interval, cut off at 0 and 1. Raises ValueError where all or none are `happened`."""
    value, of_yes, of_no = _parts(scores, happened)
    found = _around(value, of_yes, of_no)
    return Interval(value, max(0.0, found.low), min(1.0, found.high))


def difference(ours: Floats, other: Floats, happened: NDArray[np.bool_]) -> Interval:
    """Return by how much the area of `ours` is larger, with its 95 % interval; both score the same people."""
    first, second = _parts(ours, happened), _parts(other, happened)
    return _around(first[0] - second[0], first[1] - second[1], first[2] - second[2])


def _parts(scores: Floats, happened: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """The area, and for each person the share of the others whom the score puts on the right side of her."""
    yes, no = scores[happened], scores[~happened]
    if not len(yes) or not len(no):
        raise ValueError("it must have happened to some and not to others")
    ranks = _ranks(np.concatenate([yes, no]))
    of_yes = (ranks[: len(yes)] - _ranks(yes)) / len(no)
    of_no = 1 - (ranks[len(yes) :] - _ranks(no)) / len(yes)
    return float(of_yes.mean()), of_yes, of_no


def _ranks(scores: Floats) -> Floats:
    """Each score's place from 1, equal ones at the middle of theirs. (`scipy.stats` has it too, and takes a second to import.)"""
    _, place, many = np.unique(scores, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(many) - (many - 1) / 2)[place]
    return ranks


def _around(value: float, of_yes: Floats, of_no: Floats) -> Interval:
    half = Z95 * float(sum(part.var(ddof=1) / len(part) for part in (of_yes, of_no) if len(part) > 1)) ** 0.5
    return Interval(value, value - half, value + half)


def chosen(scores: Floats, happened: NDArray[np.bool_], many: int) -> Interval:
    """Return the share to whom it happened among the `many` of highest score, with its 95 % interval (Wilson's). Where the
    last places fall to people of equal scores, each of them has them in part."""
    edge = np.sort(scores)[-many]
    above, level = scores > edge, scores == edge
    places = (many - np.count_nonzero(above)) / np.count_nonzero(level)
    share = float((happened[above].sum() + places * happened[level].sum()) / many)
    middle, half = share + Z95**2 / (2 * many), Z95 * (share * (1 - share) / many + (Z95 / (2 * many)) ** 2) ** 0.5
    whole = 1 + Z95**2 / many
    return Interval(share, (middle - half) / whole, (middle + half) / whole)
