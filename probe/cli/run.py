"""fivefifty run: run a scenario and judge it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.classify.registry import PATIENCE_S
from probe.cli.check import BaselineFile, Gate, Price, conclude
from probe.cli.ci_reports import Reports, read_reports
from probe.cli.classifiers import AllowPrograms, Patience, Wanted
from probe.cli.console import AllowNetwork, InterruptedRunError, ScenarioFile, app, load_scenario, networks
from probe.judge import baseline_file, gates
from probe.judge.prices import mistake_prices
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.report.terminal.live_progress import Watching
from probe.sender.transport import TransportName

Seed = Annotated[int | None, typer.Option(help="Another seed than the scenario's.")]
Out = Annotated[Path | None, typer.Option(help="Folder for the books (default: runs/NAME).")]


@app.command()
def run(
    scenario: ScenarioFile,
    *,
    transport: Annotated[TransportName, typer.Option(help="Real sockets, or none.")] = "tcp",
    seed: Seed = None,
    out: Out = None,
    classifier: Wanted = None,
    classifier_timeout: Patience = PATIENCE_S,
    allow_programs: AllowPrograms = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (default: by size of the campaign).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut off.")] = False,
    log: Annotated[Path | None, typer.Option(help="Add every attempt and decision to a file, as JSON Lines.")] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="Keep every dialogue, for fivefifty show.")
    ] = False,
    gate: Gate = None,
    baseline: BaselineFile = None,
    price: Price = None,
    report: Reports = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Run a scenario and judge it: the campaigns go out, the books are joined, the classifiers are scored."""
    loaded = load_scenario(scenario, seed)
    reports = read_reports(report)
    allowed = networks(allow_network)
    classifiers = choose_for(
        loaded, classifier, patience_s=classifier_timeout, allowed=allowed, programs=allow_programs
    )
    folder = out or Path("runs") / loaded.scenario.name
    prepared = prepare(loaded)
    options = Options(
        transport=transport,
        out=folder,
        classifiers=classifiers,
        workers=workers,
        allowed=allowed,
        resume=resume,
        log=log,
        transcripts=transcripts,
        gates=tuple(gates.from_text(text) for text in gate or ()),
        prices=mistake_prices(price or [], loaded.scenario.prices),
    )
    known = None if baseline is None else baseline_file.read(baseline)
    try:
        with Watching(loaded.scenario.name) as watching:
            result = run_scenario(prepared, options, begin=watching.begin, tell=watching.tell)
    except KeyboardInterrupt:
        raise InterruptedRunError(folder) from None
    conclude(result, folder, None if known is None or baseline is None else (known, baseline), reports, scenario)
