"""fivefifty check: judge a run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.options import (
    ANSWER_TIMEOUT_S,
    AllowNetwork,
    BaselineFile,
    Classifiers,
    ClassifierTimeout,
    Gates,
    LogColumns,
    LogDates,
    LogFormat,
    LogKind,
    LogVerp,
    LogYear,
    Price,
    Reports,
    networks,
)


def check(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run, or of what serve wrote.")],
    *,
    classifier: Classifiers = None,
    classifier_timeout: ClassifierTimeout = ANSWER_TIMEOUT_S,
    reported: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Score what your own system reported of the campaign.")
    ] = None,
    format_: LogFormat = None,
    columns: LogColumns = None,
    map_: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="Which cause each class of your system means (TOML)."),
    ] = None,
    kind: LogKind = None,
    dates: LogDates = None,
    verp: LogVerp = None,
    year: LogYear = None,
    gate: Gates = None,
    baseline: BaselineFile = None,
    price: Price = None,
    report: Reports = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Score a run again: other classifiers, other gates, or what your own system reported.

    Exits with 1 if a gate fails, or if a classifier is worse than the baseline.
    """
    from rich.progress import MofNCompleteColumn

    from probe.classify.registry import choose, with_baselines
    from probe.classify.spec import REPORTED
    from probe.cli.ci_reports import read_reports
    from probe.cli.conclude import conclude
    from probe.cli.console import PipedConsole
    from probe.cli.output import print_notes, printing
    from probe.cli.standard_input import as_file
    from probe.input_error import InputError
    from probe.intake.formats import FORMATS, MAILBOX
    from probe.intake.read_hints import read_hints
    from probe.judge import baseline_file
    from probe.judge.books import bounds_in_books, expect_in_books, prices_of
    from probe.judge.gates import classifiers_in
    from probe.judge.open_reported import open_reported
    from probe.judge.prices import mistake_prices
    from probe.judge.result import SCORECARD
    from probe.lab.judge_run import judge_run
    from probe.ledger import Ledger
    from probe.report.terminal.live_progress import ProgressBar
    from probe.report.terminal.run import print_reported

    known = None
    reports = read_reports(report)
    said = None
    if reported is not None:
        if format_ is None:
            raise InputError("--reported", "comes without --format", f"add one of: {', '.join([*FORMATS, MAILBOX])}")
        said = open_reported(
            as_file(reported), format_, read_hints(columns or (), kind, dates, year, verp), labels=map_
        )
    chosen = choose(classifier, patience_s=classifier_timeout, allowed=networks(allow_network))
    print_notes(note for each in chosen for note in each.notes)
    with Ledger.open(run) as ledger:
        chosen = with_baselines(chosen, classifiers_in(expect_in_books(ledger)))
        names = [*(each.name for each in chosen), *([REPORTED] if said else [])]
        if baseline is not None:
            scenario, seed = ledger.note("scenario") or "", int(ledger.note("seed") or 0)
            known = (baseline_file.known_of(baseline, scenario, seed, names), baseline)
        bound = bounds_in_books(ledger, names, gate or ())
        prices = mistake_prices(price or [], prices_of(ledger))
    with ProgressBar("judging", 0, MofNCompleteColumn()) as bar:
        result = judge_run(
            run,
            chosen,
            bound=bound,
            reported=None if said is None else (said.events, said.cause_of),
            prices=prices,
            tell=bar.reach,
        )
    if result.reported is not None and not result.reported.events:
        strangers = [event.recipient for event in result.reported.strangers]
        raise InputError(
            f"--reported {reported}",
            f"none of {len(strangers):,} events is about a recipient of this run; the first is about {strangers[0]!r}",
            "name the log of what was sent to this run's gateways",
        )
    result.write(run)
    if said is not None:
        with printing():
            print_reported(PipedConsole(), result, said.skipped, said.unknown)
    conclude(result, run, known, reports, run / SCORECARD)
