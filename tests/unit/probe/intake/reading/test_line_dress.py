"""What is around a log line comes off; what the program wrote stays. tests/properties holds the laws of this."""

from __future__ import annotations

import pytest

from probe.intake.event import BadLine, LogLine
from probe.intake.reading.line_dress import BareLine, read_undressed, undressed
from probe.intake.reading.lines import UnreadableError

NINE = 1772528403.0


def bare(*texts: str, year: int | None = 2026) -> list[BareLine | BadLine]:
    """Return lines without their dress."""
    return list(undressed((LogLine(number, text) for number, text in enumerate(texts, 1)), year))


@pytest.mark.parametrize(
    ("text", "program", "message"),
    [
        ("Mar  3 09:00:03 mx1 postfix/smtp[9]: 4BBB222222: removed", "postfix/smtp", "4BBB222222: removed"),
        ("Mar  3 09:00:03 mx1 exim: 1vx0Aa-000001-2b Completed", "exim", "1vx0Aa-000001-2b Completed"),
        ("2026-03-03T09:00:03Z 4BBB222222: removed", "", "4BBB222222: removed"),
        ("2026-03-03 09:00:03 1vx0Aa-000001-2b ** a@b.example: No", "", "1vx0Aa-000001-2b ** a@b.example: No"),
        (
            "2026-03-03 09:00:03 mx1 dockerd/mail[7]: Mar  3 09:00:03 mx1 postfix/smtp[9]: hello",
            "postfix/smtp",
            "hello",
        ),
    ],
)
def test_what_the_program_wrote_stays(text: str, program: str, message: str) -> None:
    assert bare(text) == [BareLine(1, message, NINE, program, is_dated=True)]


def test_lines_without_any_dress_stay_as_they_are() -> None:
    texts = ["", "hello", "4BBB222222: removed", '  "type": "Bounce",', "# Mar 3", "a[b]: c"]
    assert bare(*texts) == [BareLine(number, text) for number, text in enumerate(texts, 1)]


@pytest.mark.parametrize(
    "message",
    [
        "4BBB222222: message-id=Mar  3 09:00:03 mx1 postfix/smtp[9]: 4CCC: to=<a@b.example>",
        "4BBB222222: x Mar  3 09:00:03 mx1 postfix/smtp[9]: 4CCC: to=<a@b.example>",
        "connect from postfix/smtp[9]: 4CCC: to=<a@b.example>",
    ],
)
def test_what_a_message_holds_is_no_dress(message: str) -> None:
    assert bare(f"Mar  3 09:00:03 mx1 postfix/cleanup[9]: {message}") == [
        BareLine(1, message, NINE, "postfix/cleanup", is_dated=True)
    ]


def test_a_message_that_is_said_to_be_repeated_counts_once() -> None:
    head = "Mar  3 09:00:03 mx1 x[9]: "
    repeated = f"{head}message repeated 3 times: [ hello]"
    assert bare(f"{head}hello", repeated, f"{head}other", repeated) == [
        BareLine(1, "hello", NINE, "x", is_dated=True),
        BareLine(3, "other", NINE, "x", is_dated=True),
        BareLine(4, "hello", NINE, "x", is_dated=True),
    ]


def test_the_year_of_a_date_is_that_of_the_time_around_it() -> None:
    assert bare("2019-12-31T23:59:59.9Z Dec 31 23:59:59 mx1 x[9]: hello", year=None) == [
        BareLine(1, "hello", 1577836799.0, "x", is_dated=True)
    ]


def test_a_line_without_a_known_year_is_dated_all_the_same() -> None:
    assert bare("Mar  3 09:00:03 mx1 x[9]: hello", year=None) == [BareLine(1, "hello", None, "x", is_dated=True)]


def test_lines_that_cannot_be_read_are_told() -> None:
    assert bare("Feb 30 09:00:03 mx1 x[9]: hello", "x" * 70_000) == [
        BadLine(1, "'Feb 30 09:00:03' is not a date"),
        BadLine(2, "more than 65536 characters"),
    ]

    def fail(line: BareLine) -> list[BadLine]:
        raise UnreadableError(line.text)

    assert list(read_undressed([LogLine(4, "x[9]: no")], None, fail)) == [BadLine(4, "no")]
