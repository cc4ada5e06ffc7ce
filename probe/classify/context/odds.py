"""Log odds from counts: how much better something other than departed recipients explains the refusals.

Small counts give small weights. All weights are in nats.
"""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, lgamma, log, sqrt
from typing import Final

MOST: Final = 6.0
"""The largest weight of a single count, in nats: odds of four hundred to one."""

TURNOVER: Final = (1.2, 24.0)
"""The beta distribution of the share of a company's addresses that are gone: 5 % on average, seldom above 15 %.

Hard-bounce rates of business lists: 0.8 % (verified) to 6.7 % (scraped), 10 to 20 % for old lists (WarmySender, 14.2
million messages, 2025).
"""
ANYTHING: Final = (1.0, 1.0)
"""The beta distribution of a share about which nothing is known: what a filter refuses."""


@lru_cache(maxsize=65536)
def beyond_turnover(refused: int, replies: int) -> float:
    """Return how much better "a filter refuses some share" explains the refusals than turnover does.

    This is the logarithm of a ratio of beta-binomial likelihoods: 0 without replies, at most MOST either way.
    """
    return bounded(_beta_binomial(refused, replies, *ANYTHING) - _beta_binomial(refused, replies, *TURNOVER))


@lru_cache(maxsize=65536)
def differs(refused: int, replies: int, refused_else: int, replies_else: int) -> float:
    """Return how much better two shares explain two counts than one share does, with the sign of the difference.

    Positive if more is refused here than elsewhere. 0 if one of the two has no replies or if one share explains both.
    """
    if not replies or not replies_else:
        return 0.0
    apart = _beta_binomial(refused, replies, *ANYTHING) + _beta_binomial(refused_else, replies_else, *ANYTHING)
    one = (
        _beta_binomial(refused + refused_else, replies + replies_else, *ANYTHING)
        + _choices(refused, replies)
        + _choices(refused_else, replies_else)
        - _choices(refused + refused_else, replies + replies_else)
    )
    weight = max(0.0, apart - one)
    return bounded(weight if refused * replies_else >= refused_else * replies else -weight)


@lru_cache(maxsize=65536)
def none_departed(replies: int) -> float:
    """Return how unlikely it is that none of so many recipients has departed: 0 for none, at most MOST."""
    return bounded(-_beta_binomial(0, replies, *TURNOVER))


def bounded(weight: float) -> float:
    """Limit a weight to MOST either way."""
    return max(-MOST, min(MOST, weight))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability between 0 and 1, both excluded."""
    return log(probability / (1.0 - probability))


def _choices(hits: int, cases: int) -> float:
    return lgamma(cases + 1) - lgamma(hits + 1) - lgamma(cases - hits + 1)


def _beta_binomial(hits: int, cases: int, a: float, b: float) -> float:
    """Return the log probability of so many hits if the share itself is drawn from Beta(a, b)."""
    return (
        _choices(hits, cases)
        + lgamma(hits + a) + lgamma(cases - hits + b) - lgamma(cases + a + b)
        + lgamma(a + b) - lgamma(a) - lgamma(b)
    )  # fmt: skip


def departed(isolated: int, accepted: int, reported: int = 0) -> tuple[float, float]:
    """Estimate how many recipients have departed, and out of how many, from the number of isolated refusals.

    If a share d has departed, a departed recipient comes between two living ones with probability d (1 - d)^2. So there
    are d (1 - d) isolated refusals for each acceptance, which is solved for d. The ``reported`` are among the accepted.
    """
    per_acceptance = min(_MOST_ISOLATED, max(0, isolated) / accepted) if accepted else 0.0
    share = (1.0 - sqrt(1.0 - 4.0 * per_acceptance)) / 2.0
    gone = accepted * share / (1.0 - share)
    return gone + reported, accepted + gone


def departed_share(gone: float, replies: float) -> float:
    """Return the share that has departed, pulled towards the usual share as if by half a departed recipient."""
    return (gone + 0.5) / (replies + 0.5 / _USUAL)


@lru_cache(maxsize=65536)
def excess(refused: float, replies: float, gone: float, replies_else: float) -> float:
    """Return the log odds that a refusal is not due to a departed recipient, at most 5.3 either way.

    Where a share r is refused and a share d has departed, d / r of the refused have departed, so 1 - d / r are alive.
    Both shares are estimated from counts. Their logarithms are taken as normally distributed, with the variance of the
    counts plus that between companies; 1 - d / r (0 if negative) is averaged over both.
    """
    here, there = refused + _USUAL * _DOUBT, gone + _USUAL * _DOUBT_ELSEWHERE
    mean = log(here / (replies + _DOUBT)) - log(there / (replies_else + _DOUBT_ELSEWHERE))
    variance = 1.0 / (here + 0.5) + 1.0 / (there + 0.5) + _BETWEEN_COMPANIES
    width = sqrt(variance)
    alive = _normal(mean / width) - exp(min(50.0, variance / 2.0 - mean)) * _normal((mean - variance) / width)
    return log_odds(min(1.0 - _LEAST, max(_LEAST, alive)))


def _normal(x: float) -> float:
    """Return the cumulative normal distribution at x."""
    return erfc(-x / sqrt(2.0)) / 2.0


_USUAL: Final = TURNOVER[0] / sum(TURNOVER)
"""The usual share of departed recipients: 5 %."""
_MOST_ISOLATED: Final = 0.2
"""The largest number of isolated refusals per acceptance that is used. Towards a quarter, refusals come next to each
other as often as alone, so a share of departed above 27 % cannot be told from one of 27 % in this way."""
_DOUBT: Final = 6.0
_DOUBT_ELSEWHERE: Final = 25.0
"""Imaginary recipients with the usual share of departed, added to each count so that small counts say little."""
_BETWEEN_COMPANIES: Final = 0.09
"""The variance between companies' shares, of the logarithm: they differ by about 30 %."""
_LEAST: Final = 0.005
"""The probability never goes below this, or above 1 minus this."""
