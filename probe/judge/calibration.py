"""How well a classifier's probabilities agree with what is true (calibration)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

BINS: Final = 10
_ONE: Final = 2**60
"""A probability of 1 as it is added: as a whole number, so that sums do not depend on the order."""


@dataclass
class Bin:
    """Cases with a probability between ``low`` and ``high``: the mean probability, and the share that is true."""

    low: float
    high: float
    cases: int
    said: float
    true: float


@dataclass
class Calibration:
    """The mean squared error of probabilities (Brier 1950), and a reliability curve without empty bins."""

    cases: int
    brier: float
    bins: list[Bin] = field(default_factory=list)


class Probabilities:
    """Probabilities of being alive and what was true, counted in bins. Parts merge to the same in any order."""

    def __init__(self) -> None:
        self._cases = [0] * BINS
        self._true = [0] * BINS
        self._said = [0] * BINS
        self._squared_error = 0

    def count(self, said: float, *, true: bool) -> None:
        """Count a probability, and whether the mailbox was alive."""
        number = min(int(said * BINS), BINS - 1)
        self._cases[number] += 1
        self._true[number] += true
        self._said[number] += round(said * _ONE)
        self._squared_error += round((said - true) ** 2 * _ONE)

    def merge(self, other: Probabilities) -> None:
        """Add what another one has counted."""
        for own, its in ((self._cases, other._cases), (self._true, other._true), (self._said, other._said)):
            own[:] = map(sum, zip(own, its, strict=True))
        self._squared_error += other._squared_error

    def calibration(self, places: int = 6) -> Calibration | None:
        """Return how well they agree, None where nothing was counted; ``places`` is the decimal places of the bins."""
        total = sum(self._cases)
        if not total:
            return None
        return Calibration(
            total,
            round(self._squared_error / _ONE / total, 6),
            [
                Bin(
                    number / BINS,
                    (number + 1) / BINS,
                    cases,
                    round(said / _ONE / cases, places),
                    round(true / cases, places),
                )
                for number, (cases, said, true) in enumerate(zip(self._cases, self._said, self._true, strict=True))
                if cases
            ],
        )
