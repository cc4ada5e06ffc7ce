"""Commands that judge what has been run: check, compare, baseline update."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from probe.classify.registry import PATIENCE_S, choose
from probe.classify.spec import REPORTED
from probe.cli.ci_reports import Report, Reports, publish, read_reports
from probe.cli.classifiers import Patience, Wanted
from probe.cli.console import AllowNetwork, Exit, PipedConsole, app, networks, printing
from probe.input_error import InputError
from probe.intake.formats import FORMATS, MAILBOX
from probe.judge import baseline_file
from probe.judge.baseline import Baseline
from probe.judge.compare_run import ReadRun, compare_runs
from probe.judge.judge import bounds_in_books, judge, prices_of
from probe.judge.open_reported import open_reported
from probe.judge.prices import mistake_prices
from probe.judge.result import SCORECARD, Result
from probe.ledger import Ledger
from probe.report.html.page_file import write_report
from probe.report.terminal.compare import print_comparison, print_worsenings
from probe.report.terminal.run import print_answer, print_reported

baseline_app = typer.Typer(
    help="What classifiers got wrong when you last looked, in a file for git.", no_args_is_help=True
)
app.add_typer(baseline_app, name="baseline")

Gate = Annotated[
    list[str] | None,
    typer.Option(help="A bound, such as 'classifiers.code.wrongly_suppressed <= 3'; repeat for several."),
]
BaselineFile = Annotated[Path | None, typer.Option(help="Fail where a classifier makes more mistakes than it says.")]
Price = Annotated[
    list[str] | None, typer.Option(help="What a mistake costs: living=25,dead=0.05,reputation=500,above=0.02.")
]


@app.command()
def check(
    truth: Annotated[Path, typer.Option(metavar="RUN", help="The folder of a run, or of what serve wrote.")],
    *,
    classifier: Wanted = None,
    classifier_timeout: Patience = PATIENCE_S,
    reported: Annotated[Path | None, typer.Option(help="What your own system said of the campaign.")] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help=f"Whose format that is: {', '.join([*FORMATS, MAILBOX])}.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option(help="For csv and jsonl, such as recipient=email; repeat for several.")
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="A file that says which cause each class of yours stands for (TOML).")
    ] = None,
    year: Annotated[int | None, typer.Option(min=1970, max=2100, help="Year of a log's first line.")] = None,
    gate: Gate = None,
    baseline: BaselineFile = None,
    price: Price = None,
    report: Reports = None,
    allow_network: AllowNetwork = None,
) -> None:
    """Judge a run again: other classifiers, other bounds, or what your own mail system reported of it."""
    known = None if baseline is None else baseline_file.read(baseline)
    reports = read_reports(report)
    said = None
    if reported is not None:
        if format_ is None:
            raise InputError("--reported", "comes without --format", f"add one of: {', '.join([*FORMATS, MAILBOX])}")
        said = open_reported(reported, format_, columns=columns or (), year=year, labels=map_)
    chosen = choose(classifier, patience_s=classifier_timeout, allowed=networks(allow_network))
    with Ledger.open(truth) as ledger:
        names = [*(each.name for each in chosen), *([REPORTED] if said else [])]
        result = judge(
            ledger,
            chosen,
            bound=bounds_in_books(ledger, names, gate or ()),
            reported=None if said is None else (said.events, said.cause_of),
            prices=mistake_prices(price or [], prices_of(ledger)),
        )
    result.write(truth)
    if said is not None:
        with printing():
            print_reported(PipedConsole(), result, said.bad_lines)
    against = None if known is None or baseline is None else (known, baseline)
    conclude(result, truth, against, reports, truth / SCORECARD)


def conclude(
    result: Result, folder: Path, known: tuple[Baseline, Path] | None, reports: Sequence[Report], scenario: Path
) -> NoReturn:
    """Write the reports, print the answer, and end with the code that the answer deserves.

    What no rule of a file decided is said of the file ``scenario``.
    """
    before = None if known is None else baseline_file.known_of(known[0], result, known[1])
    findings = result.findings(before)
    publish(result.scorecard, findings, reports, scenario)
    write_report(result, folder)
    with printing():
        console = PipedConsole()
        print_answer(console, result, str(folder))
        if known is not None and before is not None:
            print_worsenings(console, result.worsenings(before), result, str(known[1]))
    passed = all(finding.passed for finding in findings)
    raise typer.Exit(Exit.PASSED if passed else Exit.GATE_FAILED)


@app.command("compare")
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run, or RUN:CLASSIFIER.")],
    second: Annotated[
        str, typer.Argument(metavar="B", help="Another one of the same scenario, or another classifier.")
    ],
) -> None:
    """Compare two classifiers, or two versions of one: who changed sides, and is it luck. Fails if B is worse."""
    compared = compare_runs(ReadRun.parse(first), ReadRun.parse(second))
    with printing():
        print_comparison(PipedConsole(), compared)
    raise typer.Exit(Exit.GATE_FAILED if any(each.is_worse for each in compared.values()) else Exit.PASSED)


@baseline_app.command("update")
def baseline_update(
    run: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    *,
    file: Annotated[Path, typer.Option("--baseline", help="The file to write.")] = Path("baseline.toml"),
    classifier: Annotated[
        list[str] | None, typer.Option(help="A classifier's name; repeat for several (default: all that read the run).")
    ] = None,
) -> None:
    """Write down whom classifiers were wrong about when they last read, so that only a worsening fails from here on."""
    for folder in run:
        scenario, known = baseline_file.known_in(folder, classifier)
        baseline_file.update(file, scenario, known)
        with printing():
            for name, each in known.classifiers.items():
                print(
                    f"{scenario} {name}: {len(each.wrongly_suppressed):,} wrongly suppressed, "
                    f"{len(each.missed_dead):,} missed"
                )
