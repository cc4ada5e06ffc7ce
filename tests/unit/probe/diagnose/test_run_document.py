"""The document about a run's doubtful recipients, and what may still be spent on them."""

from __future__ import annotations

import json

from book_rows import refused
from diagnosing import RECIPIENT, diagnosed
from json_schema import faults

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget
from probe.diagnose.doubtful import Doubt, grouped
from probe.diagnose.run_document import DoubtfulRun, run_as_document, run_schema


def run_of(budget: Budget, experiments: int = 2) -> DoubtfulRun:
    """Return a run of two doubtful recipients, one of whom was asked about."""
    groups = grouped([Doubt(refused(recipient=each), 0.5) for each in (RECIPIENT, "bob@acme.example")])
    groups[0].asked[RECIPIENT] = diagnosed(Cause.IP_REPUTATION, alive=True, experiments=experiments)
    return DoubtfulRun("small", groups, budget)


def test_the_document_has_groups_recipients_and_diagnoses() -> None:
    document = json.loads(json.dumps(run_as_document(run_of(Budget(400.0, 100)))))
    assert list(faults(document, run_schema(), run_schema())) == []
    assert list(faults({**document, "spent": 1}, run_schema(), run_schema()))
    assert (document["recipients"], document["asked"], document["settled"], document["experiments"]) == (2, 1, 1, 2)
    (group,) = document["groups"]
    assert list(group["causes"]) == ["ip-reputation", "user-unknown"]
    assert [each["asked"] for each in group["recipients"]] == [True, False]
    assert group["recipients"][0]["alive_before"] == 0.5
    assert group["diagnoses"][0]["recipient"] == RECIPIENT


def test_one_recipient_may_cost_no_more_than_alone_and_no_more_than_is_left() -> None:
    assert run_of(Budget(400.0, 100)).left == Budget()
    assert run_of(Budget(10.0, 5)).left == Budget(10.0 - 2 * 1.5, 3)
