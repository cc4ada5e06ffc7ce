"""Reading a log line by line."""

from __future__ import annotations

from collections.abc import Iterable

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.lines import MAX_LINE, UnreadableError, read_each


def one_event(text: str) -> Iterable[Event]:
    if text == "bad":
        raise UnreadableError("a bad line")
    return [Event(EventKind.DELIVERED, text)] if text else []


def test_a_bad_line_costs_no_other_line() -> None:
    lines = [LogLine(1, "ann"), LogLine(2, "bad"), LogLine(3, ""), LogLine(4, "bob")]
    assert list(read_each(lines, one_event)) == [
        Event(EventKind.DELIVERED, "ann"),
        BadLine(2, "a bad line"),
        Event(EventKind.DELIVERED, "bob"),
    ]


def test_a_line_of_the_maximum_length_is_read_and_a_longer_one_is_not() -> None:
    lines = [LogLine(1, "x" * MAX_LINE), LogLine(2, "x" * (MAX_LINE + 1))]
    assert list(read_each(lines, one_event)) == [
        Event(EventKind.DELIVERED, "x" * MAX_LINE),
        BadLine(2, f"more than {MAX_LINE} characters"),
    ]


def test_a_line_end_is_not_part_of_the_line() -> None:
    assert list(read_each([LogLine(1, "ann\r\n")], one_event)) == [Event(EventKind.DELIVERED, "ann")]
