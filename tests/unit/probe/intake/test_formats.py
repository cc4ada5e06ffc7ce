"""Every log format against a sample made from its documentation, and its peculiarities."""

from __future__ import annotations

import json
from typing import Any

import pytest
from intake_samples import SAMPLES, Sample

from probe.input_error import InputError
from probe.intake import columns, documents, ses
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
