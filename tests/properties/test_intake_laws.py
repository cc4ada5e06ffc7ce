"""Whatever stands in a log, reading it yields events and bad lines and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import MAILBOX, SAMPLES, Sample

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import mailbox
from probe.intake.reading import mail_files

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.source)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


def holds(sample: Sample, lines: list[LogLine]) -> None:
    """Read lines, and look at the types of what comes out."""
    for each in sample.read(lines):
        assert isinstance(each, Event | BadLine)
        if isinstance(each, BadLine):
            continue
        assert isinstance(each.kind, EventKind)
        assert each.recipient
        assert each.at is None or isinstance(each.at, float)
        assert each.code is None or 200 <= each.code < 600
        for text in (each.recipient, each.message_id, each.return_path, each.mx, each.text, each.label):
            assert isinstance(text, str)
        assert len(each.text) <= 4000


@every_sample
@given(text=st.text(max_size=300))
def test_any_text(sample: Sample, text: str) -> None:
    head = sample.lines[:1]
    holds(sample, [*head, *(LogLine(number, line) for number, line in enumerate(text.splitlines(), 2))])


@every_sample
@given(data=st.data())
def test_lines_cut_swapped_and_overwritten(sample: Sample, data: st.DataObject) -> None:
    lines = sample.lines
    kept = 1 if sample.source in {"csv", "powermta"} else 0
    place = data.draw(st.integers(kept, len(lines) - 1))
    text = lines[place].text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines[place] = LogLine(place + 1, text[:start] + data.draw(st.text(max_size=10)) + text[end:])
    holds(sample, lines)


@pytest.mark.parametrize(
    "sample",
    [sample for sample in SAMPLES if sample.file.endswith(("json", "jsonl"))],
    ids=lambda sample: sample.source,
)
@given(data=st.data())
def test_values_of_other_types_at_any_place(sample: Sample, data: st.DataObject) -> None:
    if sample.file.endswith(".json"):
        document = json.loads(sample.path.read_text("utf-8"))
    else:
        document = [json.loads(line.text) for line in sample.lines if line.text.endswith("}")]
    paths = list(_paths(document))
    *way, last = data.draw(st.sampled_from(paths))
    inner: Any = document
    for step in way:
        inner = inner[step]
    inner[last] = data.draw(JSON)
    holds(sample, [LogLine(number, json.dumps(each)) for number, each in enumerate(document, 1)])


def _paths(value: Any, *way: Any) -> Any:
    """Yield the way to every value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield (*way, step)
        yield from _paths(inner, *way, step)


@given(
    st.lists(
        st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")), max_size=5
    )
)
def test_any_messages_in_a_mailbox(messages: list[bytes]) -> None:
    found = list(mailbox.events(messages))
    assert all(isinstance(each, Event | BadLine) for each in found)
    assert {each.number for each in found if isinstance(each, BadLine)} <= set(range(1, len(messages) + 1))


@given(st.data())
def test_a_mailbox_with_a_message_cut_and_overwritten(data: st.DataObject) -> None:
    message = next(mail_files.messages(MAILBOX)).message
    assert isinstance(message, bytes)
    start = data.draw(st.integers(0, len(message)))
    end = data.draw(st.integers(start, len(message)))
    broken = message[:start] + data.draw(st.binary(max_size=10)) + message[end:]
    for each in mailbox.events([broken]):
        assert isinstance(each, Event | BadLine)
        assert isinstance(each, BadLine) or "@" in each.recipient
