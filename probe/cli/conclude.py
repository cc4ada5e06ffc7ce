"""How run and check end: reports written, the answer printed, an exit code that says what the gates came to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from probe.cli.ci_reports import Report, publish
from probe.cli.console import PipedConsole
from probe.cli.exit_codes import Exit
from probe.cli.output import printing
from probe.judge import baseline_file
from probe.judge.baseline import Baseline
from probe.judge.result import JudgedRun
from probe.report.html.page_file import write_report
from probe.report.terminal.compare import print_worsenings
from probe.report.terminal.run import print_answer


def conclude(
    result: JudgedRun, folder: Path, known: tuple[Baseline, Path] | None, reports: Sequence[Report], scenario: Path
) -> NoReturn:
    """Write the reports, print the answer, exit.

    Args:
        result: The run, judged.
        folder: Its folder, where the HTML report goes.
        known: The baseline and its file, if the run is held to one.
        reports: Files for CI.
        scenario: The file that a finding is about if no rule file decided.
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
