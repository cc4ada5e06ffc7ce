"""Commands that judge what has been run: check, compare, baseline update."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from probe.classify.registry import PATIENCE_S, choose
from probe.cli.ci_reports import Report, Reports, publish, read_reports
from probe.cli.classifiers import Patience, Wanted
from probe.cli.console import AllowNetwork, Exit, PipedConsole, app, networks, printing
from probe.input_error import InputError
from probe.intake.formats import FORMATS, MAILBOX
from probe.judge import baseline_file as baseline_files
from probe.judge import gates
from probe.judge.baseline import Baseline, Known, mistakes
from probe.judge.compare import compare
from probe.judge.judge import bounds, judge, prices_of, said_before, told_of
from probe.judge.open_reported import open_reported
from probe.judge.prices import read_prices
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
    list[str] | None, typer.Option(help="What a mistake costs: living=25, dead=0.05, reputation=500, above=0.02.")
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
    known = None if baseline is None else baseline_files.read(baseline)
    reports = read_reports(report)
    said = None
    if reported is not None:
        if format_ is None:
            raise InputError("--reported", "comes without --format", f"add one of: {', '.join([*FORMATS, MAILBOX])}")
        said = open_reported(reported, format_, columns=columns or (), year=year, labels=map_)
    chosen = choose(classifier, patience_s=classifier_timeout, allowed=networks(allow_network))
    with Ledger.open(truth) as ledger:
        names = {
            "classifiers": [*(each.name for each in chosen), *(["reported"] if said else [])],
            "gateways": [each.name for each in ledger.gateways()],
            "campaigns": json.loads(ledger.note("campaigns") or "[]"),
        }
        expect = json.loads(ledger.note("expect") or "{}")
        bound = bounds(expect, place=f"{truth}: expect", others=expect.get("classifiers", ()), **names)
        for text in gate or ():
            bound += bounds(gates.from_text(text), place="--gate", **names)
        result = judge(
            ledger,
            chosen,
            bound=bound,
            reported=None if said is None else (said.events, said.cause_of),
            prices=read_prices(price or [], prices_of(ledger)),
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
    before = None if known is None else baseline_files.known_of(known[0], result, known[1])
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
def compare_runs(
    first: Annotated[str, typer.Argument(metavar="A", help="A run, or RUN:CLASSIFIER.")],
    second: Annotated[
        str, typer.Argument(metavar="B", help="Another one of the same scenario, or another classifier.")
    ],
) -> None:
    """Compare two classifiers, or two versions of one: who changed sides, and is it luck. Fails if B is worse."""
    one, two = _side(first), _side(second)
    with Ledger.open(one[0]) as left, Ledger.open(two[0]) as right:
        told, others = told_of(left), told_of(right)
        if set(told) != set(others):
            problem = f"has other recipients than {one[0]}"
            raise InputError(two[0], problem, "compare runs of one scenario and seed, or classifiers of one run")
        pairs = _pairs(left, one[1], right, two[1])
        compared = {(a, b): compare(told, said_before(left, a), said_before(right, b)) for a, b in pairs}
    with printing():
        print_comparison(PipedConsole(), compared)
    raise typer.Exit(Exit.GATE_FAILED if any(each.is_worse for each in compared.values()) else Exit.PASSED)


def _side(text: str) -> tuple[Path, str | None]:
    """Read RUN or RUN:CLASSIFIER."""
    if Path(text).exists():
        return Path(text), None
    folder, _, name = text.rpartition(":")
    return Path(folder or text), name if folder else None


def _pairs(left: Ledger, a: str | None, right: Ledger, b: str | None) -> list[tuple[str, str]]:
    if a or b:
        return [(a or b or "", b or a or "")]
    names = [{row.classifier: None for row in ledger.classifications()} for ledger in (left, right)]
    shared = [name for name in names[0] if name in names[1]]
    if not shared:
        raise InputError(right.path, "was read by none of the same classifiers", "name two, as RUN:CLASSIFIER")
    return [(name, name) for name in shared]


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
        with Ledger.open(folder) as ledger:
            told = told_of(ledger)
            names = classifier or sorted({row.classifier for row in ledger.classifications()})
            known = Known(
                int(ledger.note("seed") or 0), {name: mistakes(told, said_before(ledger, name)) for name in names}
            )
            scenario = ledger.note("scenario") or ""
        baseline_files.update(file, scenario, known)
        with printing():
            for name, each in known.classifiers.items():
                print(
                    f"{scenario} {name}: {len(each.wrongly_suppressed):,} wrongly suppressed, "
                    f"{len(each.missed_dead):,} missed"
                )
