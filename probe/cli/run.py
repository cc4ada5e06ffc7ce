"""fivefifty run: run a scenario and judge it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.exit_codes import InterruptedRunError
from probe.cli.options import (
    ANSWER_TIMEOUT_S,
    AllowNetwork,
    AllowPrograms,
    BaselineFile,
    Classifiers,
    ClassifierTimeout,
    Gates,
    Price,
    Reports,
    RunOut,
    ScenarioFile,
    Seed,
    load_scenario,
    networks,
)
from probe.sender.transport import TransportName


def run(
    scenario: ScenarioFile,
    *,
    transport: Annotated[
        TransportName, typer.Option(help="Use sockets, or stay in memory (faster, the same books).")
    ] = "tcp",
    seed: Seed = None,
    out: RunOut = None,
    classifier: Classifiers = None,
    classifier_timeout: ClassifierTimeout = ANSWER_TIMEOUT_S,
    allow_programs: AllowPrograms = False,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Number of processes (default: by size of the campaign).")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run that was interrupted.")] = False,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Append every attempt and decision to FILE, as JSON Lines, at the end."),
    ] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="Keep every SMTP dialogue, for fivefifty show.")
    ] = False,
    gate: Gates = None,
    baseline: BaselineFile = None,
    price: Price = None,
    report: Reports = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Run a scenario: send the campaigns, score the classifiers, check the gates.

    Exits with 1 if a gate fails, or if a classifier is worse than the baseline.
    """
    from probe.cli.ci_reports import read_reports
    from probe.cli.conclude import conclude
    from probe.cli.output import print_notes
    from probe.judge import baseline_file, gates
    from probe.judge.prices import mistake_prices
    from probe.lab.classifiers import choose_for
    from probe.lab.gates import readers
    from probe.lab.options import Options
    from probe.lab.prepare import prepare
    from probe.lab.run import run_scenario
    from probe.lab.shares import one_process_only
    from probe.report.terminal.live_progress import LiveProgress
    from probe.sender.progress import Progress

    loaded = load_scenario(scenario, seed)
    reports = read_reports(report)
    allowed = networks(allow_network)
    classifiers = choose_for(
        loaded, classifier, patience_s=classifier_timeout, allowed=allowed, programs=allow_programs
    )
    print_notes(note for each in classifiers for note in each.notes)
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
    known = None
    if baseline is not None:
        names = [each.name for each in readers(loaded, classifiers)]
        known = (baseline_file.known_of(baseline, loaded.scenario.name, loaded.scenario.seed, names), baseline)
    remarks: list[str] = []
    try:
        with LiveProgress(loaded.scenario.name) as watching:

            def begin(planned: Progress) -> None:
                print_notes(one_process_only(len(planned.lanes), planned.deliveries, workers))
                watching.begin(planned)

            result = run_scenario(
                prepared,
                options,
                begin=begin,
                tell=watching.tell,
                tell_judged=watching.tell_judged,
                remark=remarks.append,
            )
    except KeyboardInterrupt:
        raise InterruptedRunError(folder) from None
    print_notes(remarks)
    conclude(result, folder, known, reports, scenario)
