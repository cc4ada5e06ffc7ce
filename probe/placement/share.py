"""The share of mail that reaches the inbox, from a few seeds that are alike, and how sure that is.

Seeds at one provider go through one filter, so ten of them tell less than ten at ten providers. The providers' shares
are taken as drawn from a beta distribution of unknown mean and unknown alikeness (the correlation of two seeds at one
provider), so that seeds in the inbox are beta-binomial (Skellam 1948). Both unknowns are summed over a grid, without
any approximation by a normal distribution.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

_SHARES: Final = 160
_ALIKE: Final = 16
_TAIL: Final = 0.025
"""Outside each end of an interval of 95 %."""
_FEW: Final = 30
_HALVINGS: Final = 50


class Seeds(NamedTuple):
    """The seeds of one provider: how many are in the inbox, of how many."""

    inbox: int
    all: int


class Interval(NamedTuple):
    """Where a share lies with 95 %."""

    low: float
    high: float


def interval(providers: Iterable[Seeds]) -> Interval:
    """Return where the share lies at providers such as these, of which the seeds are a sample.

    The mean has Jeffreys' prior, the alikeness a uniform one. An end where all or no seeds are in the inbox is the end
    of the scale (Brown, Cai and DasGupta 2001).
    """
    times = Counter(each for each in providers if each.all)
    if not times:
        return Interval(0.0, 1.0)
    logs = [math.fsum(values) for values in zip(*(_times(each, number) for each, number in times.items()), strict=True)]
    most = max(logs)
    weights = [math.exp(each - most) for each in logs]
    by_share = [sum(weights[at : at + _ALIKE]) for at in range(0, len(weights), _ALIKE)]
    below = list(accumulate(by_share))
    inbox = sum(each.inbox * number for each, number in times.items())
    seeds = sum(each.all * number for each, number in times.items())
    return Interval(
        0.0 if inbox == 0 else _quantile(below, _TAIL),
        1.0 if inbox == seeds else _quantile(below, 1 - _TAIL),
    )


def interval_of_one(seeds: Seeds) -> Interval:
    """Return where the share of one provider lies, whose mailboxes the seeds are drawn from (Clopper, Pearson 1934)."""
    inbox, number = seeds
    low = 0.0 if not inbox else _where(lambda share: 1 - _at_most(inbox - 1, number, share) > _TAIL)
    high = 1.0 if inbox == number else _where(lambda share: _at_most(inbox, number, share) < _TAIL)
    return Interval(low, high)


def _quantile(below: list[float], share: float) -> float:
    """Return the value below which a share of all weight lies; ``below`` is the weight up to the end of each cell."""
    wanted = share * below[-1]
    cell = bisect_left(below, wanted)
    before = below[cell - 1] if cell else 0.0
    return _at((cell + (wanted - before) / (below[cell] - before)) / _SHARES)


def _at(place: float) -> float:
    """Return the share at a place between 0 and 1 of the grid, on which Jeffreys' prior is uniform."""
    return math.sin(math.pi / 2 * place) ** 2


def _times(seeds: Seeds, number: int) -> list[float]:
    return [number * each for each in _log_likelihoods(seeds)]


@lru_cache(4096)
def _log_likelihoods(seeds: Seeds) -> tuple[float, ...]:
    """Return how likely it is at each point of the grid that so many seeds are in the inbox."""
    return tuple(log_likelihood(seeds, share, alike) for share, alike in _grid())


@cache
def _grid() -> tuple[tuple[float, float], ...]:
    return tuple(
        (_at((share + 0.5) / _SHARES), (alike + 0.5) / _ALIKE) for share in range(_SHARES) for alike in range(_ALIKE)
    )


def log_likelihood(seeds: Seeds, share: float, alike: float) -> float:
    """Return the log likelihood of seeds at one provider, up to a constant.

    ``share`` is the mean, strictly between 0 and 1. ``alike`` is the correlation of two seeds, below 1: 0 if they have
    nothing in common.
    """
    left = 1 - alike
    return (
        _log_product(share * left, alike, seeds.inbox)
        + _log_product((1 - share) * left, alike, seeds.all - seeds.inbox)
        - _log_product(left, alike, seeds.all)
    )


def _log_product(first: float, step: float, factors: int) -> float:
    """Return the log of a product of numbers, each larger than the one before by a step."""
    if step and factors > _FEW:
        return factors * math.log(step) + math.lgamma(first / step + factors) - math.lgamma(first / step)
    return sum(math.log(first + step * number) for number in range(factors))


def _at_most(inbox: int, seeds: int, share: float) -> float:
    """Return the probability that at most so many of the seeds are in the inbox."""
    ways = math.lgamma(seeds + 1)
    return math.fsum(
        math.exp(
            ways
            - math.lgamma(hits + 1)
            - math.lgamma(seeds - hits + 1)
            + hits * math.log(share)
            + (seeds - hits) * math.log1p(-share)
        )
        for hits in range(inbox + 1)
    )


def _where(is_beyond: Callable[[float], bool]) -> float:
    """Return the share at which a condition begins to hold."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return high
