"""fivefifty sweep: a scenario over a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probe.cli.exit_codes import InterruptedRunError
from probe.cli.options import AllowPrograms, Plot, ScenarioFile, Workers
from probe.cli.output import print_notes, printing
from probe.user_files import require_writable, writing

if TYPE_CHECKING:
    from probe.studies.sweep.break_points import SweepRun


class InterruptedSweepError(InterruptedRunError):
    """Ctrl-C during a sweep."""

    def __init__(self, kept: int, out: Path | None) -> None:
        where = "nothing is kept" if out is None else f"{out} holds the first {kept:,} of its runs"
        Exception.__init__(self, f"interrupted; {where}")


def sweep(
    scenario: ScenarioFile,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            metavar="KEY=VALUES",
            help="What to vary, such as gateway.northwind.lies=0:1:0.1, sender.rate=10/1s,25/1s or seed=1..20. "
            "Repeat for a grid.",
        ),
    ],
    classifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]WHAT",
            help="Classifier to score (default: the scenario's, or code and text). Repeat for several.",
        ),
    ] = None,
    bound: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE=SHARE",
            help="A classifier breaks above this (default: wrongly_suppressed_rate=0.01). Figures: "
            "wrongly_suppressed_rate, missed_dead_rate, hard_bounce_rate.",
        ),
    ] = None,
    allow_programs: AllowPrograms = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one row per run to FILE (CSV).")] = None,
    plot: Plot = None,
    workers: Workers = None,
) -> None:
    """Run a scenario at every point of a grid and show where each classifier breaks."""
    from contextlib import closing

    from probe.cli.console import PipedConsole
    from probe.report.plots.chart_file import draw, require_drawable
    from probe.report.plots.sweep import chart, require_few_rows
    from probe.report.terminal.sweep import heading, print_sweep, row, runs_bar
    from probe.studies.sweep import run as study
    from probe.studies.sweep.break_points import WRONGLY_SUPPRESSED, SweepResult, parse_bound
    from probe.studies.sweep.grid import parse, points

    axes = parse(vary)
    bounds = tuple(parse_bound(text) for text in bound or [f"{WRONGLY_SUPPRESSED}=0.01"])
    grid = study.prepare_sweep(scenario, axes, tuple(classifier or ()), programs=allow_programs)
    chosen = grid.classifiers(grid.at(points(axes)[0]))
    print_notes(note for each in chosen for note in each.notes)
    names = tuple(each.name for each in chosen)
    if plot is not None:
        require_drawable(plot)
        require_few_rows(plot, axes)
    for option, path in (("--out", out), ("--plot", plot)):
        require_writable(option, path)
    runs: list[SweepRun] = []
    try:
        with _table(out) as write_row, runs_bar(scenario.name, len(points(axes))) as bar:
            write_row(heading(axes, names))
            with closing(study.run(grid, workers=workers, tell=bar.advance)) as made:
                for run in made:
                    runs.append(run)
                    write_row(row(run))
    except KeyboardInterrupt:
        raise InterruptedSweepError(len(runs), out) from None
    result = SweepResult(scenario.name, axes, names, bounds, tuple(runs))
    with printing():
        print_sweep(PipedConsole(), result)
    if plot is not None:
        with writing(f"--plot {plot}"):
            draw(plot, chart(result))


@contextmanager
def _table(out: Path | None) -> Iterator[Callable[[Sequence[object]], None]]:
    """Open a CSV file and return what adds a row to it; without a file, rows go nowhere."""
    if out is None:
        yield lambda _: None
        return
    import csv

    with writing(f"--out {out}"):
        opened = out.open("w", encoding="utf-8", newline="", buffering=1)
    with opened as file:
        table = csv.writer(file, lineterminator="\n")

        def write_row(row: Sequence[object]) -> None:
            with writing(f"--out {out}"):
                table.writerow(row)

        yield write_row
