"""Where a heuristic breaks: the runs of a sweep by the point they were made at, and the first point beyond a bound."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from probe.input_error import InputError
from probe.studies.sweep.grid import SEED, Axis, Point

WRONGLY_SUPPRESSED: Final = "wrongly_suppressed_rate"
MISSED_DEAD: Final = "missed_dead_rate"
HARD_BOUNCES: Final = "hard_bounce_rate"
FIGURES: Final = {
    WRONGLY_SUPPRESSED: "wrongly suppressed",
    MISSED_DEAD: "missed dead",
    HARD_BOUNCES: "hard bounces",
}
"""What may be bounded, and how it is told. Hard bounces are the same for every classifier."""


class Mistakes(NamedTuple):
    """A classifier's mistakes in one run: of the living it suppresses, and of the gone it keeps."""

    wrongly_suppressed: int
    wrongly_suppressed_rate: float
    missed_dead: int
    missed_dead_rate: float


class Run(NamedTuple):
    """What one run of a sweep came to. ``books`` is their hash."""

    point: Point
    recipients: int
    delivered: int
    hard_bounces: int
    hard_bounce_rate: float
    classifiers: dict[str, Mistakes]
    books: str

    def figure(self, name: str, classifier: str) -> float:
        """Return one of FIGURES."""
        if name == HARD_BOUNCES:
            return self.hard_bounce_rate
        return float(getattr(self.classifiers[classifier], name))


class Spread(NamedTuple):
    """A figure over the runs at one point."""

    median: float
    least: float
    most: float


@dataclass(frozen=True)
class Spot:
    """The runs at one point, whatever their seeds. ``point`` leaves the seed out."""

    point: Point
    runs: tuple[Run, ...]

    def spread(self, figure: str, classifier: str) -> Spread:
        """Return median, least and most of a figure."""
        values = [run.figure(figure, classifier) for run in self.runs]
        return Spread(statistics.median(values), min(values), max(values))


class Bound(NamedTuple):
    """The most that a figure may be, in the median of the runs at a point."""

    figure: str
    most: float


def parse_bound(text: str) -> Bound:
    """Read a bound such as ``wrongly_suppressed_rate=0.01``; raises InputError."""
    figure, _, number = text.partition("=")
    try:
        most = float(number)
    except ValueError:
        most = -1.0
    if figure not in FIGURES or not 0 <= most <= 1:
        known = ", ".join(FIGURES)
        raise InputError(f"--bound {text}", "is no bound", f"write {WRONGLY_SUPPRESSED}=0.01, or with one of: {known}")
    return Bound(figure, most)


def without_seed(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Return the axes beside the seed."""
    return tuple(axis for axis in axes if axis.path != SEED)


@dataclass(frozen=True)
class Findings:
    """A sweep that has been made. ``axes`` are all that was varied, ``runs`` in the order of the grid."""

    scenario: str
    axes: tuple[Axis, ...]
    classifiers: tuple[str, ...]
    bounds: tuple[Bound, ...]
    runs: tuple[Run, ...]

    @property
    def ways(self) -> tuple[Axis, ...]:
        """What was varied beside the seed."""
        return without_seed(self.axes)

    @cached_property
    def spots(self) -> list[Spot]:
        """The runs, gathered by everything that was varied but the seed."""
        gathered: dict[Point, list[Run]] = {}
        for run in self.runs:
            point = tuple(value for axis, value in zip(self.axes, run.point, strict=True) if axis.path != SEED)
            gathered.setdefault(point, []).append(run)
        return [Spot(point, tuple(each)) for point, each in gathered.items()]


class Breaking(NamedTuple):
    """How a classifier keeps to a bound: the first spot beyond it in the order of the grid, and how many are beyond.

    Where one thing alone was varied, ``before`` is the spot before the first.
    """

    classifier: str
    bound: Bound
    first: Spot | None
    before: Spot | None
    beyond: int
    spots: int


def breaking(found: Sequence[Spot], classifier: str, bound: Bound) -> Breaking:
    """Find where a classifier breaks."""
    beyond = [n for n, spot in enumerate(found) if spot.spread(bound.figure, classifier).median > bound.most]
    first = beyond[0] if beyond else None
    return Breaking(
        classifier,
        bound,
        None if first is None else found[first],
        found[first - 1] if first and len(found[first].point) == 1 else None,
        len(beyond),
        len(found),
    )
