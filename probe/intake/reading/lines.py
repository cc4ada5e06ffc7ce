"""Reads a log a line at a time, so that a bad line costs that line and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, LogLine

MAX_LINE: Final = 65_536
"""Characters; longer lines are not looked at. Postfix and syslog cut theirs at some thousands."""


class UnreadableError(Exception):
    """A line is of the format and cannot be read; the message says why, in words for people."""


def read_each(lines: Iterable[LogLine], events_of: Callable[[str], Iterable[Event]]) -> Iterator[Event | BadLine]:
    """Yield the events of every line, or a bad line where ``events_of`` raises UnreadableError."""
    for line in lines:
        if len(line.text) > MAX_LINE:
            yield BadLine(line.number, f"more than {MAX_LINE} characters")
            continue
        try:
            yield from events_of(line.text.rstrip("\r\n"))
        except UnreadableError as error:
            yield BadLine(line.number, str(error))
