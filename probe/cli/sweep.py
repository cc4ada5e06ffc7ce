"""The command that runs a scenario over a grid: sweep."""

from __future__ import annotations

import csv
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from probe.classify.registry import BASELINES, choose
from probe.cli.console import InterruptedRunError, PipedConsole, ScenarioFile, app, printing
from probe.cli.output import require_writable
from probe.report.plots.chart_file import draw, require_drawable
from probe.report.plots.sweep import chart, require_few_rows
from probe.report.terminal.sweep import heading, print_sweep, row, runs_bar
from probe.studies.sweep import run as sweeping
from probe.studies.sweep.break_points import FIGURES, WRONGLY_SUPPRESSED, Findings, Run, parse_bound
from probe.studies.sweep.grid import parse, points

_USUAL = tuple(name for name in BASELINES if name != "always-keep")
"""Whoever keeps every address breaks nowhere and misses everybody, so it is left out unless asked for."""
_BOUND = f"{WRONGLY_SUPPRESSED}=0.01"


class InterruptedSweepError(InterruptedRunError):
    """Somebody pressed Ctrl-C during a sweep."""

    def __init__(self, kept: int, out: Path | None) -> None:
        where = "nothing is kept" if out is None else f"{out} holds the first {kept:,} of its runs"
        Exception.__init__(self, f"interrupted; {where}")


@app.command()
def sweep(
    scenario: ScenarioFile,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            help="What to vary, such as gateway.northwind.lies=0:1:0.1, sender.rate=10/1s,25/1s or seed=1..20; "
            "repeat for a grid."
        ),
    ],
    classifier: Annotated[
        list[str] | None,
        typer.Option(help=f"Who reads the bounces; repeat for several (default: {', '.join(_USUAL)})."),
    ] = None,
    bound: Annotated[
        list[str] | None,
        typer.Option(help=f"Beyond what a classifier has broken (default: {_BOUND}); of {', '.join(FIGURES)}."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a row a run into a CSV file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it: .svg, .png or .html (needs the extra plot).")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (default: one for each core).")] = None,
) -> None:
    """Run a scenario at every point of a grid, and tell where each classifier breaks."""
    axes = parse(vary)
    bounds = tuple(parse_bound(text) for text in bound or [_BOUND])
    wanted = tuple(classifier or _USUAL)
    names = tuple(each.name for each in choose(wanted))
    grid = sweeping.prepare_sweep(scenario, axes, wanted)
    if plot is not None:
        require_drawable(plot)
        require_few_rows(plot, axes)
    for option, path in (("--out", out), ("--plot", plot)):
        require_writable(option, path)
    runs: list[Run] = []
    try:
        with ExitStack() as stack:
            table = None
            if out is not None:
                file = stack.enter_context(out.open("w", encoding="utf-8", newline="", buffering=1))
                table = csv.writer(file, lineterminator="\n")
                table.writerow(heading(axes, names))
            bar = stack.enter_context(runs_bar(scenario.name, len(points(axes))))
            for run in stack.enter_context(closing(sweeping.run(grid, workers=workers, tell=bar.advance))):
                runs.append(run)
                if table is not None:
                    table.writerow(row(run))
    except KeyboardInterrupt:
        raise InterruptedSweepError(len(runs), out) from None
    findings = Findings(scenario.name, axes, names, bounds, tuple(runs))
    with printing():
        print_sweep(PipedConsole(), findings)
    if plot is not None:
        draw(plot, chart(findings))
