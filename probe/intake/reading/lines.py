"""Reads a log line by line, so that a bad line does not affect other lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, LogLine

MAX_LINE: Final = 65_536
"""In characters; longer lines are not read. Postfix and syslog cut their lines at a few thousand."""


class UnreadableError(Exception):
    """A line belongs to the format but cannot be read; the message says why."""


def read_each(lines: Iterable[LogLine], events_of: Callable[[str], Iterable[Event]]) -> Iterator[Event | BadLine]:
    """Yield the events of every line, or a BadLine if ``events_of`` raises UnreadableError."""
    for line in lines:
        if len(line.text) > MAX_LINE:
            yield BadLine(line.number, f"more than {MAX_LINE} characters")
            continue
        try:
            yield from events_of(line.text.rstrip("\r\n"))
        except UnreadableError as error:
            yield BadLine(line.number, str(error))
