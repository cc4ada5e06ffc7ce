"""Worlds of providers whose filters are known: what share of the mail is in the inbox, and what seeds show of it."""

from __future__ import annotations

import math
import random
from bisect import bisect
from collections.abc import Sequence
from typing import Final, NamedTuple

from probe.placement.share import Seeds, log_likelihood

_PROVIDERS_OF_A_SENDER: Final = 200
_NEVER, _ALWAYS = 0.001, 0.999
"""A filter of one day that is drawn in its log: its share is strictly between 0 and 1."""


class World(NamedTuple):
    """The shares of the providers that a sender mails to, each with as many recipients as the others."""

    shares: Sequence[float]

    @property
    def true_share(self) -> float:
        """The share of all mail that is in the inbox."""
        return math.fsum(self.shares) / len(self.shares)

    def seeds(self, providers: int, seeds: int, rng: random.Random) -> list[Seeds]:
        """Return what seeds show at some of the providers, which are drawn; each has as many seeds as the others."""
        each = seeds // providers
        return [
            Seeds(sum(rng.random() < share for _ in range(each)), each) for share in rng.sample(self.shares, providers)
        ]


def drawn_world(share: float, alike: float, rng: random.Random) -> World:
    """Draw a world. ``share`` is the mean of its providers, ``alike`` the correlation of two seeds at one of them."""
    return World([_drawn_share(share, alike, rng) for _ in range(_PROVIDERS_OF_A_SENDER)])


def _drawn_share(share: float, alike: float, rng: random.Random) -> float:
    if not alike:
        return share
    if alike == 1:
        return float(rng.random() < share)
    scale = (1 - alike) / alike
    return rng.betavariate(share * scale, (1 - share) * scale)


class Day:
    """The seeds of one provider on any day: as many in the inbox as its filter of that day takes."""

    def __init__(self, share: float, alike: float, seeds: int) -> None:
        """Set up. ``alike`` is the correlation of two seeds on the same day."""
        share = min(max(share, _NEVER), _ALWAYS)
        ways = [math.comb(seeds, inbox) for inbox in range(seeds + 1)]
        chances = [
            number * math.exp(log_likelihood(Seeds(inbox, seeds), share, alike)) for inbox, number in enumerate(ways)
        ]
        self._below = [sum(chances[: inbox + 1]) for inbox in range(seeds)]
        self._shown = [Seeds(inbox, seeds) for inbox in range(seeds + 1)]

    def draw(self, rng: random.Random) -> Seeds:
        """Draw a day."""
        return self._shown[bisect(self._below, rng.random())]
