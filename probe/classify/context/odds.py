"""How much rather something else than departures explains so many refusals: log odds from counts, honest of few."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, lgamma, log, sqrt
from typing import Final

MOST: Final = 6.0
"""No single count is worth more than this, in nats: odds of four hundred to one."""

LEFT: Final = (1.2, 24.0)
"""The beta distribution of the share of a company's addresses that are gone: 5 % on average, seldom above 15 %.

Hard-bounce rates of business lists: 0.8 % (verified) to 6.7 % (scraped), 10 to 20 % where a list has aged.
"""
ANYTHING: Final = (1.0, 1.0)
"""The beta distribution of a share that may be anything: what a filter refuses."""


@lru_cache(maxsize=65536)
def beyond_turnover(refused: int, words: int) -> float:
    """Return how much better "a filter refuses some share" explains the refusals among words than turnover does.

    The logarithm of a ratio of beta-binomial likelihoods, 0 where there is nothing to count, at most MOST either way.
    """
    return bounded(_beta_binomial(refused, words, *ANYTHING) - _beta_binomial(refused, words, *LEFT))


@lru_cache(maxsize=65536)
def differs(refused: int, words: int, refused_else: int, words_else: int) -> float:
    """Return how much better two shares explain two counts than one share does, with the sign of the difference.

    Positive where more is refused here than elsewhere, 0 where one of the two has no case or one share will do.
    """
    if not words or not words_else:
        return 0.0
    apart = _beta_binomial(refused, words, *ANYTHING) + _beta_binomial(refused_else, words_else, *ANYTHING)
    one = (
        _beta_binomial(refused + refused_else, words + words_else, *ANYTHING)
        + _choices(refused, words)
        + _choices(refused_else, words_else)
        - _choices(refused + refused_else, words + words_else)
    )
    weight = max(0.0, apart - one)
    return bounded(weight if refused * words_else >= refused_else * words else -weight)


@lru_cache(maxsize=65536)
def none_of(words: int) -> float:
    """Return how unlikely it is that nobody of so many has left: 0 for nobody asked, at most MOST."""
    return bounded(-_beta_binomial(0, words, *LEFT))


def bounded(weight: float) -> float:
    """Return a weight that is not more than MOST either way."""
    return max(-MOST, min(MOST, weight))


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability within (0, 1)."""
    return log(probability / (1.0 - probability))


def _choices(hits: int, cases: int) -> float:
    return lgamma(cases + 1) - lgamma(hits + 1) - lgamma(cases - hits + 1)


def _beta_binomial(hits: int, cases: int, a: float, b: float) -> float:
    """Return the logarithm of the probability of so many hits where the share itself is drawn from Beta(a, b)."""
    return (
        _choices(hits, cases)
        + lgamma(hits + a) + lgamma(cases - hits + b) - lgamma(cases + a + b)
        + lgamma(a + b) - lgamma(a) - lgamma(b)
    )  # fmt: skip


def left(alone: int, accepted: int, reported: int = 0) -> tuple[float, float]:
    """Return how many have left, and of how many, by how many refusals stand alone between acceptances.

    Where a share d has left, one who has stands between two who have not with probability d (1 - d)^2, so there are
    d (1 - d) such refusals for each acceptance; that is solved for d. Whoever was ``reported`` is among the accepted.
    """
    for_each = min(_MOST_ALONE, max(0, alone) / accepted) if accepted else 0.0
    share = (1.0 - sqrt(1.0 - 4.0 * for_each)) / 2.0
    gone = accepted * share / (1.0 - share)
    return gone + reported, accepted + gone


def share_left(gone: float, words: float) -> float:
    """Return the share that has left, with half a case of doubt."""
    return (gone + 0.5) / (words + 0.5 / _USUAL)


@lru_cache(maxsize=65536)
def excess(refused: float, words: float, gone: float, words_else: float) -> float:
    """Return the log odds that a refusal is one too many for departures, at most 5.3 either way.

    Of those who are refused where a share r is refused and d have left, d / r have left, so 1 - d / r are alive. Both
    shares are known from counts only: their logarithms are taken as normal, with the variance of what was counted and
    that by which companies differ, and 1 - d / r, or 0 where that is negative, is averaged over both.
    """
    here, there = refused + _USUAL * _DOUBT, gone + _USUAL * _DOUBT_ELSEWHERE
    mean = log(here / (words + _DOUBT)) - log(there / (words_else + _DOUBT_ELSEWHERE))
    variance = 1.0 / (here + 0.5) + 1.0 / (there + 0.5) + _UNLIKE
    width = sqrt(variance)
    alive = _normal(mean / width) - exp(min(50.0, variance / 2.0 - mean)) * _normal((mean - variance) / width)
    return log_odds(min(1.0 - _LEAST, max(_LEAST, alive)))


def _normal(x: float) -> float:
    """Return the normal distribution function."""
    return erfc(-x / sqrt(2.0)) / 2.0


_USUAL: Final = LEFT[0] / sum(LEFT)
_MOST_ALONE: Final = 0.2
"""More for each acceptance is taken for that many. Towards a half (a quarter for each) refusals stand beside each other
as often as alone, so a share of more than 27 % cannot be told from one of 27 % in this way."""
_DOUBT: Final = 6.0
_DOUBT_ELSEWHERE: Final = 25.0
"""Cases of doubt, as if so many had been heard of whom the usual share has left."""
_UNLIKE: Final = 0.09
"""The variance by which shares of companies differ, in logarithms: by some 30 %."""
_LEAST: Final = 0.005
