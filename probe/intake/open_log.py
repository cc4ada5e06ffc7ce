"""Opens logs for the command line, and says what came of them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fake_gateways.truth import Cause
from probe.classify import taxonomy
from probe.classify.rules import files as rule_files
from probe.input_error import InputError
from probe.intake.event import BadLine, Event
from probe.intake.formats import FORMATS, MAILBOX, mailbox
from probe.intake.reading import files
from probe.intake.reading.files import Advance, size_of
from probe.intake.to_scenario.write_scenario import Summary
from probe.judge.reported import CauseOf

_KEY_OCTETS: Final = 32

__all__ = ["as_json", "key", "name_of", "open_log", "size_of", "told"]


def open_log(
    path: Path, source: str, *, columns: Iterable[str], year: int | None, advance: Advance = lambda _: None
) -> Iterator[Event | BadLine]:
    """Return the events of a log as a stream; raises InputError for a format nobody knows."""
    size_of(path)
    wanted = dict(_column(each) for each in columns)
    if source == MAILBOX:
        return mailbox.events(files.messages(path, advance))
    if source not in FORMATS:
        known = ", ".join([*FORMATS, MAILBOX])
        raise InputError(f"--from {source}", "is no format that can be read", f"use one of: {known}")
    return _of_file(path, FORMATS[source](files.lines(path, advance), wanted, year or datetime.now(UTC).year))


def _of_file(path: Path, events: Iterator[Event | BadLine]) -> Iterator[Event | BadLine]:
    """Yield events; a mistake that names a line of the file names the file as well."""
    try:
        yield from events
    except InputError as error:
        if error.place.startswith(str(path)):
            raise
        raise InputError(f"{path}: {error.place}", error.problem, error.remedy) from None


@dataclass
class Said:
    """What another system reported: its events, lines that could not be read, what its classes stand for."""

    events: Iterator[Event]
    bad_lines: list[BadLine]
    cause_of: CauseOf


def reported(path: Path, source: str, *, columns: Iterable[str], year: int | None, labels: Path | None) -> Said:
    """Open what another system reported; raises InputError for a format or a class that nobody knows."""
    bad: list[BadLine] = []

    def good(lines: Iterator[Event | BadLine]) -> Iterator[Event]:
        for line in lines:
            if isinstance(line, BadLine):
                bad.append(line)
            else:
                yield line

    return Said(good(open_log(path, source, columns=columns, year=year)), bad, _cause_of(source, labels))


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise InputError(f"--columns {text}", "is no pair of names", "write for example recipient=email")
    return ours, theirs


def name_of(path: Path) -> str:
    """Return a name for a scenario made of a file."""
    bare = path.name.partition(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:40].strip("-") or "log"


def key(path: Path | None) -> bytes:
    """Return the key in a file, which is made if it is not there; without a file one that nobody keeps."""
    if path is None:
        return secrets.token_bytes(_KEY_OCTETS)
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(_KEY_OCTETS) + "\n", "ascii")
        octets = path.read_bytes().strip()
    except OSError as error:
        raise InputError(f"--key-file {path}", f"cannot be used ({error.strerror})", "name another file") from None
    if len(octets) < 16:
        raise InputError(f"--key-file {path}", "holds fewer than 16 characters", "remove it, and a key will be made")
    return octets


def as_json(events: Iterable[Event | BadLine]) -> Iterator[str]:
    """Yield a JSON object a line; bad lines are objects with ``bad_line`` and ``reason``."""
    for event in events:
        if isinstance(event, BadLine):
            yield json.dumps({"bad_line": event.number, "reason": event.reason})
        else:
            yield json.dumps({name: value for name, value in event._asdict().items() if value not in {None, ""}})


def told(summary: Summary) -> Iterator[str]:
    """Yield what came of an import, and how to go on."""
    yield (
        f"{summary.recipients:,} recipients at {summary.gateways:,} gateways, {summary.replies:,} different replies, "
        f"of which {summary.unknown:,} say nothing of their cause."
    )
    if summary.passed_over:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(summary.passed_over.items()))
        yield f"Counted and not replayed: {kinds}."
    if summary.bad_lines:
        yield f"{summary.bad_lines:,} lines could not be read; the first:"
        yield from (f"  line {bad.number} {bad.reason}" for bad in summary.bad)
    if summary.not_addresses:
        first = f"{summary.not_an_address[:100]!r}"
        yield f"{summary.not_addresses:,} events are left out, as they name no address; the first names {first}."
    scenario = summary.folder / "scenario.toml"
    yield f"scenario  {scenario}"
    yield f"run it:   fivefifty run {scenario} --transport memory"


def _cause_of(source: str, labels: Path | None) -> CauseOf:
    """Return what a system's classes stand for; raises InputError for a map that cannot be read."""
    given = {} if labels is None else rule_files.load_labels(labels)
    has_names = source in taxonomy.systems()

    def cause_of(label: str) -> Cause | None:
        if label in given:
            return given[label]
        try:
            return taxonomy.cause_of(source, label) if has_names else taxonomy.cause_named(label)
        except taxonomy.UnknownNameError as error:
            raise InputError(f"--reported: class {label!r}", str(error), "say what it stands for with --map") from None

    return cause_of
