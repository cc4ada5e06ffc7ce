"""Runs a scenario at every point of a grid, in memory, in several processes and in folders that are thrown away."""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from probe.classify.reading import ClassifierError
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab import processes as workforce
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, check, read
from probe.studies.sweep.break_points import Mistakes, Run
from probe.studies.sweep.grid import Axis, Point, points, put, told


@dataclass(frozen=True)
class Sweep:
    """A scenario as parsed from TOML, what is varied in it, and who reads the bounces, as the user asked for them."""

    raw: dict[str, Any]
    path: Path
    axes: tuple[Axis, ...]
    classifiers: tuple[str, ...]

    def at(self, point: Point) -> Loaded:
        """Return the scenario at a point, checked; raises InputError, which names what was varied."""
        place = f"--vary {told(self.axes, point)}"
        try:
            loaded = check(put(self.raw, self.axes, point), folder=self.path.parent, path=str(self.path))
        except InputError as error:
            if error.place.startswith("--vary"):
                raise
            raise _within(place, error) from None
        if loaded.scenario.is_foreign:
            problem = "has servers of somebody else's, which cannot be reached without sockets"
            raise InputError(place, problem, "leave foreign and smart_host out of what is swept")
        if loaded.scenario.clock != "virtual":
            raise InputError(place, "would take real time", 'write clock = "virtual" in the scenario')
        return loaded


def prepare_sweep(path: Path, axes: tuple[Axis, ...], classifiers: tuple[str, ...]) -> Sweep:
    """Read a scenario and try every value of every axis in it once; raises InputError before anything is run.

    Gates are left out: they are about the scenario as it stands.
    """
    raw = read(path)
    check(copy.deepcopy(raw), folder=path.parent, path=str(path))
    raw.pop("expect", None)
    sweep = Sweep(raw, path, axes, classifiers)
    corner = tuple(axis.values[0] for axis in axes)
    sweep.at(corner)
    for n, axis in enumerate(axes):
        for value in axis.values[1:]:
            sweep.at((*corner[:n], value, *corner[n + 1 :]))
    return sweep


def run(sweep: Sweep, *, workers: int | None = None, tell: Callable[[int], None] = lambda _: None) -> Generator[Run]:
    """Yield what every run came to, in the order of the grid, whoever made it; ``tell`` hears of runs that are done.

    Raises InputError, with its point, for one that only a run finds out; then nothing more is run. Raises
    ClassifierError and BooksError as a run does.
    """
    grid = points(sweep.axes)
    with tempfile.TemporaryDirectory(prefix="fivefifty-sweep-") as folder:
        work = partial(_run_at, sweep, Path(folder))
        with closing(workforce.in_order(work, grid, workers or os.cpu_count() or 1)) as done:
            for made in done:
                tell(1)
                yield made


def _run_at(sweep: Sweep, base: Path, point: Point) -> Run:
    """Make one run in a folder of its own."""
    folder = Path(tempfile.mkdtemp(dir=base))
    place = f"--vary {told(sweep.axes, point)}"
    loaded = sweep.at(point)
    try:
        result = run_scenario(
            prepare(loaded), Options(transport="memory", out=folder, classifiers=choose(sweep.classifiers), workers=1)
        )
    except InputError as error:
        raise _within(place, error) from None
    except ClassifierError as error:
        raise ClassifierError(f"{place}: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    card = result.scorecard
    return Run(
        point,
        card.recipients,
        card.delivered,
        card.hard_bounces_reported,
        card.hard_bounce_rate,
        {
            name: Mistakes(
                score.wrongly_suppressed, score.wrongly_suppressed_rate, score.missed_dead, score.missed_dead_rate
            )
            for name, score in card.classifiers.items()
        },
        card.books,
    )


def _within(place: str, error: InputError) -> InputError:
    return InputError(f"{place}: {error.place}", error.problem, error.remedy)
