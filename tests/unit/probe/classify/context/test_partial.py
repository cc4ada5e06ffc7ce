"""``context`` without retests or experiments, for a comparison on one run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import UNKNOWN

from fake_gateways.truth import Cause
from probe.classify.context.partial import ContextAtFirst, ContextDiagnosed, ContextRetested
from probe.classify.evidence import Diagnosed, Evidence
from probe.classify.reading import Reading

ANN = "ann@acme.example"
SHOWN = Diagnosed({Cause.IP_REPUTATION: 1.0}, 0.97, asked=True, at=STARTS + 100)
EVIDENCE = Evidence(
    ANN,
    (refused(**UNKNOWN), attempt(number=2, at=STARTS + 600_000)),
    before=(Evidence(ANN, (attempt(campaign="old"),), diagnosis=SHOWN),),
    diagnosis=SHOWN,
)


def reading(classifier: ContextAtFirst | ContextRetested | ContextDiagnosed) -> Reading:
    """Return what a classifier says of somebody who was refused, and delivered when tried again."""
    return classifier.reader([classifier.observe([EVIDENCE])]).classify(EVIDENCE)


def test_each_reads_what_it_may() -> None:
    first, retested, diagnosed = reading(ContextAtFirst()), reading(ContextRetested()), reading(ContextDiagnosed())
    assert first.alive is not None
    assert first.alive < 0.9
    assert retested.reason == "delivered"
    assert diagnosed.alive == pytest.approx(0.97)


def test_earlier_campaigns_are_read_in_the_same_way() -> None:
    rest = ContextRetested().rest_of(EVIDENCE)
    assert rest.diagnosis is None
    assert rest.before[0].diagnosis is None
    assert ContextDiagnosed().rest_of(EVIDENCE) == replace(EVIDENCE, attempts=EVIDENCE.attempts[:1])
