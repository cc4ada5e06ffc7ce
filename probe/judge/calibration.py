"""How far a classifier's probabilities can be taken at their word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

BINS: Final = 10


@dataclass
class Bin:
    """Cases whose probability lies between two numbers: what was said of them on average, and what was true."""

    low: float
    high: float
    cases: int
    said: float
    true: float


@dataclass
class Calibration:
    """The mean squared error of the probabilities (Brier 1950), and a reliability curve, without empty bins."""

    cases: int
    brier: float
    bins: list[Bin] = field(default_factory=list)


def calibration(cases: Iterable[tuple[float, bool]]) -> Calibration | None:
    """Hold probabilities of being alive against who is; None where none was given."""
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
                round(sum(said for said, _ in each) / len(each), 6),
                round(sum(true for _, true in each) / len(each), 6),
            )
            for number, each in enumerate(binned)
            if each
        ],
    )
