"""The document of a diagnosis fits its schema, and has what a gateway said on one line."""

from __future__ import annotations

import pytest
from diagnosed import gone, listed, undecided, waited
from diagnosing import replied
from json_schema import faults

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.diagnosis import Diagnosis, Observed
from probe.diagnose.document import as_document, said, schema
from probe.diagnose.reached import Reached, Unreached
from probe.records.attempt import Failure
from probe.sender.transaction import Result


def test_a_reply_is_one_line_and_a_failure_is_told() -> None:
    assert said(Observed(replied(550, "5.1.1", "no\nsuch user"), 0.0)) == "550 5.1.1 no such user"
    silent = Result(Stage.MAIL, failure=Failure.TIMED_OUT, text="no reply within 300 s")
    assert said(Observed(silent, 0.0)) == "no reply within 300 s"


@pytest.mark.parametrize(
    "found", [listed(), gone(), undecided(), waited()], ids=["listed", "gone", "undecided", "waited"]
)
def test_a_document_fits_the_schema(found: Diagnosis) -> None:
    assert list(faults(as_document(found), schema(), schema())) == []


def test_where_nothing_was_refused_the_document_fits_the_schema_too() -> None:
    observed = listed().first
    outcomes = (Reached("a@acme.example", observed), Reached("a@acme.example", observed, observed))
    for found in (*outcomes, Unreached("a@acme.example", observed)):
        assert list(faults(found.document(), schema(), schema())) == []


def test_a_document_of_another_schema_or_with_other_keys_does_not_fit() -> None:
    document = as_document(listed())
    assert list(faults({**document, "schema": 2}, schema(), schema()))
    assert list(faults({**document, "verdict": "x"}, schema(), schema()))
    assert list(faults({**document, "causes": {"bad luck": 1.0}}, schema(), schema()))
    del document["mailbox"]
    assert list(faults(document, schema(), schema()))


def test_it_has_every_experiment_and_what_to_do() -> None:
    found = listed()
    document = as_document(found)
    assert document["schema"] == 1
    assert document["mailbox"]["is_alive"] is True
    assert document["advice"][0]["cause"] == "ip-reputation"
    assert document["refusal"]["reply"] == "550 5.1.1 User unknown"
    assert document["refusal"]["source"] == "127.10.0.1"
    assert [each["name"] for each in document["experiments"]] == [step.experiment.name for step in found.steps]
    assert {each["source"] for each in document["experiments"]} == {"127.10.0.1", "127.10.0.2"}
