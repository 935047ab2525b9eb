"""What is asked of the scores, each question of some people of a history, and what every score answers.

- **lapse**: who of the customers of today will not come for as long as the history goes on? Asked of all, and of regulars:
  the rule is for those who were with us on three days or more. And of those proposed: who comes all the same, within 90
  days? The rule is strongest when an absence was just noticed, because asking then still helps.
- **gone** (made histories only): who has stopped for good, or pauses for months? The truth that nobody sees.
- **welcome-back**: of those who just came after half a year away, who comes again within 90 days?
- **invitation** (made histories only, the public ones know no looking): of those away for 30 days or more, who comes within 30?

A rule that proposes nothing scores 0, so all of whom it says nothing are tied with each other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from sync.policy.playbook import load_playbook
from sync.policy.signals import lapsed, returned, web_up
from tests.bench.signals import bgnbd
from tests.bench.signals.histories import Data, History, facts, figures

Floats = NDArray[np.float64]
PLAYBOOK = load_playbook()
AGAIN_DAYS, INVITED_DAYS = 90, 30


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    data: str
    happened: NDArray[np.bool_]
    """To whom it did, of the people asked about."""
    scores: dict[str, Floats]
    """The rule's first; the higher, the likelier it should be."""


def questions(data: Data) -> Iterator[Question]:
    """Yield the questions that a history can answer. BG/NBD is fitted to all of it up to today."""
    known = [h.until(data.today) for h in data.people]
    fit = bgnbd.fitted(figures(known, data.today))
    yield from _lapse(data, known, fit)
    yield _welcome_back(data, fit)
    if any(h.looks for h in data.people):
        yield _invitation(data, known, fit)


def overdue(days: tuple[date, ...], today: date) -> float:
    """Return how many times the patience of the rule she has been away, or 0 for one without the history that it asks
    for. What the rule compares with 1 becomes a score without an end."""
    rules = PLAYBOOK.signals.lapsed
    if len(days) < rules.history_days:
        return 0.0
    rhythm = median((later - earlier).days for earlier, later in pairwise(days))
    return (today - days[-1]).days / max(rules.least_days, round(rhythm * rules.rhythm_factor))


def _lapse(data: Data, known: list[History], fit: bgnbd.Fit) -> Iterator[Question]:
    ahead = (data.until - data.today).days
    people = figures(known, data.today)
    strengths = _strengths(lapsed.propose, known, data.today)
    scores = {
        "ours: strength of `lapsed`": strengths,
        "ours: proposed or not": (strengths > 0).astype(float),
        "recency: days away": np.array([(data.today - h.days[-1]).days for h in known], float),
        "BG/NBD: 1 - P(alive)": 1 - bgnbd.alive(fit, people),
        "BG/NBD: fewest expected": -bgnbd.expected(fit, people, ahead / 7),
        "a trial: days away / patience": np.array([overdue(h.days, data.today) for h in known]),
    }
    silent = np.array([not h.within(data.today, ahead) for h in data.people])
    regular = np.array([len(h.days) >= PLAYBOOK.signals.lapsed.history_days for h in known])
    yield _of(f"lapse: silent for {ahead} days, all", data, silent, scores, np.full(len(known), fill_value=True))
    yield _of(f"lapse: silent for {ahead} days, regulars", data, silent, scores, regular)
    yield _still_comes(data, known, fit, strengths)
    if data.people[0].stopped is not None:
        stopped = np.array([bool(h.stopped) for h in data.people])
        yield _of("gone: has stopped or pauses, regulars", data, stopped, scores, regular)


def _still_comes(data: Data, known: list[History], fit: bgnbd.Fit, strengths: Floats) -> Question:
    scores = {
        "ours: strength of `lapsed`": strengths,
        "recency: fewest days away": np.array([-(data.today - h.days[-1]).days for h in known], float),
        "BG/NBD: most expected": bgnbd.expected(fit, figures(known, data.today), AGAIN_DAYS / 7),
    }
    comes = np.array([h.within(data.today, AGAIN_DAYS) for h in data.people])
    return _of(f"lapse: whoever is proposed, comes within {AGAIN_DAYS} days", data, comes, scores, strengths > 0)


def _welcome_back(data: Data, fit: bgnbd.Fit) -> Question:
    """Asked of each at the end of the first day after today on which she came after so long; BG/NBD knows no later day."""
    away = PLAYBOOK.signals.returned.away_days
    back: list[tuple[History, int, bool]] = []
    for hers in data.people:
        for before, day in pairwise(hers.days):
            if (day - before).days >= away and data.today < day <= data.until - timedelta(days=AGAIN_DAYS):
                back.append((hers.until(day), (day - before).days, hers.within(day, AGAIN_DAYS)))
                break
    people = figures([h for h, _, _ in back])
    return Question(
        f"welcome-back: again within {AGAIN_DAYS} days",
        data.name,
        np.array([again for _, _, again in back]),
        {
            "ours: strength of `returned`": np.array([strength(returned.propose, h, h.days[-1]) for h, _, _ in back]),
            "recency: fewest days away": np.array([-float(days) for _, days, _ in back]),
            "BG/NBD: most expected": bgnbd.expected(fit, people, AGAIN_DAYS / 7),
        },
    )


def _invitation(data: Data, known: list[History], fit: bgnbd.Fit) -> Question:
    rules = PLAYBOOK.signals.web_up
    lately = data.today - timedelta(days=rules.days)
    scores = {
        "ours: strength of `web_up`": _strengths(web_up.propose, known, data.today),
        "recency: fewest days away": np.array([-(data.today - h.days[-1]).days for h in known], float),
        "BG/NBD: most expected": bgnbd.expected(fit, figures(known, data.today), INVITED_DAYS / 7),
        f"looks in {rules.days} days": np.array([sum(d > lately for d in h.looks) for h in known], float),
    }
    comes = np.array([h.within(data.today, INVITED_DAYS) for h in data.people])
    away = np.array([(data.today - h.days[-1]).days >= rules.no_visit_days for h in known])
    return _of(f"invitation: comes within {INVITED_DAYS} days", data, comes, scores, away)


def _of(
    name: str, data: Data, happened: NDArray[np.bool_], scores: dict[str, Floats], asked: NDArray[np.bool_]
) -> Question:
    return Question(name, data.name, happened[asked], {what: score[asked] for what, score in scores.items()})


def _strengths(rule: Callable[..., object], known: list[History], today: date) -> Floats:
    return np.array([strength(rule, h, today) for h in known])


def strength(rule: Callable[..., object], history: History, today: date) -> float:
    """How strongly the rule proposes at the end of a day, by the shipped playbook; 0 where it does not."""
    now = datetime.combine(today, time(23), tzinfo=UTC)
    proposal = rule(facts(history), now=now, zone=UTC, playbook=PLAYBOOK)
    return float(getattr(proposal, "strength", 0.0))
