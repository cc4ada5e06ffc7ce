"""Whatever a webhook's reader is given, it yields events and bad lines that others can rely on, and nothing else."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import WEBHOOKS
from sample_lines import Reader, lines_of, sample
from strategies import examples

from fake_gateways.smtp.envelope import Stage
from probe.input_error import InputError
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import FORMATS
from probe.intake.formats.columns import read_csv, read_json_lines
from probe.intake.hints import Hints
from probe.intake.reading.json_documents import Document
from probe.intake.reading.json_documents import read as read_documents
from probe.intake.reading.reply_text import MAX_TEXT, enhanced_of


def reader_of(name: str) -> Reader:
    """Return the reader of a format without columns and years."""
    return lambda lines: FORMATS[name](lines, Hints(year=1970))


READERS: Final = {name: reader_of(name) for name in WEBHOOKS}
every_reader = pytest.mark.parametrize("name", READERS)

SAMPLES: Final = {
    name: [found.value for found in read_documents(lines_of(sample(f"{name}.json"))) if isinstance(found, Document)]
    for name in READERS
}
TEXTS: Final = ("recipient", "message_id", "return_path", "campaign", "local_address", "mx", "text", "label")


def obeys(found: object, lines: int) -> None:
    """Check all that is promised of an event or a bad line."""
    if isinstance(found, BadLine):
        assert 1 <= found.number <= lines
        assert found.reason
        return
    assert isinstance(found, Event)
    assert isinstance(found.kind, EventKind)
    assert found.recipient
    for name in TEXTS:
        value = getattr(found, name)
        assert isinstance(value, str)
        assert len(value) <= MAX_TEXT
        value.encode()
    assert found.at is None or (type(found.at) is float and math.isfinite(found.at))
    assert found.code is None or (type(found.code) is int and 200 <= found.code <= 599)
    assert found.enhanced is None or enhanced_of(found.enhanced) == found.enhanced
    assert found.stage is None or found.stage in set(Stage)
    assert not found.message_id or (found.message_id[0] + found.message_id[-1] == "<>")


def read(reader: Reader, text: str) -> list[Event | BadLine]:
    """Return what a reader makes of a text, once it has been found lawful."""
    lines = lines_of(text)
    events = list(reader(lines))
    for event in events:
        obeys(event, len(lines))
    return events


odd = [
    "", " ", "\0", "\ud800", "<>", "550", "5.1.1", "smtp; 550 5.1.1 no", "nan", "1e999", "x" * 9000, 10**400, 2**63,
    "0000-00-00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "Mon, 1 Jan 0000 00:00:00 +9999",
]  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(odd)
json_values = st.recursive(
    scalars, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below, max_size=3)
)
tokens = [*'{}[]",:\\\n ', '{"event": "open"', '"email":', "null", "1e999", "\0", "é", "\ufeff", "\t"]
fragments = st.lists(st.sampled_from(tokens), max_size=40).map("".join)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place within a document: what holds it, and the key or number under which."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        yield value, key
        yield from places(value[key])


@st.composite
def damaged(draw: st.DrawFn, name: str) -> Any:
    """Return a document of a sample with values at a few places replaced or removed."""
    document = copy.deepcopy(draw(st.sampled_from(SAMPLES[name])))
    if isinstance(document.get("Message"), str) and draw(st.booleans()):
        document["Message"] = json.loads(document["Message"]) if document["Message"].startswith("{") else {}
    for _ in range(draw(st.integers(1, 4))):
        found = list(places(document))
        if not found:
            break
        holder, key = draw(st.sampled_from(found))
        if draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(json_values)
    return document


@every_reader
@examples(60)
@given(st.data())
def test_any_text_is_events_and_bad_lines(name: str, data: st.DataObject) -> None:
    read(READERS[name], data.draw(st.text(max_size=200) | fragments))


@every_reader
@examples(60)
@given(st.data())
def test_any_json_is_events_and_bad_lines(name: str, data: st.DataObject) -> None:
    indent = data.draw(st.none() | st.integers(0, 2))
    read(READERS[name], json.dumps(data.draw(json_values), indent=indent))


@every_reader
@examples(250)
@given(st.data())
def test_a_damaged_sample_is_events_and_bad_lines(name: str, data: st.DataObject) -> None:
    read(READERS[name], json.dumps(data.draw(damaged(name))))


@every_reader
@examples(100)
@given(st.data())
def test_a_sample_cut_anywhere_loses_nothing_before_the_cut(name: str, data: st.DataObject) -> None:
    text = sample(f"{name}.json")
    whole = list(READERS[name](lines_of(text)))
    cut = data.draw(st.integers(0, len(text)))
    good = [event for event in read(READERS[name], text[:cut]) if isinstance(event, Event)]
    assert good == whole[: len(good)]


@every_reader
@examples(60)
@given(st.data())
def test_the_layout_of_a_sample_does_not_change_its_events(name: str, data: st.DataObject) -> None:
    documents = SAMPLES[name]
    expected = list(READERS[name](lines_of("\n".join(map(json.dumps, documents)))))
    indent = data.draw(st.none() | st.integers(0, 4))
    texts = [json.dumps(document, indent=indent) for document in documents]
    layout = data.draw(st.sampled_from(["\n", "", " ", ",\n", "\n\n"])).join(texts)
    for text in (layout, json.dumps(documents, indent=indent)):
        assert list(READERS[name](lines_of(text))) == expected


@examples(150)
@given(st.lists(json_values, max_size=4) | st.text(max_size=200) | fragments)
def test_any_text_is_documents_and_bad_lines(value: Any) -> None:
    text = value if isinstance(value, str) else "\n".join(map(json.dumps, value))
    for found in read_documents(lines_of(text)):
        assert isinstance(found, BadLine) or isinstance(found.value, dict)


cells = [
    "ann@a.example", "open", "bounce", "email", "event", "time", "text", "1501893660", "550 5.1.1", ",", "\n",
    '"', '""', "\0", "\ud800", "é", " ", "nan", "x" * 9000,
]  # fmt: skip
tables = st.lists(st.sampled_from(cells), max_size=30).map("".join) | st.text(max_size=100)


@examples(200)
@given(st.sampled_from(["", "email,event,time,text,code\n"]), tables)
def test_any_csv_is_events_and_bad_lines_or_has_no_header(header: str, rows: str) -> None:
    try:
        read(read_csv, header + rows)
    except InputError:
        assert not header


rows_of_json = st.fixed_dictionaries(
    {"email": scalars | st.just("ann@a.example"), "event": scalars | st.just("bounce")},
    optional=dict.fromkeys(("time", "text", "code", "dsn", "message_id", "stage", "mx"), json_values),
)


@examples(200)
@given(st.lists(rows_of_json | json_values, max_size=3))
def test_any_json_lines_are_events_and_bad_lines(rows: list[Any]) -> None:
    read(read_json_lines, "\n".join(map(json.dumps, rows)))
