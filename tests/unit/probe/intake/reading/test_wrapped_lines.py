"""Records of journald and of log collectors, with a log line in a field."""

from __future__ import annotations

import json

import pytest

from probe.intake.event import LogLine
from probe.intake.reading.log_times import When
from probe.intake.reading.wrapped_lines import Assembler, Wrapped, unwrap

NINE = When(1772528403.0, has_zone=True)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"log": "hello\n", "stream": "stdout", "time": "2026-03-03T09:00:03Z"}, Wrapped("hello", "", NINE)),
        (
            {"MESSAGE": [104, 105], "SYSLOG_IDENTIFIER": "postfix/smtp", "__REALTIME_TIMESTAMP": "1772528403000000"},
            Wrapped("hi", "postfix/smtp", NINE),
        ),
        ({"line": "hi", "timestamp": 1772528403000000000}, Wrapped("hi", "", NINE)),
        ({"message": "hi", "program": "exim[12]:", "@timestamp": 1772528403}, Wrapped("hi", "exim", NINE)),
        ({"result": {"_raw": "hi", "_time": "2026-03-03T09:00:03Z"}}, Wrapped("hi", "", NINE)),
        ({"message": "hi", "time": "soon"}, Wrapped("hi")),
    ],
)
def test_a_line_is_taken_out_of_its_record(record: dict[str, object], expected: Wrapped) -> None:
    assert unwrap(Wrapped(json.dumps(record))) == [expected]
    assert unwrap(Wrapped(json.dumps([record, record]))) == [expected, expected]


@pytest.mark.parametrize(
    "record",
    [
        {"stream": {"program": "exim"}, "values": [["1772528403000000000", "hi"], ["1772528403000000000", "ho", {}]]},
        {
            "streams": [
                {"stream": {"program": "exim"}, "values": [["1772528403000000000", each]]} for each in ("hi", "ho")
            ]
        },
    ],
)
def test_every_line_of_a_stream_is_taken_out(record: dict[str, object]) -> None:
    expected = [Wrapped("hi", "exim", NINE), Wrapped("ho", "exim", NINE)]
    assert unwrap(Wrapped(json.dumps(record))) == expected
    query = {"status": "success", "data": {"resultType": "streams", "result": record.get("streams", [record])}}
    assert unwrap(Wrapped(json.dumps(query))) == expected


@pytest.mark.parametrize("name", ["events", "logEvents"])
def test_every_line_of_a_list_of_events_is_taken_out(name: str) -> None:
    events = [{"timestamp": 1772528403000, "message": each, "ingestionTime": 7} for each in ("hi", "ho")]
    record = {name: events, "nextForwardToken": "f/1"}
    assert unwrap(Wrapped(json.dumps(record))) == [Wrapped("hi", "", NINE), Wrapped("ho", "", NINE)]


def test_what_the_record_does_not_tell_is_as_it_was_around_it() -> None:
    assert unwrap(Wrapped('{"message": "hi"},', "exim", NINE)) == [Wrapped("hi", "exim", NINE)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"message": 7}',
        '{"message": ["a"]}',
        '{"message": [999]}',
        '{"message": "cut',
        '{"type": "Bounce", "recipient": "ann@acme.example", "message": "hi"}',
        '[{"message": "hi"}, {"other": 1}]',
        '[7, {"message": "hi"}]',
        '{"message": ' + "[" * 60_000,
    ],
)
def test_what_is_no_record_of_a_line_stays(text: str) -> None:
    assert unwrap(Wrapped(text)) == []


def assembled(text: str) -> list[LogLine]:
    """Return the lines that are whole."""
    assembler = Assembler()
    lines = [LogLine(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return [*(whole for line in lines for whole in assembler.take(line)), *assembler.end()]


def test_an_indented_object_becomes_one_line() -> None:
    assert assembled('{\n\t"a" : {\n\t\t"b" : 1\n\t}\n}\nnext') == [
        LogLine(1, '{\n\t"a" : {\n\t\t"b" : 1\n\t}\n}'),
        LogLine(6, "next"),
    ]


def test_an_object_that_never_ends_is_given_back_line_by_line() -> None:
    assert assembled("{\na\nb") == [LogLine(1, "{"), LogLine(2, "a"), LogLine(3, "b")]
    assert len(assembled("{\n" * 12_000)) == 12_001


def test_an_entry_of_journald_becomes_one_line() -> None:
    entry = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1\nMESSAGE=a=b\n_PID=1\n\n__CURSOR=s=2\nMESSAGE=c\n__CURSOR=s=3\nX=1"
    assert [(line.number, json.loads(line.text)["MESSAGE"]) for line in assembled(entry) if line.text] == [
        (3, "a=b"),
        (7, "c"),
    ]
