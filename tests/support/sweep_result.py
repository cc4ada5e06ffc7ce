"""Sweeps with made-up figures, for tests of what is found in them and how it is printed."""

from __future__ import annotations

from probe.judge.errors import ErrorCounts
from probe.studies.sweep.break_points import WRONGLY_SUPPRESSED, Bound, SweepResult, SweepRun
from probe.studies.sweep.grid import parse, points

ALIVE = 10_000


def sweep_result(
    varied: list[str], wrong: list[float], bounds: tuple[Bound, ...] = (Bound(WRONGLY_SUPPRESSED, 0.01),)
) -> SweepResult:
    """Return a sweep in which ``code`` suppresses a share of the living, run by run, and a quarter of the gone is kept.

    ``none`` keeps half of the gone.
    """
    axes = parse(varied)
    runs = tuple(
        SweepRun(
            point,
            recipients=200,
            delivered=150,
            hard_bounces=20,
            hard_bounce_rate=0.1,
            classifiers={
                "code": ErrorCounts(ALIVE, round(rate * ALIVE), 12, 3),
                "none": ErrorCounts(ALIVE, 0, 12, 6),
            },
            books=f"b{n}",
        )
        for n, (point, rate) in enumerate(zip(points(axes), wrong, strict=True))
    )
    return SweepResult("small.toml", axes, ("code", "none"), bounds, runs)
