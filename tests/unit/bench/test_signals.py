"""The yardsticks of the signals' benchmark: the area under the curve, BG/NBD, and that it asks the rules that ship."""

from datetime import date, timedelta

import numpy as np
import pytest

from sync.policy.signals import lapsed
from tests.bench.signals import bgnbd
from tests.bench.signals.auc import area, chosen, difference
from tests.bench.signals.bgnbd import PUBLISHED, People
from tests.bench.signals.histories import History, facts, made
from tests.bench.signals.questions import overdue, strength

TODAY = date(2025, 7, 1)


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    """Counted pair by pair, equal scores as one half; a score that says the same of everybody has one half."""
    chance = np.random.default_rng(1)
    scores, happened = chance.integers(0, 5, 40).astype(float), chance.random(40) < 0.4
    pairs = [(yes > no) + (yes == no) / 2 for yes in scores[happened] for no in scores[~happened]]
    assert area(scores, happened).value == pytest.approx(np.mean(pairs))
    assert area(np.zeros(40), happened) == (0.5, 0.5, 0.5)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of two normal scores one apart the true area is 0.760; some 95 of 100 intervals hold it, and so for a difference."""
    chance = np.random.default_rng(2)
    happened = np.arange(120) < 60
    held, told_apart = 0, 0
    for _ in range(150):
        scores = chance.normal(size=120) + happened
        found = area(scores, happened)
        held += found.low <= 0.7602 <= found.high
        between = difference(scores + chance.normal(size=120), scores + chance.normal(size=120), happened)
        told_apart += not between.low <= 0 <= between.high
    assert 0.9 <= held / 150 <= 0.985
    assert 0.015 <= told_apart / 150 <= 0.1


def test_the_last_places_are_shared_by_equals() -> None:
    """Of five people the two best are wanted, and two share the second place: each counts half."""
    scores, happened = np.array([9.0, 5.0, 5.0, 1.0, 0.0]), np.array([True, True, False, True, False])
    assert chosen(scores, happened, 2).value == pytest.approx(0.75)


def test_bg_nbd_expects_what_its_authors_do() -> None:
    """Their example: two repeat purchases, the last after 30.43 of 38.86 weeks; 1.226 are expected in 39 more."""
    one = People(np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert bgnbd.expected(PUBLISHED, one, 39) == pytest.approx([1.226], abs=5e-4)
    never_again = People(np.array([0.0]), np.array([0.0]), np.array([38.86]))
    assert bgnbd.alive(PUBLISHED, never_again) == [1.0]
    assert bgnbd.alive(PUBLISHED, one) == pytest.approx([0.727], abs=5e-4)


def test_the_fit_finds_what_people_were_made_of() -> None:
    """2,000 people who buy and stop as BG/NBD says: what was fitted expects of the next year what then happens."""
    truth, chance = bgnbd.Fit(r=0.8, alpha=6.0, a=0.9, b=3.0), np.random.default_rng(3)
    first, later = [], 0
    for _ in range(2000):
        rate, stops = chance.gamma(truth.r, 1 / truth.alpha), chance.beta(truth.a, truth.b)
        at, times = 0.0, []
        while (at := at + chance.exponential(1 / rate)) < 104:
            times.append(at)
            if chance.random() < stops:
                break
        known = [t for t in times if t < 52]
        first.append((len(known), known[-1] if known else 0.0, 52.0))
        later += len(times) - len(known)
    people = People(*np.array(first).T)
    fit = bgnbd.fitted(people)
    assert bgnbd.log_likelihood(fit, people) >= bgnbd.log_likelihood(truth, people)
    assert bgnbd.expected(fit, people, 52).sum() == pytest.approx(later, rel=0.1)


def test_it_asks_the_rule_that_ships() -> None:
    """A regular of every month is proposed when away for twice as long, the other score then is 1; not a week before."""
    days = tuple(TODAY - timedelta(days=30 * n) for n in range(6, 1, -1))
    assert strength(lapsed.propose, History(days), TODAY) > 0
    assert overdue(days, TODAY) == 1
    assert strength(lapsed.propose, History(days), TODAY - timedelta(days=7)) == 0
    assert [each.id for each in facts(History(days)).orders] == [str(day) for day in reversed(days)]


def test_made_people_are_the_same_each_time() -> None:
    """The same seed, the same people: some have stopped and some have not, and nobody looks before the weeks that count."""
    some = made(200)
    assert some == made(200)
    assert 0 < sum(bool(h.stopped) for h in some.people) < len(some.people)
    assert all(day > some.today - timedelta(days=43) for h in some.people for day in h.looks)
