"""Commands about classifiers: evaluate, explain and fit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from probe import evaluating, explaining
from probe.cli.console import PipedConsole, RunFolder, app, printing
from probe.input_error import InputError
from probe.ledger import Ledger
from probe.report.evaluation import print_evaluation
from probe.scenario.load import load
from probe.scenario.sending import Retest

_WORKERS = max(1, os.cpu_count() or 1)
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]


@app.command()
def evaluate(
    scenarios: Annotated[
        list[Path] | None, typer.Argument(help="Scenario files, or folders of them (default: scenarios).")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures for programs.")] = False,
    workers: Workers = _WORKERS,
) -> None:
    """Hold every classifier against scenarios: errors with intervals, calibration, and each vendor held out.

    Every scenario is run in memory, and once more with another attempt a week later at those of whom context is unsure.
    """
    files = [file for path in scenarios or [Path("scenarios")] for file in _files(path)]
    loaded = [load(file) for file in files]
    real_time = [each for each in loaded if each.scenario.is_foreign or each.scenario.scanners_asked]
    if real_time:
        place = real_time[0].path
        raise InputError(place, "needs servers of yours, and evaluate runs in memory", "leave it out")
    plain = str(evaluating.PLAIN_MESSAGE)
    figures = evaluating.summary(evaluating.evaluate(loaded, Retest(message=plain), workers))
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_evaluation(PipedConsole(), figures)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = evaluating.shipped(path)
    if not files:
        raise InputError(path, "holds no scenario (*.toml)", "name a folder of scenarios")
    return files


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
    scenarios: Annotated[int, typer.Option(min=22, help="How many scenarios to make and run.")] = 330,
    seed: Annotated[int, typer.Option(help="Number of the first scenario.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for weights.toml and held_out.json.")] = Path("fitted"),
    reference: Annotated[bool, typer.Option("--reference", help="Hold a strong learner beside it.")] = False,
    workers: Workers = _WORKERS,
) -> None:
    """Fit the weights of `context` anew, on scenarios made for it; needs scikit-learn (pip install fivefifty[fit])."""
    try:
        from probe.training import session  # noqa: PLC0415 - an extra that no other command needs
    except ImportError as error:
        problem = f"needs scikit-learn, which is not installed ({error.name})"
        raise InputError("fit", problem, "install fivefifty[fit]") from None
    with printing():
        for line in session.fit_anew(range(seed, seed + scenarios), out, workers, reference=reference):
            print(line, flush=True)
