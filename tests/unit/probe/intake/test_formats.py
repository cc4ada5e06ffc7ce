"""Every log format against a sample made from its documentation, and its peculiarities."""

from __future__ import annotations

import json
from typing import Any

import pytest
from intake_samples import SAMPLES, YEAR, Sample

from probe.input_error import InputError
from probe.intake import columns, documents, exim, postfix, ses
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.formats import FORMATS
from probe.intaking import as_json

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.source)


def lines(*texts: str) -> list[Line]:
    """Return the lines of a file."""
    return [Line(number, text) for number, text in enumerate(texts, 1)]


def test_every_format_has_a_sample() -> None:
    assert {sample.source for sample in SAMPLES} == set(FORMATS)


@every_sample
def test_a_sample_says_what_it_says(sample: Sample) -> None:
    expected = sample.path.with_name(f"{sample.file}.events").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in as_json(sample.read())] == [json.loads(line) for line in expected]


@every_sample
def test_a_sample_has_each_outcome_and_a_bad_line(sample: Sample) -> None:
    found = list(sample.read())
    kinds = {event.kind for event in found if isinstance(event, Event)}
    assert {Kind.DELIVERED, Kind.DEFERRED, Kind.REFUSED} <= kinds
    assert any(isinstance(each, BadLine) for each in found)


@every_sample
def test_a_line_without_end_is_one_bad_line(sample: Sample) -> None:
    endless = Line(1, "x" * 20_000_000)
    found = list(sample.read([endless, *sample.lines]))
    good = [each for each in sample.read() if isinstance(each, Event)]
    assert [each for each in found if isinstance(each, Event)] == good


def postfix_line(what: str, at: str = "Mar  2 08:00:01") -> str:
    """Return a line of Postfix's smtp client."""
    return f"{at} mta1 postfix/smtp[104]: 4Bq1Ns0Qz9z1: {what}"


SENT = "to=<a@b.example>, relay=none, delay=1, dsn=2.0.0, status=sent (250 ok)"


def moments(*stamps: str, year: int = YEAR) -> list[float | None]:
    """Return when events were that have these times."""
    found = postfix.read(lines(*(postfix_line(SENT, stamp) for stamp in stamps)), year=year)
    return [event.at for event in found if isinstance(event, Event)]


def test_a_new_year_begins_where_december_is_followed_by_january() -> None:
    assert moments("Dec 31 23:59:59", "Jan  1 00:00:01", year=2025) == [1767225599.0, 1767225601.0]


def test_times_may_be_written_as_rfc_3339_has_them() -> None:
    assert moments("2026-03-02T08:00:01.5+01:00") == [1772434801.5]


@pytest.mark.parametrize(
    ("said", "stage", "code", "text"),
    [
        ("host mx.b.example[192.0.2.1] refused to talk to me: 554 5.7.1 go away", "connect", 554, "554 5.7.1 go away"),
        (
            "host mx.b.example[192.0.2.1] said: 550 no (in reply to MAIL FROM command)",
            "mail", 550, "550 no",
        ),
        (
            "host mx.b.example[192.0.2.1] said: 550 (no) such (user) (in reply to end of DATA command)",
            "end-of-data", 550, "550 (no) such (user)",
        ),
        ("lost connection with mx.b.example[192.0.2.1] while sending RCPT TO", None, None,
         "lost connection with mx.b.example[192.0.2.1] while sending RCPT TO"),
        ("Host or domain name not found. Name service error for name=b.example type=AAAA: Host not found", None, None,
         "Host or domain name not found. Name service error for name=b.example type=AAAA: Host not found"),
    ],
)  # fmt: skip
def test_what_postfix_heard_is_told_from_what_it_says_itself(
    said: str, stage: str | None, code: int | None, text: str
) -> None:
    line = postfix_line(f"to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, dsn=5.0.0, status=bounced ({said})")
    (event,) = postfix.read(lines(line), year=YEAR)
    assert isinstance(event, Event)
    assert (event.stage, event.code, event.text) == (stage, code, text)


def test_what_is_known_of_a_message_is_forgotten_when_it_is_removed() -> None:
    known = [
        "Mar  2 08:00:01 mta1 postfix/cleanup[1]: 4Bq1Ns0Qz9z1: message-id=<1@m.example>",
        postfix_line(SENT),
        "Mar  2 08:00:01 mta1 postfix/qmgr[1]: 4Bq1Ns0Qz9z1: removed",
        postfix_line(SENT),
    ]
    ids = [event.message_id for event in postfix.read(lines(*known), year=YEAR) if isinstance(event, Event)]
    assert ids == ["<1@m.example>", ""]


def test_memory_of_queue_ids_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix, "MAX_QUEUED", 2)
    monkeypatch.setattr(exim, "MAX_QUEUED", 2)
    texts = [f"Mar  2 08:00:01 mta1 postfix/cleanup[1]: AAAAA{n}: message-id=<{n}@m.example>" for n in range(3)]
    texts += [f"Mar  2 08:00:01 mta1 postfix/smtp[1]: AAAAA{n}: {SENT}" for n in range(3)]
    ids = [event.message_id for event in postfix.read(lines(*texts), year=YEAR) if isinstance(event, Event)]
    assert ids == ["", "<1@m.example>", "<2@m.example>"]


@pytest.mark.parametrize(
    ("text", "objects", "bad"),
    [
        ('{"a": 1}\n{"a": 2}', [{"a": 1}, {"a": 2}], 0),
        ('[{"a": 1},\n{"a": 2}]', [{"a": 1}, {"a": 2}], 0),
        ('{\n "a": "}{",\n "b": "\\"}"\n}\n{"c": 1}', [{"a": "}{", "b": '"}'}, {"c": 1}], 0),
        ('nonsense\n{"a": 1}', [{"a": 1}], 1),
        ("[1, 2]", [], 2),
        ("[" * 100_000 + "]" * 100_000, [], 1),
        ('{"a": ' + "9" * 10_000 + "}", [], 1),
        ("", [], 0),
    ],
)
def test_documents_are_found_wherever_their_lines_end(text: str, objects: list[Any], bad: int) -> None:
    found = list(documents.documents(lines(*text.split("\n"))))
    assert [each.fields for each in found if isinstance(each, documents.Document)] == objects
    assert sum(isinstance(each, BadLine) for each in found) == bad


def test_a_suppressed_address_was_never_sent_to() -> None:
    event = {
        "eventType": "Bounce",
        "bounce": {"bounceSubType": "Suppressed", "bouncedRecipients": [{"emailAddress": "a@b.example"}]},
    }
    (found,) = ses.read(lines(json.dumps(event)))
    assert isinstance(found, Event)
    assert found.kind is Kind.SUPPRESSED


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"colour": "x"}, "--columns colour=x: colour is none of our columns; use some of: recipient, kind, at,"),
        ({"text": "words"}, "--columns text=words: the file has no column words (found: Who, What); correct the name"),
        ({}, "--columns: no column is known to be the recipient (found: Who, What); name it with --columns recipient"),
    ],
)
def test_a_column_map_that_does_not_fit_is_told(wanted: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        list(columns.read_csv(lines("Who,What", "a@b.example,sent"), wanted))
    assert str(caught.value).startswith(sentence)


def test_a_column_map_names_columns_that_nobody_would_guess() -> None:
    wanted = {"recipient": "Who", "kind": "What"}
    (event,) = columns.read_csv(lines("Who,What", "a@b.example,sent"), wanted)
    assert event == Event(Kind.DELIVERED, "a@b.example")
