"""An alarm for a share of seeds in the inbox that has fallen: a cumulative sum of likelihood ratios (Page 1954).

After each check it compares two statements: the seeds are as usual, or every provider's share has fallen so that all
together lose 15 points. What is usual is learnt from the checks before. The sum forgets whatever speaks for the usual,
so that only the last days count, however long all was well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from probe.placement.share import Seeds, log_likelihood

DROP: Final = 0.15
"""The fall that it is made for, as a share of all seeds."""
LIMIT: Final = 5.0
"""The sum at which it is raised: with one check a day, less than one false alarm a year (see evaluate --placement)."""
LEARNS: Final = 7
"""Checks without which nothing is usual yet."""
_REMEMBERS: Final = 120
"""Checks that say what is usual."""
_CARRIED: Final = 8.0
"""Seeds of all providers together that count for each provider, while little is known of itself."""
_LEAST, _MOST = 0.02, 0.98
_SHARE_STEPS: Final = 100
_ALIKE_STEPS: Final = 20
_MOST_ALIKE: Final = 0.9

Check = Mapping[str, Seeds]
"""The seeds that could be looked at, by provider."""


class State(NamedTuple):
    """The state after a check. ``usual`` is the share that was usual before it, None while that is being learnt."""

    sum: float
    usual: float | None = None
    fallen: tuple[str, ...] = ()
    """The providers that speak for a fall since the sum began to rise, the strongest first."""

    @property
    def is_raised(self) -> bool:
        """Whether the alarm is raised."""
        return self.sum >= LIMIT


class Watch:
    """Takes one check after the other."""

    def __init__(self) -> None:
        self._usual = _Usual()
        self._rising: list[Check] = []
        self._was_raised = False
        self._speak: dict[str, float] = {}
        self._sum = 0.0

    def take(self, check: Check) -> State:
        """Return the state after one more check."""
        if len(self._usual.checks) < LEARNS:
            self._usual.learn([check] if check else [])
            return State(0.0)
        share, alike = self._usual.share, self._usual.alikeness
        left = max(share - DROP, _LEAST) / share
        for name, seeds in check.items():
            own = self._usual.share_of(name)
            ratio = _ratio(
                seeds, round(own * _SHARE_STEPS), round(own * left * _SHARE_STEPS), round(alike * _ALIKE_STEPS)
            )
            self._speak[name] = self._speak.get(name, 0.0) + ratio
            self._sum += ratio
        self._sum = min(max(self._sum, 0.0), 2 * LIMIT)
        self._rising.append(check)
        state = State(self._sum, share, _strongest(self._speak) if self._sum else ())
        self._was_raised = self._was_raised or state.is_raised
        if not self._sum:
            if not self._was_raised:  # then all was as usual
                self._usual.learn(self._rising)
            self._was_raised = False
            self._rising.clear()
            self._speak.clear()
        return state


class _Sums(NamedTuple):
    """Sums over the checks of one provider, by which shares and their spread are known."""

    inbox: int = 0
    seeds: int = 0
    inbox_squared: int = 0
    inbox_seeds: int = 0
    seeds_squared: int = 0

    def with_one(self, seeds: Seeds, sign: int) -> _Sums:
        inbox, number = seeds
        added = (inbox, number, inbox * inbox, inbox * number, number * number)
        return _Sums(*(before + sign * each for before, each in zip(self, added, strict=True)))


class _Usual:
    """What the last checks say is usual."""

    def __init__(self) -> None:
        self.checks: deque[Check] = deque()
        self._sums: dict[str, _Sums] = {}

    def learn(self, checks: Iterable[Check]) -> None:
        """Remember checks, and forget the oldest."""
        for check in checks:
            self.checks.append(check)
            self._add(check, 1)
            if len(self.checks) > _REMEMBERS:
                self._add(self.checks.popleft(), -1)

    def _add(self, check: Check, sign: int) -> None:
        for name, seeds in check.items():
            self._sums[name] = self._sums.get(name, _Sums()).with_one(seeds, sign)

    @property
    def share(self) -> float:
        """The share of all seeds."""
        inbox = sum(each.inbox for each in self._sums.values())
        return _bounded((inbox + 0.5) / (sum(each.seeds for each in self._sums.values()) + 1))

    def share_of(self, provider: str) -> float:
        """Return the share of a provider's seeds; that of all as far as little is known of its own."""
        found = self._sums.get(provider, _Sums())
        return _bounded((found.inbox + _CARRIED * self.share) / (found.seeds + _CARRIED))

    @property
    def alikeness(self) -> float:
        """The correlation of two seeds of a provider in the same check, by the method of moments."""
        spread = pairs = 0.0
        for name, sums in self._sums.items():
            share = self.share_of(name)
            alone = share * (1 - share)
            spread += sums.inbox_squared - 2 * share * sums.inbox_seeds + share * share * sums.seeds_squared
            spread -= sums.seeds * alone
            pairs += (sums.seeds_squared - sums.seeds) * alone
        return min(max(spread / pairs, 0.0), _MOST_ALIKE) if pairs else 0.0


def _strongest(speak: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted((name for name, each in speak.items() if each > 0), key=lambda name: -speak[name]))


def _bounded(share: float) -> float:
    return min(max(share, _LEAST), _MOST)


@lru_cache(65_536)
def _ratio(seeds: Seeds, before: int, after: int, alike: int) -> float:
    """Return a log likelihood ratio. The shares and the alikeness are whole steps, so that few have to be computed."""
    fallen = log_likelihood(seeds, max(after, 1) / _SHARE_STEPS, alike / _ALIKE_STEPS)
    return fallen - log_likelihood(seeds, before / _SHARE_STEPS, alike / _ALIKE_STEPS)
