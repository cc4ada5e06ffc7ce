"""Every log format against a sample made from its documentation, and its peculiarities."""

from __future__ import annotations

import json

import pytest
from intake_samples import SAMPLES, Sample

from probe.classify import taxonomy
from probe.cli.import_log import as_json
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import FORMATS

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.source)


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
    assert {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED} <= kinds
    assert any(isinstance(each, BadLine) for each in found)


@every_sample
def test_every_class_of_a_bounce_in_a_sample_has_a_cause_in_the_taxonomy(sample: Sample) -> None:
    bounces = {EventKind.DEFERRED, EventKind.REFUSED, EventKind.BOUNCED_LATER}
    labels = {event.label for event in sample.read() if isinstance(event, Event) and event.kind in bounces} - {""}
    for label in labels:
        taxonomy.cause_of(sample.source, label)


@every_sample
def test_a_line_without_end_is_one_bad_line(sample: Sample) -> None:
    first, *others = sample.lines  # which in a table are the names of the columns
    endless = LogLine(2, "x" * 20_000_000)
    found = list(
        sample.read(
            [first, endless, *others]
            if sample.path.suffix == ".csv" and sample.source != "powermta"
            else [endless, *sample.lines]
        )
    )
    good = [each for each in sample.read() if isinstance(each, Event)]
    assert [each for each in found if isinstance(each, Event)] == good
