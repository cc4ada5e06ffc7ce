"""Lines that could not be read, by reason."""

from __future__ import annotations

from probe.intake.event import BadLine
from probe.intake.skipped import SkippedLines, example_of


def test_each_reason_is_counted_and_has_its_first_line_as_an_example() -> None:
    skipped = SkippedLines()
    for bad in (
        BadLine(3, "not JSON", "hello"),
        BadLine(7, "status 'lost' is unknown", "x" * 90),
        BadLine(8, "status 'won' is unknown"),
        BadLine(9, "status 'it's' is unknown"),
    ):
        skipped.add(bad)
    assert skipped.total == 4
    assert list(skipped.told()) == [
        f"3: line 7 (status 'lost' is unknown): {'x' * 80}...",
        "1: line 3 (not JSON): hello",
    ]


def test_there_may_be_any_number_of_reasons() -> None:
    skipped = SkippedLines()
    for number in range(1_000):
        skipped.add(BadLine(number, f"reason {number}"))
    told = list(skipped.told())
    assert told[0] == "900: line 100 (reason 100)"
    assert told[-1] == "and 91 more reasons"


def test_nothing_of_a_line_is_executed() -> None:
    assert example_of(BadLine(1, "\x1b[2J", "::stop-commands::x\x07")) == "line 1 (?[2J): :?stop-commands::x?"
