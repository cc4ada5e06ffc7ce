"""Where a classifier breaks: the runs of a sweep by grid point, and the first grid point beyond a bound."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from probe.input_error import InputError
from probe.judge.errors import ErrorCounts
from probe.studies.sweep.grid import SEED, Axis, Point

WRONGLY_SUPPRESSED: Final = "wrongly_suppressed_rate"
MISSED_DEAD: Final = "missed_dead_rate"
HARD_BOUNCES: Final = "hard_bounce_rate"
FIGURES: Final = {
    WRONGLY_SUPPRESSED: "wrongly suppressed",
    MISSED_DEAD: "missed dead",
    HARD_BOUNCES: "hard bounces",
}
"""The figures that a bound may be set for, and their printed names. Hard bounces do not depend on the classifier."""


class SweepRun(NamedTuple):
    """The figures of one run of a sweep. ``books`` is the hash of its books."""

    point: Point
    recipients: int
    delivered: int
    hard_bounces: int
    hard_bounce_rate: float
    classifiers: dict[str, ErrorCounts]
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
class GridPoint:
    """The runs at one point of the grid, one for each seed. ``point`` leaves the seed out."""

    point: Point
    runs: tuple[SweepRun, ...]

    def spread(self, figure: str, classifier: str) -> Spread:
        """Return the median, the least and the most of a figure."""
        values = [run.figure(figure, classifier) for run in self.runs]
        return Spread(statistics.median(values), min(values), max(values))


class Bound(NamedTuple):
    """The most that the median of a figure may be at a grid point."""

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
        raise InputError(
            f"--bound {text}", "is not a bound", f"write {WRONGLY_SUPPRESSED}=0.01, or with one of: {known}"
        )
    return Bound(figure, most)


def without_seed(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """Return the axes other than the seed."""
    return tuple(axis for axis in axes if axis.path != SEED)


@dataclass(frozen=True)
class SweepResult:
    """A finished sweep. ``axes`` are all that was varied; ``runs`` are in the order of the grid."""

    scenario: str
    axes: tuple[Axis, ...]
    classifiers: tuple[str, ...]
    bounds: tuple[Bound, ...]
    runs: tuple[SweepRun, ...]

    @property
    def varied(self) -> tuple[Axis, ...]:
        """What was varied other than the seed."""
        return without_seed(self.axes)

    @cached_property
    def grid_points(self) -> list[GridPoint]:
        """The runs, grouped by everything that was varied except the seed."""
        gathered: dict[Point, list[SweepRun]] = {}
        for run in self.runs:
            point = tuple(value for axis, value in zip(self.axes, run.point, strict=True) if axis.path != SEED)
            gathered.setdefault(point, []).append(run)
        return [GridPoint(point, tuple(each)) for point, each in gathered.items()]


class BreakPoint(NamedTuple):
    """The first grid point, in the order of the grid, where a classifier is beyond a bound; None where there is none.

    ``before`` is the grid point before it, where only one thing was varied. ``beyond`` of ``total`` grid points are
    beyond the bound.
    """

    classifier: str
    bound: Bound
    first: GridPoint | None
    before: GridPoint | None
    beyond: int
    total: int


def break_point(grid_points: Sequence[GridPoint], classifier: str, bound: Bound) -> BreakPoint:
    """Find where a classifier breaks a bound."""
    beyond = [n for n, each in enumerate(grid_points) if each.spread(bound.figure, classifier).median > bound.most]
    first = beyond[0] if beyond else None
    return BreakPoint(
        classifier,
        bound,
        first=None if first is None else grid_points[first],
        before=grid_points[first - 1] if first and len(grid_points[first].point) == 1 else None,
        beyond=len(beyond),
        total=len(grid_points),
    )
