"""Opens the log of another mail system about a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fake_gateways.truth import Cause
from probe.classify import taxonomy
from probe.classify.rules import files
from probe.input_error import InputError
from probe.intake.event import BadLine, Event
from probe.intake.open_log import open_log
from probe.intake.skipped import SkippedLines
from probe.judge.reported import CauseOf


@dataclass
class ReportedLog:
    """A log of another system: its events, the lines that cannot be read, and the causes of its own classes."""

    events: Iterator[Event]
    skipped: SkippedLines
    cause_of: CauseOf


def open_reported(
    path: Path, source: str, *, columns: Iterable[str], year: int | None, labels: Path | None
) -> ReportedLog:
    """Open a log; raises InputError for an unknown format and, while it is read, for an unknown class."""
    skipped = SkippedLines()

    def good(lines: Iterator[Event | BadLine]) -> Iterator[Event]:
        for line in lines:
            if isinstance(line, BadLine):
                skipped.add(line)
            else:
                yield line

    events = open_log(path, source, columns=columns, year=year, option="--format")
    return ReportedLog(good(events), skipped, _cause_of(source, labels))


def _cause_of(source: str, labels: Path | None) -> CauseOf:
    """Return the function from a system's classes to causes; raises InputError for a map that cannot be read."""
    given = {} if labels is None else files.load_labels(labels)
    has_names = source in taxonomy.systems()

    def cause_of(label: str) -> Cause | None:
        if label in given:
            return given[label]
        try:
            return taxonomy.cause_of(source, label) if has_names else taxonomy.cause_named(label)
        except taxonomy.UnknownNameError as error:
            raise InputError(f"--reported: class {label!r}", str(error), "give its cause with --map") from None

    return cause_of
