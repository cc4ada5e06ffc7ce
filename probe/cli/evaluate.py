"""Commands about classifiers: evaluate, sensitivity, explain and fit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from probe.classify.registry import choose
from probe.cli.console import PipedConsole, RunFolder, app, keeping_nothing, printing
from probe.cli.output import require_writable
from probe.input_error import InputError
from probe.ledger import Ledger
from probe.report import explain as explaining
from probe.report.plots.chart_file import draw, require_drawable
from probe.report.plots.sensitivity import chart
from probe.report.terminal.evaluate import print_evaluation, print_sensitivity
from probe.report.terminal.sweep import runs_bar
from probe.studies import evaluate as evaluating
from probe.studies.sensitivity.measure import measure
from probe.studies.sensitivity.points import chosen_points

_WORKERS = max(1, os.cpu_count() or 1)
AsJson = Annotated[bool, typer.Option("--json", help="Print figures for programs.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]


@app.command()
def evaluate(
    scenarios: Annotated[
        list[Path] | None, typer.Argument(help="Scenario files, or folders of them (default: scenarios).")
    ] = None,
    *,
    classifier: Annotated[
        list[str] | None, typer.Option(help="Who else reads, beside the baselines and context; repeat for several.")
    ] = None,
    as_json: AsJson = False,
    workers: Workers = _WORKERS,
) -> None:
    """Hold every classifier against scenarios: errors with intervals, calibration, and each vendor held out.

    Every scenario is run in memory, and once more with another attempt a week later at those of whom context is unsure.
    """
    loaded = evaluating.load_scenarios(scenarios or [Path("scenarios")])
    names = evaluating.classifiers_with(classifier or ())
    with keeping_nothing(), runs_bar("scenarios", len(loaded)) as filling:
        evaluated = evaluating.evaluate(loaded, names, workers, filling.advance)
    figures = evaluating.summary(evaluated)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_evaluation(PipedConsole(), figures)


@app.command()
def sensitivity(
    *,
    classifier: Annotated[
        list[str] | None, typer.Option(help=f"Who reads; repeat for several (default: code, {evaluating.FIRST}).")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="What to vary, such as turnover; repeat for several (default: everything).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Chance of the campaigns.")] = 1,
    plot: Annotated[Path | None, typer.Option(help="Draw it: .svg, .png or .html (needs the extra plot).")] = None,
    as_json: AsJson = False,
    workers: Workers = _WORKERS,
) -> None:
    """Vary one thing at a time on made-up campaigns, and count whom each classifier would suppress and miss.

    Varied are the share of lies, turnover, company size, causes, what is missing from the evidence, and gateways that
    mean to deceive. With context, everybody it is unsure of is tried once more as well.
    """
    names = classifier or ["code", evaluating.FIRST]
    choose(names)
    if plot is not None:
        require_drawable(plot)
        require_writable("--plot", plot)
    wanted = chosen_points(seed, only or ())
    with keeping_nothing(), runs_bar("points", len(wanted)) as filling:
        found = list(measure(wanted, names, workers, filling.advance))
    with printing():
        if as_json:
            print(json.dumps({"schema": 1, "points": [each.as_dict() for each in found]}, indent=2))
        else:
            print_sensitivity(PipedConsole(), found)
    if plot is not None:
        draw(plot, chart(found))


@app.command()
def explain(
    folder: RunFolder,
    *,
    recipient: Annotated[str, typer.Option(help="An address.")],
) -> None:
    """Tell how `context` comes to its verdict on one recipient: attempts, surroundings, weights, reasons."""
    with Ledger.open(folder) as ledger, printing():
        lines = list(explaining.explain(ledger, recipient))
        if not lines:
            raise InputError(f"--recipient {recipient}", f"stands nowhere in {folder}", "see recipients in its books")
        print("\n".join(lines).rstrip())


@app.command()
def fit(
    *,
    scenarios: Annotated[int, typer.Option(min=22, help="How many scenarios to make and run.")] = 528,
    seed: Annotated[int, typer.Option(help="Number of the first scenario.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for weights.toml and held_out.json.")] = Path("fitted"),
    reference: Annotated[bool, typer.Option("--reference", help="Hold a strong learner beside it.")] = False,
    workers: Workers = _WORKERS,
) -> None:
    """Fit the weights of `context` anew, on scenarios made for it; needs scikit-learn (the extra fit)."""
    try:
        from probe.studies.fit import fit as session  # noqa: PLC0415 - an extra that no other command needs
    except ImportError as error:
        problem = f"needs scikit-learn, which is not installed ({error.name})"
        raise InputError("fit", problem, "install it: pip install 'fivefifty[fit]'") from None
    with keeping_nothing(), printing():
        for line in session.fit_anew(range(seed, seed + scenarios), out, workers, runs_bar, reference=reference):
            print(line, flush=True)
