"""BG/NBD: how customers buy until they stop, by Fader, Hardie and Lee, "Counting Your Customers the Easy Way"
(Marketing Science 24, 2005).

While she is a customer she buys at random at a rate of her own (gamma over customers: shape r, scale alpha); after each
purchase she stops with a probability of her own (beta: a, b). Of each only three figures are used: `x` repeat purchases,
the last `seen` weeks after the first, `observed` weeks after it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

Floats = NDArray[np.float64]


class People(NamedTuple):
    x: Floats
    seen: Floats
    observed: Floats


class Fit(NamedTuple):
    r: float
    alpha: float
    a: float
    b: float


PUBLISHED = Fit(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""What the authors found for the 2,357 customers of CDNOW, in weeks, to 30 September 1997; log-likelihood -9582.4."""


def log_likelihood(fit: Fit, people: People) -> float:
    """Return the logarithm of how likely these purchases are (their equation 6)."""
    r, alpha, a, b = fit
    x, seen, observed = people
    bought = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    still = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + observed)
    again = np.maximum(x, 1)
    stopped = betaln(a + 1, b + again - 1) - betaln(a, b) - (r + x) * np.log(alpha + seen)
    return float(np.sum(bought + np.where(x > 0, np.logaddexp(still, stopped), still)))


def fitted(people: People) -> Fit:
    """Return the parameters under which these purchases are likeliest. Raises ValueError where none are found."""

    def loss(logs: Floats) -> float:
        return -log_likelihood(Fit(*np.exp(logs)), people) / len(people.x)

    found = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=[(-7, 12)] * 4, options={"ftol": 1e-12})
    if not found.success:
        raise ValueError(f"no fit: {found.message}")
    return Fit(*(float(value) for value in np.exp(found.x)))


def alive(fit: Fit, people: People) -> Floats:
    """Return the probability that each still is a customer."""
    return 1 / (1 + _odds_gone(fit, people))


def expected(fit: Fit, people: People, weeks: float) -> Floats:
    """Return how many purchases of each the coming weeks will see (their equation 10)."""
    r, alpha, a, b = fit
    x, _, observed = people
    ahead = alpha + observed + weeks
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / ahead)
    share = 1 - ((alpha + observed) / ahead) ** (r + x) * series
    made: Floats = (a + b + x - 1) / (a - 1) * share / (1 + _odds_gone(fit, people))
    return made


def _odds_gone(fit: Fit, people: People) -> Floats:
    r, alpha, a, b = fit
    x, seen, observed = people
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + observed) / (alpha + seen)) ** (r + x)
    return np.where(x > 0, odds, 0.0)
