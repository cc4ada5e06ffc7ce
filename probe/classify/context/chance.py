"""How much rather something else than departures explains so many refusals: log odds from counts, honest of few."""

from __future__ import annotations

from functools import lru_cache
from math import lgamma, log
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


def share_against_turnover(refused: int, words: int) -> float:
    """Return by how much the share of refusals exceeds that of the gone, as the logarithm of their ratio.

    Of those refused where a share r is refused and d have left, d / r are gone: so this is what local refusals say, no
    more than about 3 even where all are refused. Few words say little.
    """
    return log((refused + _USUAL * _DOUBT) / ((words + _DOUBT) * _USUAL))


_USUAL: Final = LEFT[0] / sum(LEFT)
_DOUBT: Final = 3.0
