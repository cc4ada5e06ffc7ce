"""Objects that programs print in their own notation are read as JSON."""

from __future__ import annotations

import json
from time import process_time

import pytest

from probe.intake.reading.printed_objects import as_json

EVENT = {"event": "bounce", "text": 'it\'s "gone" => nil', "opens": [], "code": 550, "tls": True, "tag": None}


@pytest.mark.parametrize(
    "text",
    [
        repr(EVENT),
        json.dumps(EVENT).replace('": ', '"=>').replace("null", "nil"),
        json.dumps(EVENT).replace("\\", "\\x5C").replace('"', "\\x22"),
    ],
)
def test_an_object_is_rewritten(text: str) -> None:
    assert json.loads(as_json(text)) == EVENT


def test_the_text_around_an_object_stays() -> None:
    assert as_json("INFO got {'a': None}.") == 'INFO got {"a": null}.'


@pytest.mark.parametrize("text", ["", "hello", '{"a": 1}', "a => b"])
def test_what_is_no_other_notation_is_empty(text: str) -> None:
    assert as_json(text) == ""


@pytest.mark.parametrize("piece", ["{'", '"=>', "'\\", "\\x22", "{'\"", "=> "])
def test_hostile_texts_take_bounded_time(piece: str) -> None:
    began = process_time()
    as_json("{'" + piece * (100_000 // len(piece)))
    assert process_time() - began < 2.0
