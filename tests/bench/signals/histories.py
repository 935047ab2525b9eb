"""Histories of customers, made and public: on which days each was with us, up to a day that counts as today and after it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from sync.model.catalogue import Money
from sync.model.customer import BrowseEvent, Customer, Order, WebActivity
from sync.policy.facts import CustomerFacts
from tests.bench.signals.bgnbd import People

FIRST_DAY, TODAY, MADE_UNTIL = date(2023, 7, 1), date(2025, 7, 1), date(2026, 3, 31)
"""Of the made histories: people come to know us in the first year; 273 days after today are known, as of CDNOW."""

CDNOW_TODAY, CDNOW_UNTIL = date(1997, 9, 30), date(1998, 6, 30)
_MASTER = ("CDNOW_master.txt", "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef", 1)
_SAMPLE = ("CDNOW_sample.txt", "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a", 2)
"""Name, SHA-256 and the column of the day."""

_HER = Customer(id="her", member_number="", family_name="")


@dataclass(frozen=True, slots=True)
class History:
    days: tuple[date, ...]
    """When she bought, each day once, the earliest first."""
    looks: tuple[date, ...] = ()
    """A day for each time that she looked online; only of the weeks before today."""
    stopped: bool | None = None
    """Whether today she has stopped for good or pauses for months; None where nobody knows."""

    def until(self, day: date) -> "History":
        return History(tuple(d for d in self.days if d <= day), tuple(d for d in self.looks if d <= day))

    def within(self, after: date, days: int) -> bool:
        """Return whether she came in the days after a day."""
        return any(after < d <= after + timedelta(days=days) for d in self.days)


@dataclass(frozen=True, slots=True)
class Data:
    name: str
    today: date
    until: date
    people: tuple[History, ...]
    """All who had been with us by today."""


def facts(history: History) -> CustomerFacts:
    """Return what the rules read: each day as an order at noon in one shop (UTC), each look as one at a product."""
    orders = (
        Order(id=f"{day}", customer_id="her", number="", shop_id="shop", lines=(), total=Money(amount=1), at=_noon(day))
        for day in reversed(history.days)
    )
    looks = (
        WebActivity(id=f"{n}", customer_id="her", at=_noon(day), event=BrowseEvent.PRODUCT_VIEWED)
        for n, day in enumerate(reversed(history.looks))
    )
    return CustomerFacts(customer=_HER, orders=tuple(orders), web=tuple(looks))


def figures(histories: list[History], today: date | None = None) -> People:
    """Return what BG/NBD reads of histories that end today, or each (None) on the last day that she came; in weeks."""
    return People(
        np.array([len(h.days) - 1 for h in histories], float),
        np.array([(h.days[-1] - h.days[0]).days / 7 for h in histories]),
        np.array([((today or h.days[-1]) - h.days[0]).days / 7 for h in histories]),
    )


def cdnow(folder: Path, *, sample: bool = False) -> Data | None:
    """Return the 23,570 customers who first bought from CDNOW, a web shop for music, in the first quarter of 1997, with
    what they bought until June 1998 (`sample`: the 2,357 of whom the published fit speaks); None where `folder` has no
    such file. Raises ValueError for another one of that name.

    Made public by Fader and Hardie; the package `lifetimes` ships both files.
    """
    name, digest, column = _SAMPLE if sample else _MASTER
    path = next(folder.rglob(name), None)
    if path is None:
        return None
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        raise ValueError(f"{path} is not the file that was measured")
    days: defaultdict[str, set[date]] = defaultdict(set)
    for line in path.read_text().splitlines():
        words = line.split()
        if words[0].isdigit():  # the first line of one of them names the columns
            days[words[0]].add(date.fromisoformat(words[column]))
    people = tuple(History(tuple(sorted(hers))) for _, hers in sorted(days.items()))
    return Data("CDNOW", CDNOW_TODAY, CDNOW_UNTIL, people)


def made(people: int = 8000, seed: int = 5) -> Data:
    """Return made histories of which it is known who has stopped. They know nothing of our rules or of BG/NBD's:

    each comes at gaps around one of her own (log-normal over people: median 45 days, sigma 0.6), steadier than chance
    (gamma of shape 2), one time in five again within ten days; fewer come outside July and December. She stops for good
    without regard to her visits (after 900 days on average), and may pause before (after 700) for four to fourteen
    months. Before two visits in five she looks online, a look a day for up to two weeks; all look now and then, a third
    as often once they have stopped, and one in ten looks much for two weeks without meaning to come.
    """
    chance = np.random.default_rng(seed)
    found = (_person(chance) for _ in range(people))
    return Data("made", TODAY, MADE_UNTIL, tuple(h for h in found if h.days and h.days[0] <= TODAY))


def _person(chance: np.random.Generator) -> History:
    at, end = float(chance.uniform(0, 365)), (MADE_UNTIL - FIRST_DAY).days
    today = (TODAY - FIRST_DAY).days
    gap = float(chance.lognormal(np.log(45), 0.6))
    stops, pauses = at + chance.exponential(900), at + chance.exponential(700)
    resumes = pauses + chance.uniform(120, 420)
    days: list[int] = []
    while at < min(stops, end):
        month = (FIRST_DAY + timedelta(days=int(at))).month
        if not days or month in (7, 12) or chance.random() < 0.8:
            days.append(int(at))
        at += chance.uniform(1, 10) if chance.random() < 0.2 else chance.gamma(2, gap / 2)
        if pauses < at < resumes:
            at = resumes + chance.uniform(0, gap)
    stopped = bool(stops <= today or pauses < today < resumes)
    looks = list(_looks(chance, days, today, stopped=stopped))
    return History(
        tuple(FIRST_DAY + timedelta(days=d) for d in sorted(set(days))),
        tuple(FIRST_DAY + timedelta(days=d) for d in sorted(looks)),
        stopped,
    )


def _looks(chance: np.random.Generator, days: list[int], today: int, *, stopped: bool) -> Iterator[int]:
    weeks_before = range(today - 42, today + 1)
    idle = 0.05 if stopped else 0.15
    yield from (day for day in weeks_before if chance.random() < idle)
    for day in days:
        if chance.random() < 0.4:
            begins = day - int(chance.integers(3, 15))
            yield from (d for d in range(begins, day) if d in weeks_before)
    if chance.random() < 0.1:
        begins = today - int(chance.integers(0, 42))
        yield from (d for d in range(begins, begins + 14) if d in weeks_before and chance.random() < 0.7)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
