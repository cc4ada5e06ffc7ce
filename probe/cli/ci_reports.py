"""The output of a run for CI systems: report files, the job's summary, and annotations at lines of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from probe.input_error import InputError
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard
from probe.report.ci import FORMATS
from probe.report.ci.annotations import annotations_of, workflow_commands
from probe.report.ci.content import CiContent
from probe.report.ci.markdown import markdown
from probe.user_files import require_writable, writing


class Report(NamedTuple):
    """A report to write: its kind, a key of ``FORMATS``, and the file."""

    kind: str
    file: Path


def read_reports(wanted: Sequence[str] | None) -> list[Report]:
    """Parse the values of ``--report``, before anything runs; raises InputError if a file cannot be written."""
    reports = []
    for text in wanted or ():
        kind, sign, file = text.partition("=")
        if kind not in FORMATS or not sign or not file:
            remedy = f"write for example junit=report.xml; the kinds are: {', '.join(FORMATS)}"
            raise InputError(f"--report {text}", "does not name a kind of report and a file", remedy)
        report = Report(kind, Path(file))
        with writing(f"--report {report.file}"):
            report.file.parent.mkdir(parents=True, exist_ok=True)
        require_writable("--report", report.file)
        reports.append(report)
    return reports


def publish(card: Scorecard, findings: Sequence[Finding], reports: Sequence[Report], elsewhere: Path) -> None:
    """Write the report files; in a GitHub job also its summary and its annotations.

    ``elsewhere`` is the file to annotate with failures that no rule of a file decided.
    """
    run = CiContent(card, findings, list(annotations_of(findings, str(elsewhere), _in_repository)))
    for report in reports:
        text = FORMATS[report.kind](run)
        with writing(f"--report {report.file}"):
            report.file.write_text(text, "utf-8")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with writing(f"GITHUB_STEP_SUMMARY {summary}"), Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown(run))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        # On standard error, as standard output may go to a file; GitHub reads both.
        for line in workflow_commands(run.annotations):
            print(line, file=sys.stderr)


def _in_repository(file: str) -> str:
    """Return a file's path relative to the repository, as CI systems expect it; unchanged if it lies outside."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or "."
    path = Path(file).resolve()
    return path.relative_to(Path(root).resolve()).as_posix() if path.is_relative_to(Path(root).resolve()) else file
