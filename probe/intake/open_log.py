"""Opens the logs and mailboxes that the command line names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from probe.input_error import InputError
from probe.intake.event import BadLine, Event
from probe.intake.formats import FORMATS, MAILBOX, mailbox
from probe.intake.reading import files
from probe.intake.reading.files import Advance, size_of


def open_log(
    path: Path, source: str, *, columns: Iterable[str], year: int | None, advance: Advance = lambda _: None
) -> Iterator[Event | BadLine]:
    """Return an iterator over the events of a log; raises InputError for an unknown format or an unreadable file."""
    size_of(path)
    wanted = dict(_column(each) for each in columns)
    if source == MAILBOX:
        return mailbox.events(files.messages(path, advance))
    if source not in FORMATS:
        known = ", ".join([*FORMATS, MAILBOX])
        raise InputError(f"--from {source}", "is not a known format", f"use one of: {known}")
    return _of_file(path, FORMATS[source](files.lines(path, advance), wanted, year or datetime.now(UTC).year))


def _of_file(path: Path, events: Iterator[Event | BadLine]) -> Iterator[Event | BadLine]:
    """Yield events; add the file's name to errors that only name a line."""
    try:
        yield from events
    except InputError as error:
        if error.place.startswith(str(path)):
            raise
        raise InputError(f"{path}: {error.place}", error.problem, error.remedy) from None


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise InputError(f"--columns {text}", "is not a pair of names", "write for example recipient=email")
    return ours, theirs
