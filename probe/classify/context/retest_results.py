"""What the retests of a campaign show: how often living recipients are refused again, here, elsewhere and when."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from math import log, log2
from typing import Final

from probe.classify.context.odds import bounded, log_odds
from probe.classify.context.refusal import Refusal

_PRIOR: Final = 2.0
"""Imaginary retests at each exchanger with the result that is usual elsewhere, so that few retests say little."""
_NEAR: Final = 3
"""Retests before and after one that show whether a run of them was refused."""
_ONE: Final = 1 << 60
"""A probability of 1 in fixed point."""


@dataclass(slots=True)
class Retested:
    """Retests: how many of the recipients are alive by their first verdicts, and the results.

    ``living`` is the sum of probabilities in fixed point, so that it does not depend on the order.
    """

    living: int = 0
    accepted: int = 0
    refused: int = 0

    def count(self, alive: float, *, accepted: bool) -> None:
        """Count the retest of a recipient."""
        self.living += round(alive * _ONE)
        self.accepted += accepted
        self.refused += not accepted

    def without(self, other: Retested) -> Retested:
        """Return what remains without retests that are among these."""
        return Retested(self.living - other.living, self.accepted - other.accepted, self.refused - other.refused)

    def living_refused(self, usual: float) -> float:
        """Return the share of the living that was refused again, pulled towards what is usual.

        The first verdicts say how many of the retested recipients are alive, and every accepted one is.
        """
        living = max(0, self.living) / _ONE
        return (max(0.0, living - self.accepted) + _PRIOR * usual) / (max(living, self.accepted) + _PRIOR)


_NOT_TESTED: Final = Retested()


@dataclass(slots=True)
class RetestResults:
    """The retests of a campaign: all of them, those at each exchanger, and those of each company."""

    everywhere: Retested = field(default_factory=Retested)
    _at_exchanger: dict[str, Retested] = field(default_factory=dict)
    _of_company: dict[tuple[str, str], Retested] = field(default_factory=dict)
    _in_order: dict[str, list[tuple[float, bool, float]]] = field(default_factory=dict)
    _is_sorted: bool = True

    def learn(self, refusal: Refusal, at: float, alive: float, *, accepted: bool) -> None:
        """Add a recipient that was tried again after a refusal. ``alive`` is the first verdict."""
        here, company = refusal.exchanger, (refusal.exchanger, refusal.company)
        for tested in (
            self.everywhere,
            self._at_exchanger.setdefault(here, Retested()),
            self._of_company.setdefault(company, Retested()),
        ):
            tested.count(alive, accepted=accepted)
        self._in_order.setdefault(here, []).append((at, accepted, alive))
        self._is_sorted = False

    def figures(self, refusal: Refusal, at: float, alive: float, rounds: int) -> tuple[float, ...]:
        """Return figures about a recipient that was refused again at a time; its company refused everybody ``rounds``.

        They are from the retests of others: the log odds that a living recipient is refused again here around that
        time, the same at other exchangers, and the logarithm of how likely a filter would be to refuse a company in
        every round after the first, by what it does to others. Where a company accepts nobody, other exchangers stand
        for its own. The last figure only counts the rounds: twice as many say as much again. ``alive`` is the first
        verdict on the recipient.
        """
        itself = Retested()
        itself.count(alive, accepted=False)
        here = self._at_exchanger.get(refusal.exchanger, _NOT_TESTED)
        company = self._of_company.get((refusal.exchanger, refusal.company), _NOT_TESTED)
        living = elsewhere = self.refused_elsewhere(refusal.exchanger)
        if not rounds:
            living = here.without(itself).living_refused(elsewhere)
            if company.refused + company.accepted < here.refused + here.accepted:  # a tenant
                living = company.without(itself).living_refused(living)
            living = self._nearby(refusal.exchanger, at).living_refused(living)
        alone = max(0, rounds - 1) * log(elsewhere)
        return log_odds(living), log_odds(elsewhere), bounded(alone), -log2(max(1, rounds))

    def refused_elsewhere(self, exchanger: str) -> float:
        """Return the share of the living that all other exchangers refuse again."""
        here = self._at_exchanger.get(exchanger, _NOT_TESTED)
        return self.everywhere.without(here).living_refused(1 / 2)

    def _nearby(self, exchanger: str, at: float) -> Retested:
        """Return the few retests before and after the one at a time."""
        if not self._is_sorted:
            for each in self._in_order.values():
                each.sort()
            self._is_sorted = True
        found = self._in_order.get(exchanger, [])
        place = bisect_left(found, (at,))
        nearby = Retested()
        for _, accepted, alive in found[max(0, place - _NEAR) : place] + found[place + 1 : place + 1 + _NEAR]:
            nearby.count(alive, accepted=accepted)
        return nearby
