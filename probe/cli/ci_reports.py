"""What a CI system gets of a run: files it reads, the job's summary, and remarks at lines of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from probe.input_error import InputError
from probe.judge.findings import Finding
from probe.judge.scorecard import Scorecard
from probe.report.ci.annotations import code_quality, remarks, workflow_commands
from probe.report.ci.junit import junit
from probe.report.ci.markdown import markdown


class Kind(StrEnum):
    """What can be written."""

    JUNIT = "junit"
    MARKDOWN = "markdown"
    CODE_QUALITY = "codequality"
    """GitLab's, by the name that its configuration has for it."""


class Report(NamedTuple):
    """A file to be written."""

    kind: Kind
    file: Path


Reports = Annotated[
    list[str] | None,
    typer.Option(metavar="KIND=FILE", help=f"Write it to a file as well, as {', '.join(Kind)}; repeat for several."),
]


def read_reports(wanted: Sequence[str] | None) -> list[Report]:
    """Return the files that are wanted; raises InputError, before anything runs, where one cannot be written."""
    reports = []
    for text in wanted or ():
        kind, sign, file = text.partition("=")
        if kind not in set(Kind) or not sign or not file:
            remedy = f"write for example junit=report.xml; there are: {', '.join(Kind)}"
            raise InputError(f"--report {text}", "names no kind of report and a file", remedy)
        report = Report(Kind(kind), Path(file))
        _require_writable(report.file)
        reports.append(report)
    return reports


def _require_writable(file: Path) -> None:
    is_new = not file.exists()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("a", encoding="utf-8").close()
        if is_new:
            file.unlink()  # a run that comes to nothing leaves no empty report
    except OSError as error:
        raise InputError(f"--report {file}", f"cannot be written ({error.strerror})", "choose another file") from None


def publish(card: Scorecard, findings: Sequence[Finding], reports: Sequence[Report], elsewhere: Path) -> None:
    """Write the reports, and tell GitHub where it is listening: its job's summary, its remarks at lines.

    What no rule of a file decided is said of the file ``elsewhere``.
    """
    said = list(remarks(findings, str(elsewhere)))
    for report in reports:
        match report.kind:
            case Kind.JUNIT:
                text = junit(card, findings)
            case Kind.MARKDOWN:
                text = markdown(card, findings)
            case Kind.CODE_QUALITY:
                text = code_quality(said, _inside)
        report.file.write_text(text, "utf-8")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown(card, findings))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        # Not on standard output, which may be going to a file: GitHub reads both.
        for line in workflow_commands(said, _inside):
            print(line, file=sys.stderr)


def _inside(file: str) -> str:
    """Return a file's path in the repository, as CI systems want it; unchanged where it is not in it."""
    root = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or "."
    path = Path(file).resolve()
    return path.relative_to(Path(root).resolve()).as_posix() if path.is_relative_to(Path(root).resolve()) else file
