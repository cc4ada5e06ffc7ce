"""Opens what another mail system reported of a run."""

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
from probe.judge.reported import CauseOf


@dataclass
class Said:
    """What another system reported: its events, lines that could not be read, what its classes stand for."""

    events: Iterator[Event]
    bad_lines: list[BadLine]
    cause_of: CauseOf


def open_reported(path: Path, source: str, *, columns: Iterable[str], year: int | None, labels: Path | None) -> Said:
    """Open what another system reported; raises InputError for a format or a class that nobody knows."""
    bad: list[BadLine] = []

    def good(lines: Iterator[Event | BadLine]) -> Iterator[Event]:
        for line in lines:
            if isinstance(line, BadLine):
                bad.append(line)
            else:
                yield line

    return Said(good(open_log(path, source, columns=columns, year=year)), bad, _cause_of(source, labels))


def _cause_of(source: str, labels: Path | None) -> CauseOf:
    """Return what a system's classes stand for; raises InputError for a map that cannot be read."""
    given = {} if labels is None else files.load_labels(labels)
    has_names = source in taxonomy.systems()

    def cause_of(label: str) -> Cause | None:
        if label in given:
            return given[label]
        try:
            return taxonomy.cause_of(source, label) if has_names else taxonomy.cause_named(label)
        except taxonomy.UnknownNameError as error:
            raise InputError(f"--reported: class {label!r}", str(error), "say what it stands for with --map") from None

    return cause_of
