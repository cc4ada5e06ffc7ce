"""Opens the log of another mail system about a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fake_gateways.truth import Cause
from probe.classify import taxonomy
from probe.classify.rules import files
from probe.intake.event import BadLine, Event
from probe.intake.formats import MAILBOX
from probe.intake.hints import Hints
from probe.intake.open_log import open_log
from probe.intake.skipped import SkippedLines
from probe.judge.reported import CauseOf


@dataclass
class ReportedLog:
    """A log of another system: its events, the lines that cannot be read, and the causes of its own classes.

    ``unknown`` counts the classes whose cause was asked for and is not known.
    """

    events: Iterator[Event]
    skipped: SkippedLines
    cause_of: CauseOf
    unknown: Counter[str]


def open_reported(path: Path, source: str, hints: Hints, *, labels: Path | None) -> ReportedLog:
    """Open a log; raises InputError for an unknown format and for a map that cannot be read."""
    skipped = SkippedLines()
    unknown: Counter[str] = Counter()
    given = {} if labels is None else files.load_labels(labels)

    def good(lines: Iterator[Event | BadLine]) -> Iterator[Event]:
        for line in lines:
            if isinstance(line, BadLine):
                skipped.add(line)
            else:
                yield line

    def cause_of(label: str) -> Cause | None:
        try:
            return given[label] if label in given else _cause_of(source, label)
        except taxonomy.UnknownNameError:
            unknown[label] += 1
            raise

    events = open_log(path, source, hints, option="--format")
    return ReportedLog(good(events), skipped, cause_of, unknown)


def _cause_of(source: str, label: str) -> Cause | None:
    """Return the cause of a class; in tables that may also be the name of a cause. Raises UnknownNameError."""
    try:
        # Of all that comes as mail, only a notification of SES has a class.
        return taxonomy.cause_of("ses" if source == MAILBOX else source, label)
    except taxonomy.UnknownNameError:
        return taxonomy.cause_named(label)
