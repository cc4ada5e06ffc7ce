"""How well a classifier's probabilities agree with what is true (calibration)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

BINS: Final = 10


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


def calibration(cases: Iterable[tuple[float, bool]], places: int = 6) -> Calibration | None:
    """Compare probabilities of being alive with the truth, case by case; None where there is no case.

    Each case is a probability and whether the mailbox was alive. ``places`` is the decimal places of the bins.
    """
    drawn = list(cases)
    if not drawn:
        return None
    binned: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for said, true in drawn:
        binned[min(int(said * BINS), BINS - 1)].append((said, true))
    return Calibration(
        len(drawn),
        round(sum((said - true) ** 2 for said, true in drawn) / len(drawn), 6),
        [
            Bin(
                number / BINS,
                (number + 1) / BINS,
                len(each),
                round(sum(said for said, _ in each) / len(each), places),
                round(sum(true for _, true in each) / len(each), places),
            )
            for number, each in enumerate(binned)
            if each
        ],
    )
