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
from probe.judge.baseline import KnownMistakes
from probe.judge.result import JudgedRun
from probe.report.html.page_file import write_report
from probe.report.terminal.compare import print_baseline
from probe.report.terminal.run import print_answer


def conclude(
    result: JudgedRun, folder: Path, known: tuple[KnownMistakes, Path] | None, reports: Sequence[Report], scenario: Path
) -> NoReturn:
    """Write the reports, print the answer, exit.

    Args:
        result: The run, judged.
        folder: Its folder, where the HTML report goes.
        known: The mistakes in the baseline and its file, if the run is compared with one.
        reports: Files for CI.
        scenario: The file that a finding is about if no rule file decided.
    """
    findings = result.findings(None if known is None else known[0])
    publish(result.scorecard, findings, reports, scenario)
    write_report(result, findings, folder)
    with printing():
        console = PipedConsole()
        of_gates, of_baseline = findings[: len(result.gates)], findings[len(result.gates) :]
        print_answer(console, result.scorecard, of_gates, str(folder))
        if known is not None:
            before, file = known
            print_baseline(console, before, of_baseline, result.scorecard, str(file))
    passed = all(finding.passed for finding in findings)
    raise typer.Exit(Exit.PASSED if passed else Exit.GATE_FAILED)
