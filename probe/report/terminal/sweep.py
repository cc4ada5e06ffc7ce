"""Prints where a classifier breaks in a sweep: a sentence and a table per classifier; and rows for a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich import box
from rich.console import Console, Group
from rich.progress import MofNCompleteColumn
from rich.table import Table
from rich.text import Text

from probe.harmless import harmless
from probe.report.terminal.live_progress import ProgressBar
from probe.studies.sweep.break_points import (
    FIGURES,
    HARD_BOUNCES,
    MISSED_DEAD,
    WRONGLY_SUPPRESSED,
    Bound,
    BreakPoint,
    GridPoint,
    Spread,
    SweepResult,
    SweepRun,
    break_point,
)
from probe.studies.sweep.grid import Axis, short_names

MARK: Final = "!"
"""Marks a figure beyond its bound."""
WAYS_SPREAD: Final = 2
"""With at most so many varied values besides the seed, a terminal has room for minimum and maximum."""


def runs_bar(name: str, count: int) -> ProgressBar:
    """Return a progress bar that counts runs."""
    return ProgressBar(harmless(name), count, MofNCompleteColumn())


def heading(axes: Sequence[Axis], classifiers: Sequence[str]) -> list[str]:
    """Return the names of the columns of the CSV file."""
    of_classifiers = (
        f"{name}.{figure}"
        for name in classifiers
        for figure in ("wrongly_suppressed", WRONGLY_SUPPRESSED, "missed_dead", MISSED_DEAD)
    )
    counted = ("recipients", "delivered", "hard_bounces", HARD_BOUNCES)
    return [*(axis.path for axis in axes), *counted, *of_classifiers, "books"]


def row(run: SweepRun) -> list[object]:
    """Return a run's row of the CSV file."""
    return [
        *(value.text for value in run.point),
        run.recipients,
        run.delivered,
        run.hard_bounces,
        run.hard_bounce_rate,
        *(
            number
            for errors in run.classifiers.values()
            for number in (
                errors.wrongly_suppressed,
                errors.wrongly_suppressed_rate,
                errors.missed_dead,
                errors.missed_dead_rate,
            )
        ),
        run.books,
    ]


def print_sweep(console: Console, result: SweepResult) -> None:
    """Print where each classifier breaks, then the figures at every point."""
    for line in sentences(result):
        console.print(Text(line), soft_wrap=True)
    console.print()
    for name in result.classifiers:
        console.print(_table(result, name))


def sentences(result: SweepResult) -> Iterator[str]:
    """Yield a sentence on each classifier and bound."""
    for bound in result.bounds:
        # Hard bounces do not depend on a classifier.
        for name in result.classifiers[:1] if bound.figure == HARD_BOUNCES else result.classifiers:
            yield _sentence(result, break_point(result.grid_points, name, bound))


def _sentence(result: SweepResult, found: BreakPoint) -> str:
    figure, most = found.bound
    what = FIGURES[figure]
    who = "the sending" if figure == HARD_BOUNCES else harmless(found.classifier)

    def rate(grid_point: GridPoint) -> float:
        return grid_point.spread(figure, found.classifier).median

    if found.first is None:
        worst = max(result.grid_points, key=rate)
        where = _where(result, worst) if rate(worst) else ""
        return f"{who} stays within {_percent(most)} {what}: {_percent(rate(worst))} at most{where}."
    before = (
        "" if found.before is None else f" ({_percent(rate(found.before))} at {harmless(found.before.point[0].text)})"
    )
    count = f", as at {found.beyond} of {found.total} points" if found.total > 1 else ""
    where = _where(result, found.first)
    return f"{who} breaks{where}: {_percent(rate(found.first))} {what}, beyond {_percent(most)}{before}{count}."


def _percent(rate: float) -> str:
    return f"{rate * 100:.3g}%"


def _where(result: SweepResult, grid_point: GridPoint) -> str:
    values = (
        f"{axis.path} = {harmless(value.text)}" for axis, value in zip(result.varied, grid_point.point, strict=True)
    )
    return f" at {', '.join(values)}" if grid_point.point else ""


def _table(result: SweepResult, classifier: str) -> Group:
    seeds = max(len(grid_point.runs) for grid_point in result.grid_points)
    spread = seeds > 1 and len(result.varied) <= WAYS_SPREAD
    several = f", median{' (min-max)' if spread else ''} of {seeds} seeds" if seeds > 1 else ""
    title = f"{harmless(classifier)}{several}; {MARK} is beyond the bound"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for axis, name in zip(result.varied, short_names(result.varied), strict=True):
        heading = Text(name.replace(".", ".\n"))
        table.add_column(heading, justify="right" if axis.is_numeric else "left", overflow="fold")
    for name in FIGURES.values():
        table.add_column("\n".join([*name.split(), "%"]), justify="right", no_wrap=True)
    first = [break_point(result.grid_points, classifier, bound).first for bound in result.bounds]
    for grid_point in result.grid_points:
        table.add_row(
            *(Text(harmless(value.text)) for value in grid_point.point),
            *(_cell(grid_point.spread(figure, classifier), figure, result.bounds, spread=spread) for figure in FIGURES),
            style="bold" if any(grid_point is each for each in first) else None,
        )
    return Group(Text(title), table)  # a Table's own title would wrap at the table's width


def _cell(spread_of: Spread, figure: str, bounds: Sequence[Bound], *, spread: bool) -> str:
    beyond = any(bound.figure == figure and spread_of.median > bound.most for bound in bounds)
    between = f" ({spread_of.least * 100:.1f}-{spread_of.most * 100:.1f})" if spread else ""
    return f"{spread_of.median * 100:.1f}{between}{MARK if beyond else ' '}"
