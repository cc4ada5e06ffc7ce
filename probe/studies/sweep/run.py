"""Runs a scenario at every point of a grid, in memory, in several processes and temporary folders."""

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
from typing import Any, Final

from probe.classify.reading import ChosenClassifier, ClassifierError
from probe.classify.registry import BASELINES
from probe.input_error import InputError
from probe.judge.errors import ErrorCounts
from probe.lab import processes
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, check, read
from probe.studies.sweep.break_points import SweepRun
from probe.studies.sweep.grid import Axis, Point, point_text, points, with_values

_USUAL: Final = tuple(name for name in BASELINES if name != "always-keep")
"""always-keep misses every dead address and never breaks, so it is left out unless asked for."""


@dataclass(frozen=True)
class Sweep:
    """A scenario as parsed from TOML, what is varied in it, and the classifiers that the user named.

    ``programs`` allows classifiers that are code and that the scenario names.
    """

    raw: dict[str, Any]
    path: Path
    axes: tuple[Axis, ...]
    wanted: tuple[str, ...]
    programs: bool = False

    def classifiers(self, loaded: Loaded) -> tuple[ChosenClassifier, ...]:
        """Return the classifiers to score: those the user named, else the scenario's, else the usual ones."""
        wanted = self.wanted or (() if loaded.scenario.classifiers else _USUAL)
        return choose_for(loaded, wanted, programs=self.programs)

    def at(self, point: Point) -> Loaded:
        """Return the scenario at a point, checked; raises InputError, which names the point."""
        place = f"--vary {point_text(self.axes, point)}"
        try:
            loaded = check(with_values(self.raw, self.axes, point), folder=self.path.parent, path=str(self.path))
        except InputError as error:
            if error.place.startswith("--vary"):
                raise
            raise _within(place, error) from None
        if loaded.scenario.is_foreign:
            problem = "has foreign servers, which cannot be reached without sockets"
            raise InputError(place, problem, "remove foreign and smart_host from the scenario")
        if loaded.scenario.clock != "virtual":
            raise InputError(place, "would take real time", 'write clock = "virtual" in the scenario')
        return loaded


def prepare_sweep(path: Path, axes: tuple[Axis, ...], wanted: tuple[str, ...], *, programs: bool = False) -> Sweep:
    """Read a scenario and check it with every value of every axis; raises InputError before any run.

    Gates are left out: they are about the unchanged scenario.
    """
    raw = read(path)
    check(copy.deepcopy(raw), folder=path.parent, path=str(path))
    raw.pop("expect", None)
    sweep = Sweep(raw, path, axes, wanted, programs)
    corner = tuple(axis.values[0] for axis in axes)
    sweep.at(corner)
    for n, axis in enumerate(axes):
        for value in axis.values[1:]:
            sweep.at((*corner[:n], value, *corner[n + 1 :]))
    return sweep


def run(
    sweep: Sweep, *, workers: int | None = None, tell: Callable[[int], None] = lambda _: None
) -> Generator[SweepRun]:
    """Yield the figures of every run in the order of the grid; ``tell`` is called with 1 after each.

    Raises InputError, with its point, for a mistake that only a run finds; the sweep ends there. Raises
    ClassifierError and BooksError as a run does.
    """
    grid = points(sweep.axes)
    with tempfile.TemporaryDirectory(prefix="fivefifty-sweep-") as folder:
        work = partial(_run_at, sweep, Path(folder))
        with closing(processes.in_order(work, grid, workers or os.cpu_count() or 1)) as done:
            for made in done:
                tell(1)
                yield made


def _run_at(sweep: Sweep, base: Path, point: Point) -> SweepRun:
    """Run one point in a temporary folder."""
    folder = Path(tempfile.mkdtemp(dir=base))
    place = f"--vary {point_text(sweep.axes, point)}"
    loaded = sweep.at(point)
    try:
        result = run_scenario(
            prepare(loaded), Options(transport="memory", out=folder, classifiers=sweep.classifiers(loaded), workers=1)
        )
    except InputError as error:
        raise _within(place, error) from None
    except ClassifierError as error:
        raise ClassifierError(f"{place}: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    card = result.scorecard
    return SweepRun(
        point,
        card.recipients,
        card.delivered,
        card.hard_bounces_reported,
        card.hard_bounce_rate,
        {
            name: ErrorCounts(card.truth.alive, score.wrongly_suppressed, card.truth.gone, score.missed_dead)
            for name, score in card.classifiers.items()
        },
        card.books,
    )


def _within(place: str, error: InputError) -> InputError:
    return InputError(f"{place}: {error.place}", error.problem, error.remedy)
