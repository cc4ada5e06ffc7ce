"""Law: every run of a world ends with a result."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.laws.law import Law
from simulation.laws.left import Left


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.error is not None:
            yield f"{run.name}: {type(run.error).__name__}: {run.error}"


LAW = Law("every-run-ends", _broken)
